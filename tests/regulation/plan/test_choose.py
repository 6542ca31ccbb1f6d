from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from regulation.actions import Remove, Tell
from regulation.duties import Code
from regulation.model import Case, CaseStatus, Role
from regulation.plan.choose import Plan, brake_run, plan, why_not_remove
from regulation.policy import Mode, Policy, Safety
from tests.regulation.checks import company as c

HOUR = timedelta(hours=1)
PAST, LATER = c.NOW - HOUR, c.NOW + HOUR


GONE = c.registry(c.departed(c.PLAIN))
LEAVER = c.case(1, Code.L1, c.PLAIN, employee_no="A003", due_at=LATER)
STRANGER = c.case(2, Code.M1, c.OUTSIDER, due_at=PAST)
WITH_STRANGER = c.snapshot([*c.MEMBERS, c.member(c.OUTSIDER)])


def remove_leaver(seen: c.GroupSnapshot | None = None, case: Case = LEAVER, **more: Any) -> list[int]:
    return c.removed(plan([case], seen or c.snapshot(), c.limits(more.pop("known", GONE), **more), c.NOW))


def test_a_departed_member_is_removed_at_once_long_before_the_deadline():
    made = plan([LEAVER], c.snapshot(), c.limits(GONE), c.NOW)
    assert made.actions == (Remove(c.GROUP, c.PLAIN, 1, Code.L1),)
    assert (made.withheld, made.why) == ((), "")


def test_a_transferred_member_is_removed_at_once():
    known = c.registry(c.transferred(c.PLAIN, "采购部", date(2026, 3, 1)))
    case = c.case(1, Code.T1, c.PLAIN, employee_no="A003", due_at=LATER)
    assert remove_leaver(case=case, known=known) == [c.PLAIN]


@pytest.mark.parametrize("code", [Code.M1, Code.M2, Code.M3, Code.D1])
def test_other_members_are_removed_only_after_the_deadline(code: Code):
    change = {Code.M2: {c.OUTSIDER: c.employee("A9", "外人", "财务部")}, Code.M3: {
        c.OUTSIDER: c.employee("A9", "新人", employment=c.Status.PROBATION)}}.get(code, {})  # fmt: skip
    of = c.group(c.DISCUSSION if code is Code.D1 else c.FILING)
    seen = c.snapshot([*c.MEMBERS, c.member(c.OUTSIDER)], of)
    bounds = c.limits(c.registry(change))
    case = c.case(2, code, c.OUTSIDER, due_at=LATER)
    assert c.removed(plan([case], seen, bounds, c.NOW)) == []
    assert plan([case], seen, bounds, c.NOW).next_look[2] is not None
    assert c.removed(plan([replace(case, due_at=c.NOW)], seen, bounds, c.NOW)) == [c.OUTSIDER]
    assert c.removed(plan([replace(case, due_at=None)], seen, bounds, c.NOW)) == []


@pytest.mark.parametrize(
    "seen",
    [
        c.snapshot(complete=False),
        c.snapshot(read_at=c.NOW - timedelta(minutes=6)),
        c.snapshot([m for m in c.MEMBERS if m.user_id != c.PLAIN]),
    ],
    ids=["incomplete", "old", "not on the list"],
)
def test_refuses_removal_without_a_fresh_complete_list_that_shows_the_person(seen: c.GroupSnapshot):
    assert remove_leaver(seen) == []


def test_a_doubtful_or_old_list_asks_for_another_look_at_once():
    for seen in (c.snapshot(complete=False), c.snapshot(read_at=c.NOW - HOUR)):
        assert plan([LEAVER], seen, c.limits(GONE), c.NOW).next_look == {1: c.NOW}


def test_refuses_removal_for_a_reason_that_no_longer_holds():
    assert remove_leaver(known=c.registry()) == []
    assert (
        c.removed(
            plan([STRANGER], WITH_STRANGER, c.limits(c.registry({c.OUTSIDER: c.employee("A9", "甲")})), c.NOW)
        )
        == []
    )


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_never_removes_officers(role: Role):
    members = [*(m for m in c.MEMBERS if m.user_id != c.PLAIN), c.member(c.PLAIN, role)]
    assert remove_leaver(c.snapshot(members)) == []


