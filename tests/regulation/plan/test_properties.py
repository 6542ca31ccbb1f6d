"""Properties of the plan over random companies, groups, cases and limits (issue 6: a, b, c, d, e)."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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
    Employee,
    Group,
    GroupSnapshot,
    Member,
    Role,
    Scope,
    Status,
    Transfer,
)
from regulation.plan.choose import Limits, Plan, brake_run, plan
from regulation.plan.limits import Said
from regulation.policy import Mode, Policy, Safety
from regulation.registry import Registry
from tests.regulation.checks import company as c

QQS = tuple(range(20001, 20021))
REMOVABLE = (Code.L1, Code.T1, Code.M1, Code.M2, Code.M3, Code.D1)


@dataclass(frozen=True)
class World:
    cases: list[Case]
    seen: GroupSnapshot
    limits: Limits

    def plan(self, **changes: Any) -> Plan:
        return plan(self.cases, self.seen, replace(self.limits, **changes), c.NOW)


class Maker:
    """Makes random worlds dense with things to do; from a seed, since drawing each detail takes too long."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def once_in(self, n: int) -> bool:
        return self.chance.randrange(n) == 0

    def some(self, pool: Iterable[Any], most: int) -> frozenset[Any]:
        return frozenset(self.chance.sample(list(pool), self.chance.randint(0, most)))

    def day(self) -> date:
        return c.NOW.date() + timedelta(days=self.chance.randint(-6, 3))

    def employee(self, qq: int) -> Employee:
        department = self.chance.choice(["市场部", "市场部/华东组", "采购部"])
        move = Transfer("市场部", department, date(2026, 1, 1), None if self.once_in(3) else self.day())
        return Employee(
            employee_no=f"A{qq}",
            name=f"员工{qq}",
            department=department,
            employment=Status.PROBATION if self.once_in(4) else Status.REGULAR,
            is_head=self.once_in(4),
            departed_on=self.day() if self.once_in(3) else None,
            transfers=(move,) if self.once_in(2) else (),
        )

    def registry(self) -> Registry:
        people = {qq: self.employee(qq) for qq in QQS if not self.once_in(6)}
        as_of = self.chance.choice([c.NOW] * 12 + [None, c.NOW - timedelta(days=60)])
        return c.registry_of(people or {1: self.employee(1)}, as_of=as_of)

    def group(self) -> Group:
        filing = self.chance.choice([c.FILING, c.FILING, c.DISCUSSION, None])
        scope = self.chance.choice([Scope(everyone=True), Scope(departments=("市场部",))])
        pairs = [(qq, code.value) for qq in QQS for code in REMOVABLE]
        return c.group(
            None if filing is None else replace(filing, scope=scope),
            exempt=self.once_in(12),
            waivers=self.some(pairs, 10),
            consents=self.some([f"A{qq}" for qq in QQS], 3),
        )

    def snapshot(self) -> GroupSnapshot:
        present = self.chance.sample(QQS, self.chance.randint(1, len(QQS)))
        members = [
            Member(
                qq, card="喵", role=Role.ADMIN if self.once_in(8) else Role.MEMBER, is_robot=self.once_in(15)
            )
            for qq in present
        ]
        members[0] = replace(members[0], role=Role.OWNER)
        return c.snapshot(
            members,
            self.group(),
            read_at=c.NOW - timedelta(seconds=self.chance.choice([0] * 9 + [200, 4000])),
            complete=not self.once_in(10),
            bot_ids=self.some(QQS, 2) | {c.BOT},
            superusers=self.some(QQS, 2),
        )

    def case(self, n: int, code: Code, qq: int | None) -> Case:
        due = self.chance.choice([None, c.NOW - timedelta(hours=1), c.NOW, c.NOW + timedelta(hours=5)])
        closed = self.once_in(10)
        return c.case(
            n,
            code,
            qq,
            employee_no=None if qq is None else f"A{qq}",
            due_at=due,
            frozen=self.once_in(8),
            status=CaseStatus.CLOSED if closed else CaseStatus.REMINDED,
        )

    def cases(self, seen: GroupSnapshot, registry: Registry, policy: Policy) -> list[Case]:
        """Return cases of what is really wrong there, and of things that nobody can see."""
        real = inspect(replace(seen, complete=True), replace(registry, as_of=c.NOW), policy)
        pairs = {(f.code, f.user_id) for f in real.findings}
        pairs |= {(self.chance.choice(REMOVABLE), self.chance.choice(QQS)) for _ in range(6)}
        ordered = sorted(pairs, key=lambda pair: (pair[0], pair[1] or 0))
        return [self.case(n, code, qq) for n, (code, qq) in enumerate(ordered, 1)]

    def world(self) -> World:
        safety = self.chance.choice([Safety(), Safety(max_removals=1, max_removal_ratio=0.1), Safety(99)])
        limits = Limits(
            mode=self.chance.choice([Mode.ENFORCE] * 8 + [Mode.REMIND, Mode.OBSERVE]),
            policy=Policy(safety=safety),
            registry=self.registry(),
            paused=self.once_in(10),
            bot_role=self.chance.choice([Role.ADMIN] * 6 + [Role.OWNER, Role.MEMBER, None]),
            in_flight=self.some(range(1, 30), 2),
            awaiting=self.some(range(1, 30), 2),
            released=self.some(range(1, 30), 6),
        )
        seen = self.snapshot()
        return World(self.cases(seen, limits.registry, limits.policy), seen, limits)


def worlds() -> st.SearchStrategy[World]:
    return st.integers(0, 2**48).map(lambda seed: Maker(seed).world())


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
