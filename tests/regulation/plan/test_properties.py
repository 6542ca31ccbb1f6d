"""Properties of the plan over random companies, groups, cases and limits (issue 6: a, b, c, d, e)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from regulation.actions import Remind, Remove, SetCard, Tell
from regulation.cases import STARTS_CLOCK, due_after_notice, first_due, reconcile
from regulation.checks import inspect
from regulation.duties import Code
from regulation.model import (
    Case,
    CaseStatus,
    Closure,
    GroupSnapshot,
    Role,
)
from regulation.plan.choose import Plan, brake_run, plan
from regulation.plan.limits import Said
from regulation.policy import Mode, Policy, Safety
from tests.regulation.checks import company as c
from tests.regulation.plan.worlds import REMOVABLE, Maker, World, worlds


def test_the_random_worlds_are_worth_looking_at():
    made = [Maker(seed).world().plan() for seed in range(300)]
    assert sum(bool(removals(one)) for one in made) > 30
    assert sum(bool(one.withheld) for one in made) > 5
    assert {type(action) for one in made for action in one.actions} == {Remove, Tell, Remind, SetCard}


def removals(made: Plan) -> list[Remove]:
    return [action for action in made.actions if isinstance(action, Remove)]


def a_no_protected_person_is_ever_removed_nor_put_up_for_it(world: World, made: Plan) -> None:
    by_id = {case.id: case for case in world.cases}
    members = {member.user_id: member for member in world.seen.members}
    for removal in (*removals(made), *made.withheld):
        person, case = members[removal.user_id], by_id[removal.case_id]
        assert person.role is Role.MEMBER
        assert not person.is_robot
        assert person.user_id not in world.seen.bot_ids | world.seen.superusers
        assert (person.user_id, case.code) not in world.seen.group.waivers
        assert not case.frozen
        assert case.status is not CaseStatus.CLOSED
        assert (case.user_id, case.code) == (removal.user_id, removal.code)


def b_no_removal_without_a_fresh_complete_list_and_an_effective_reason(world: World, made: Plan) -> None:
    if not removals(made) and not made.withheld:
        return
    assert world.seen.complete
    assert c.NOW - world.seen.read_at <= timedelta(minutes=5)
    assert world.limits.registry.is_unusable(c.NOW, world.limits.policy) is None
    assert (world.limits.mode, world.limits.paused) == (Mode.ENFORCE, False)
    assert world.limits.bot_role in (Role.OWNER, Role.ADMIN)
    found = {
        (f.code, f.user_id) for f in inspect(world.seen, world.limits.registry, world.limits.policy).findings
    }
    due = {case.id: case.due_at for case in world.cases}
    for removal in (*removals(made), *made.withheld):
        assert (removal.code, removal.user_id) in found
        deadline = due[removal.case_id]
        assert removal.code in (Code.L1, Code.T1) or (deadline is not None and deadline <= c.NOW)


def c_a_batch_over_the_limits_removes_nobody_who_was_not_confirmed(world: World, made: Plan) -> None:
    safety = world.limits.policy.safety
    unasked = [r for r in removals(made) if r.case_id not in world.limits.released]
    if len(unasked) > safety.max_removals:
        assert len(unasked) <= safety.max_removal_ratio * len(world.seen.members)
    if made.withheld:
        assert unasked == []
        assert made.why == "group_limit"
    assert len({r.user_id for r in removals(made)}) == len(removals(made))


@given(st.lists(worlds(), max_size=4), st.integers(0, 40), st.integers(0, 8))
def test_c_a_run_over_the_total_removes_nobody_who_was_not_confirmed(
    run: list[World], before: int, total: int
):
    policy = Policy(safety=Safety(max_removals_total=total))
    plans = [world.plan() for world in run]
    made = brake_run(plans, before, policy)
    unasked = [r for one in made for r in removals(one) if r.case_id not in one.released]
    assert not unasked or len(unasked) + before <= total
    for old, new in zip(plans, made, strict=True):
        assert {r.case_id for r in (*removals(old), *old.withheld)} == {
            r.case_id for r in (*removals(new), *new.withheld)
        }


def d_observe_mode_and_pause_send_nothing(world: World, _: Plan) -> None:
    for quiet in ({"paused": True}, {"mode": Mode.OBSERVE, "general_mode": Mode.OBSERVE}):
        made = world.plan(**quiet)
        assert (made.actions, made.withheld) == ((), ())


def remind_mode_only_ever_speaks(world: World, _: Plan) -> None:
    assert all(isinstance(action, Tell | Remind) for action in world.plan(mode=Mode.REMIND).actions)


def cards_are_set_only_where_qq_lets_the_bot_and_messages_stay_small(world: World, made: Plan) -> None:
    members = {member.user_id: member for member in world.seen.members}
    for action in made.actions:
        if isinstance(action, SetCard):
            assert members[action.user_id].role is Role.MEMBER or world.limits.bot_role is Role.OWNER
    reminds = [a for a in made.actions if isinstance(a, Remind)]
    assert len(reminds) <= 1
    assert all(len(one.people) <= 20 for one in reminds)


@settings(max_examples=5 * settings().max_examples)
@given(worlds())
def test_whatever_the_world_a_plan_keeps_all_of_these(world: World):
    """One world for all of them, since it takes longer to make than to ask: each asserts what its name says."""
    made = world.plan()
    a_no_protected_person_is_ever_removed_nor_put_up_for_it(world, made)
    b_no_removal_without_a_fresh_complete_list_and_an_effective_reason(world, made)
    c_a_batch_over_the_limits_removes_nobody_who_was_not_confirmed(world, made)
    d_observe_mode_and_pause_send_nothing(world, made)
    remind_mode_only_ever_speaks(world, made)
    cards_are_set_only_where_qq_lets_the_bot_and_messages_stay_small(world, made)


def _told(case: Case, now: datetime, policy: Policy) -> Case:
    if case.first_reminded_at is not None:
        return case
    return replace(case, first_reminded_at=now, due_at=due_after_notice(case, now, policy))


def live_on(
    cases: list[Case], seen: GroupSnapshot, world: World, now: Any
) -> tuple[list[Case], dict[Said, datetime | None]]:
    """Look, plan and do for six days without faults, every confirmation given; return what is left."""
    told: dict[Said, datetime | None] = {}
    released: set[int] = set()
    number = len(cases)
    for _ in range(24):
        seen = replace(seen, read_at=now)
        known = world.limits.registry
        changes = reconcile(inspect(seen, known, world.limits.policy), cases, seen, known)
        cases = [case for case, _ in changes.continuing]
        for found in changes.opened:
            number += 1
            due = first_due(found.code, now, world.limits.policy)
            cases.append(
                Case(
                    number, found.code, found.group_id, found.subject, CaseStatus.OPEN, found.reason, now,
                    found.user_id, found.employee_no, due_at=due,
                )
            )  # fmt: skip
        bounds = replace(world.limits, told=dict(told), released=frozenset(released))
        made = plan(cases, seen, bounds, now)
        gone = {removal.user_id for removal in removals(made)}
        seen = replace(seen, members=tuple(m for m in seen.members if m.user_id not in gone))
        told |= {
            (i, a.purpose, a.user_id): now for a in made.actions if isinstance(a, Tell) for i in a.case_ids
        }
        reached = {case_id for case_id, purpose, _ in told if purpose in STARTS_CLOCK}
        cases = [_told(case, now, world.limits.policy) if case.id in reached else case for case in cases]
        released |= {removal.case_id for removal in made.withheld}
        now += timedelta(hours=6)
    seen = replace(seen, read_at=now)
    known = world.limits.registry
    final = reconcile(inspect(seen, known, world.limits.policy), cases, seen, known)
    assert all(closure is not Closure.DISMISSED for _, closure in final.closed)
    return [case for case, _ in final.continuing if case.due_at is not None and case.due_at <= now], told


@given(worlds(), st.sampled_from([Mode.ENFORCE, Mode.REMIND]))
def test_e_without_faults_every_case_due_is_closed_or_escalated_in_the_end(world: World, mode: Mode):
    registry = replace(world.limits.registry, as_of=c.NOW)
    fair = replace(
        world.limits, mode=mode, paused=False, registry=registry,
        in_flight=frozenset(), awaiting=frozenset(), released=frozenset(),
    )  # fmt: skip
    seen = replace(world.seen, complete=True, read_at=c.NOW)
    left, told = live_on([], seen, World([], seen, fair), c.NOW)
    spared = seen.bot_ids | seen.superusers
    able = [
        m for m in seen.officers if registry.active_employee_of(m.user_id, c.NOW.date() + timedelta(days=6))
    ]
    for case in left:
        if case.code not in REMOVABLE or case.user_id in spared or not able or seen.group.filing is None:
            continue
        purposes = {purpose for case_id, purpose, _ in told if case_id == case.id}
        assert purposes & {"cannot_remove", "hand_over", "admin_staff", "notice"}
        if mode is Mode.ENFORCE and fair.bot_role in (Role.OWNER, Role.ADMIN):
            assert purposes & {"hand_over", "admin_staff"}