def test_never_removes_our_accounts_superusers_or_robots():
    assert remove_leaver(c.snapshot(bot_ids=frozenset({c.BOT, c.PLAIN}))) == []
    assert remove_leaver(c.snapshot(superusers=frozenset({c.PLAIN}))) == []
    robots = [replace(m, is_robot=m.user_id == c.PLAIN) for m in c.MEMBERS]
    assert remove_leaver(c.snapshot(robots)) == []


def test_never_removes_under_a_waiver_of_this_duty_or_an_appeal():
    pair = frozenset({(c.PLAIN, "L1")})
    assert remove_leaver(c.snapshot(of=c.group(waivers=pair))) == []
    assert remove_leaver(case=replace(LEAVER, frozen=True)) == []
    of_another = c.group(waivers=frozenset({(c.PLAIN, "C1")}))
    assert remove_leaver(c.snapshot(of=of_another)) == [c.PLAIN]


def test_removes_nobody_for_closed_cases_or_those_of_other_groups():
    assert remove_leaver(case=replace(LEAVER, status=CaseStatus.CLOSED)) == []
    assert remove_leaver(case=replace(LEAVER, group_id=1)) == []


@pytest.mark.parametrize("more", [{"in_flight": frozenset({1})}, {"awaiting": frozenset({1})}])
def test_removes_nobody_twice_nor_who_awaits_confirmation(more: dict[str, Any]):
    assert remove_leaver(**more) == []


def test_one_person_with_two_cases_is_removed_once():
    known = c.registry({c.PLAIN: c.employee("A003", "王芳", "财务部", employment=c.Status.PROBATION)})
    cases = [c.case(7, Code.M3, c.PLAIN, due_at=PAST), c.case(8, Code.M2, c.PLAIN, due_at=PAST)]
    assert c.removed(plan(cases, c.snapshot(), c.limits(known), c.NOW)) == [c.PLAIN]
    assert c.removed(plan(cases, c.snapshot(), c.limits(known, in_flight=frozenset({7})), c.NOW)) == []


@pytest.mark.parametrize("of", [c.group(), c.group(None), c.group(exempt=True)])
@pytest.mark.parametrize("more", [{"mode": Mode.OBSERVE}, {"paused": True}])
def test_observe_mode_and_pause_do_nothing_at_all(of: c.Group, more: dict[str, Any]):
    cases = [LEAVER, STRANGER, c.case(3, Code.F1), c.case(4, Code.C1, c.PLAIN), c.case(5, Code.S1)]
    made = plan(cases, replace(WITH_STRANGER, group=of), c.limits(GONE, **more), c.NOW)
    assert (made.actions, made.withheld) == ((), ())
    assert made.why in ("observed", "paused")
    assert set(made.next_look.values()) == {None}


@pytest.mark.parametrize(
    ("as_of", "why"), [(None, "registry_empty"), (c.NOW - timedelta(days=50), "registry_stale")]
)
def test_an_unusable_registry_does_nothing_at_all(as_of: object, why: str):
    known = replace(GONE, as_of=as_of)
    assert plan([LEAVER, c.case(3, Code.F1)], c.snapshot(), c.limits(known), c.NOW) == Plan(
        why=why, next_look={1: None, 3: None}
    )


def test_remind_mode_removes_nobody_but_tells_owner_and_admins():
    made = plan([LEAVER], c.snapshot(), c.limits(GONE, mode=Mode.REMIND), c.NOW)
    assert c.removed(made) == []
    assert [(t.user_id, t.fields["cause"]) for t in c.told(made, "cannot_remove")] == [
        (c.OWNER, "mode"),
        (c.HEAD, "mode"),
    ]


def test_forty_of_sixty_departed_by_a_bad_roster_are_all_withheld():
    cases, seen, known = c.crowd(40)
    made = plan(cases, seen, c.limits(known), c.NOW)
    assert c.removed(made) == []
    assert ([r.user_id for r in made.withheld], made.why) == (list(c.CROWD[:40]), "group_limit")


@pytest.mark.parametrize(
    ("gone", "members", "held"), [(5, 5, False), (6, 60, False), (6, 29, False), (6, 28, True)]
)
def test_a_batch_is_withheld_only_beyond_both_limits(gone: int, members: int, held: bool):
    cases, seen, known = c.crowd(gone, members)
    made = plan(cases, seen, c.limits(known), c.NOW)
    assert (len(c.removed(made)), len(made.withheld)) == ((0, gone) if held else (gone, 0))


@pytest.mark.parametrize(("left_out", "held"), [(0, True), (1, False)])
def test_a_group_is_as_large_as_it_was_read_whoever_a_plan_kept_of_it(left_out: int, held: bool):
    cases, seen, known = c.crowd(6, 28)
    made = plan(cases, replace(seen, left_out=left_out), c.limits(known), c.NOW)
    assert (len(c.removed(made)), len(made.withheld)) == ((0, 6) if held else (6, 0))


def test_what_was_confirmed_is_not_braked_again():
    cases, seen, known = c.crowd(40)
    ids = frozenset(case.id for case in cases)
    made = plan(cases, seen, c.limits(known, released=ids), c.NOW)
    assert (len(c.removed(made)), made.withheld, made.released) == (40, (), ids)


def test_a_confirmed_batch_lets_nobody_else_slip_through():
    cases, seen, known = c.crowd(40)
    released = frozenset(case.id for case in cases[:20])
    made = plan(cases, seen, c.limits(known, released=released), c.NOW)
    assert c.removed(made) == list(c.CROWD[:20])
    assert [r.user_id for r in made.withheld] == list(c.CROWD[20:40])


@pytest.mark.parametrize("state", ["in_flight", "awaiting"])
def test_no_batch_gets_past_the_brake_in_slices(state: str):
    cases, seen, known = c.crowd(8, 20)
    some = frozenset(case.id for case in cases[:5])
    made = plan(cases, seen, c.limits(known, **{state: some}), c.NOW)
    assert c.removed(made) == []
    assert made.why == "group_limit"
    assert {r.user_id for r in made.withheld} >= set(c.CROWD[5:8])


def test_what_awaits_confirmation_is_shown_again_with_what_came_to_it():
    cases, seen, known = c.crowd(8, 20)
    some = frozenset(case.id for case in cases[:6])
    made = plan(cases, seen, c.limits(known, awaiting=some), c.NOW)
    assert len(made.withheld) == 8
    assert plan(cases[:6], seen, c.limits(known, awaiting=some), c.NOW).withheld == ()


def test_limits_of_the_policy_are_those_that_count():
    cases, seen, known = c.crowd(2, 10)
    strict = Policy(safety=Safety(max_removals=1, max_removal_ratio=0.1))
    assert c.removed(plan(cases, seen, c.limits(known, policy=strict), c.NOW)) == []


def run_of(*sizes: int) -> list[Plan]:
    return [
        Plan((*(Remove(g, 30000 + n, g * 100 + n, Code.L1) for n in range(size)), Tell("x")))
        for g, size in enumerate(sizes)
    ]


def test_a_run_beyond_the_total_withholds_every_removal_of_every_group():
    made = brake_run(run_of(5, 20, 0, 6), 0, c.POLICY)
    assert [len(c.removed(one)) for one in made] == [0, 0, 0, 0]
    assert [(len(one.withheld), one.why) for one in made] == [
        (5, "total_limit"), (20, "total_limit"), (0, ""), (6, "total_limit"),
    ]  # fmt: skip
    assert all(Tell("x") in one.actions for one in made)


def test_a_run_within_the_total_is_left_alone_counting_the_last_hour():
    plans = run_of(5, 20, 5)
    assert brake_run(plans, 0, c.POLICY) == tuple(plans)
    assert all(c.removed(one) == [] for one in brake_run(plans, 1, c.POLICY))


def test_what_was_confirmed_neither_counts_nor_is_withheld_in_a_run():
    confirmed = replace(run_of(40)[0], released=frozenset(range(40)))
    assert brake_run([confirmed], 29, c.POLICY) == (confirmed,)


def test_the_group_of_admin_staff_is_rid_of_the_departed_too():
    assert remove_leaver(c.snapshot(of=c.group(None, exempt=True))) == [c.PLAIN]


def test_in_an_unfiled_group_the_departed_are_recorded_but_not_removed():
    assert remove_leaver(c.snapshot(of=c.group(None))) == []


@pytest.mark.parametrize(
    ("case", "seen", "more", "why"),
    [
        (LEAVER, c.snapshot(), {}, ""),
        (LEAVER, c.snapshot(), {"paused": True}, "paused"),
        (LEAVER, c.snapshot(), {"mode": Mode.REMIND}, "not_enforcing"),
        (LEAVER, c.snapshot(complete=False), {}, "incomplete"),
        (LEAVER, c.snapshot(read_at=c.NOW - HOUR), {}, "stale"),
        (LEAVER, c.snapshot(c.MEMBERS[:-1]), {}, "gone"),
        (LEAVER, c.snapshot(), {"known": c.registry()}, "not_found"),
        (replace(LEAVER, frozen=True), c.snapshot(), {}, "frozen"),
        (replace(LEAVER, status=CaseStatus.CLOSED), c.snapshot(), {}, "not_found"),
        (LEAVER, c.snapshot(superusers=frozenset({c.PLAIN})), {}, "protected"),
        (LEAVER, c.snapshot([c.member(c.PLAIN, Role.ADMIN)]), {}, "officer"),
        (LEAVER, c.snapshot(), {"bot_role": Role.MEMBER}, "no_right"),
        (LEAVER, c.snapshot(of=c.group(waivers=frozenset({(c.PLAIN, "L1")}))), {}, "waived"),
        (c.case(9, Code.M3, c.PLAIN, due_at=LATER), c.snapshot(), {}, "not_ripe"),
        (c.case(9, Code.C1, c.PLAIN, due_at=PAST), c.snapshot(), {}, "not_ripe"),
    ],
)
def test_the_senders_last_look_says_why_not(
    case: Case, seen: c.GroupSnapshot, more: dict[str, Any], why: str
):
    bounds = c.limits(more.get("known", GONE), **{k: v for k, v in more.items() if k != "known"})
    assert why_not_remove(case, seen, bounds, c.NOW) == why


EARLIER = c.NOW - timedelta(days=4)


def test_by_a_clock_that_is_wrong_nothing_is_done_by_a_deadline():
    assert c.removed(plan([STRANGER], WITH_STRANGER, c.limits(c.registry()), c.NOW)) == [c.OUTSIDER]
    assert c.removed(plan([STRANGER], WITH_STRANGER, c.limits(c.registry(), earlier=EARLIER), c.NOW)) == []


def test_by_a_clock_that_is_wrong_only_those_go_who_have_left_by_both():
    lately = c.registry(c.departed(c.PLAIN, c.NOW.date()))
    long_ago = c.registry(c.departed(c.PLAIN, EARLIER.date() - timedelta(days=1)))
    assert remove_leaver(known=lately, earlier=EARLIER) == []
    assert remove_leaver(known=long_ago, earlier=EARLIER) == [c.PLAIN]


def test_what_was_removed_within_the_hour_counts_in_the_group():
    five = frozenset(range(50001, 50006))
    seen = c.snapshot([*c.MEMBERS, *(c.member(qq) for qq in range(60001, 60011))])
    assert c.removed(plan([LEAVER], seen, c.limits(GONE), c.NOW)) == [c.PLAIN]
    made = plan([LEAVER], seen, c.limits(GONE, removing=five), c.NOW)
    assert (c.removed(made), made.why) == ([], "group_limit")
