from dataclasses import replace
from datetime import date, timedelta

import pytest

from regulation.actions import Remove, Tell
from regulation.duties import Code
from regulation.enforcement import Limits, Plan, brake_run, plan, why_not_remove
from regulation.model import Case, CaseStatus, Member, Role
from regulation.policy import Mode, Policy, Safety
from tests.regulation.checks import company as c

HOUR = timedelta(hours=1)
PAST, LATER = c.NOW - HOUR, c.NOW + HOUR
CROWD = tuple(range(30001, 30061))


def limits(known: c.Registry | None = None, **more: object) -> Limits:
    facts = {"mode": Mode.ENFORCE, "policy": c.POLICY, "bot_role": Role.ADMIN, **more}
    return Limits(registry=known or c.registry(), **facts)


GONE = c.registry(c.departed(c.PLAIN))
LEAVER = c.case(1, Code.L1, c.PLAIN, employee_no="A003", due_at=LATER)
STRANGER = c.case(2, Code.M1, c.OUTSIDER, due_at=PAST)
WITH_STRANGER = c.snapshot([*c.MEMBERS, c.member(c.OUTSIDER)])


def removed(made: Plan) -> list[int]:
    return [action.user_id for action in made.actions if isinstance(action, Remove)]


def told(made: Plan, purpose: str) -> list[Tell]:
    return [action for action in made.actions if isinstance(action, Tell) and action.purpose == purpose]


def remove_leaver(seen: c.GroupSnapshot | None = None, case: Case = LEAVER, **more: object) -> list[int]:
    return removed(plan([case], seen or c.snapshot(), limits(more.pop("known", GONE), **more), c.NOW))


def test_a_departed_member_is_removed_at_once_long_before_the_deadline():
    made = plan([LEAVER], c.snapshot(), limits(GONE), c.NOW)
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
    bounds = limits(c.registry(change))
    case = c.case(2, code, c.OUTSIDER, due_at=LATER)
    assert removed(plan([case], seen, bounds, c.NOW)) == []
    assert plan([case], seen, bounds, c.NOW).next_look[2] is not None
    assert removed(plan([replace(case, due_at=c.NOW)], seen, bounds, c.NOW)) == [c.OUTSIDER]
    assert removed(plan([replace(case, due_at=None)], seen, bounds, c.NOW)) == []


@pytest.mark.parametrize(
    "seen",
    [
        c.snapshot(complete=False),
        c.snapshot(whole=False),
        c.snapshot(read_at=c.NOW - timedelta(minutes=6)),
        c.snapshot([m for m in c.MEMBERS if m.user_id != c.PLAIN]),
    ],
    ids=["incomplete", "one in passing", "old", "not on the list"],
)
def test_refuses_removal_without_a_fresh_complete_list_that_shows_the_person(seen: c.GroupSnapshot):
    assert remove_leaver(seen) == []


def test_a_doubtful_or_old_list_asks_for_another_look_at_once():
    for seen in (c.snapshot(complete=False), c.snapshot(read_at=c.NOW - HOUR), c.snapshot(whole=False)):
        assert plan([LEAVER], seen, limits(GONE), c.NOW).next_look == {1: c.NOW}


def test_refuses_removal_for_a_reason_that_no_longer_holds():
    assert remove_leaver(known=c.registry()) == []
    assert removed(plan([STRANGER], WITH_STRANGER, limits(c.registry({c.OUTSIDER: c.employee("A9", "甲")})), c.NOW)) == []


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
    assert remove_leaver(waived=pair) == []
    assert remove_leaver(case=replace(LEAVER, frozen=True)) == []
    assert remove_leaver(waived=frozenset({(c.PLAIN, "C1")})) == [c.PLAIN]


def test_removes_nobody_for_closed_cases_or_those_of_other_groups():
    assert remove_leaver(case=replace(LEAVER, status=CaseStatus.CLOSED)) == []
    assert remove_leaver(case=replace(LEAVER, group_id=1)) == []


@pytest.mark.parametrize("more", [{"in_flight": frozenset({1})}, {"awaiting": frozenset({1})}])
def test_removes_nobody_twice_nor_who_awaits_confirmation(more: dict[str, frozenset[int]]):
    assert remove_leaver(**more) == []


def test_one_person_with_two_cases_is_removed_once():
    known = c.registry({c.PLAIN: c.employee("A003", "王芳", "财务部", employment=c.Status.PROBATION)})
    cases = [c.case(7, Code.M3, c.PLAIN, due_at=PAST), c.case(8, Code.M2, c.PLAIN, due_at=PAST)]
    assert removed(plan(cases, c.snapshot(), limits(known), c.NOW)) == [c.PLAIN]
    assert removed(plan(cases, c.snapshot(), limits(known, in_flight=frozenset({7})), c.NOW)) == []


@pytest.mark.parametrize("of", [c.group(), c.group(None), c.group(exempt=True)])
@pytest.mark.parametrize("more", [{"mode": Mode.OBSERVE}, {"paused": True}])
def test_observe_mode_and_pause_do_nothing_at_all(of: c.Group, more: dict[str, object]):
    cases = [LEAVER, STRANGER, c.case(3, Code.F1), c.case(4, Code.C1, c.PLAIN), c.case(5, Code.S1)]
    made = plan(cases, replace(WITH_STRANGER, group=of), limits(GONE, **more), c.NOW)
    assert (made.actions, made.withheld) == ((), ())
    assert made.why in ("observed", "paused")
    assert set(made.next_look.values()) == {None}


@pytest.mark.parametrize(("as_of", "why"), [(None, "registry_empty"), (c.NOW - timedelta(days=50), "registry_stale")])
def test_an_unusable_registry_does_nothing_at_all(as_of: object, why: str):
    known = replace(GONE, as_of=as_of)
    assert plan([LEAVER, c.case(3, Code.F1)], c.snapshot(), limits(known), c.NOW) == Plan(
        why=why, next_look={1: None, 3: None}
    )


def test_remind_mode_removes_nobody_but_tells_owner_and_admins():
    made = plan([LEAVER], c.snapshot(), limits(GONE, mode=Mode.REMIND), c.NOW)
    assert removed(made) == []
    assert [(t.user_id, t.fields["cause"]) for t in told(made, "cannot_remove")] == [(c.OWNER, "mode"), (c.HEAD, "mode")]


def crowd(gone: int, members: int = 60) -> tuple[list[Case], c.GroupSnapshot, c.Registry]:
    people = {qq: c.employee(f"B{qq}", f"员工{qq}") for qq in CROWD[:members]}
    for qq in CROWD[:gone]:
        people[qq] = replace(people[qq], departed_on=date(2026, 3, 1))
    seen = c.snapshot([c.member(c.OWNER, Role.OWNER), *(Member(qq) for qq in people)])
    cases = [c.case(qq, Code.L1, qq, employee_no=people[qq].employee_no, due_at=LATER) for qq in CROWD[:gone]]
    return cases, seen, c.registry(people)


def test_forty_of_sixty_departed_by_a_bad_roster_are_all_withheld():
    cases, seen, known = crowd(40)
    made = plan(cases, seen, limits(known), c.NOW)
    assert removed(made) == []
    assert ([r.user_id for r in made.withheld], made.why) == (list(CROWD[:40]), "group_limit")


@pytest.mark.parametrize(("gone", "members", "held"), [(5, 5, False), (6, 60, False), (6, 29, False), (6, 28, True)])
def test_a_batch_is_withheld_only_beyond_both_limits(gone: int, members: int, held: bool):
    cases, seen, known = crowd(gone, members)
    made = plan(cases, seen, limits(known), c.NOW)
    assert (len(removed(made)), len(made.withheld)) == ((0, gone) if held else (gone, 0))


def test_what_was_confirmed_is_not_braked_again():
    cases, seen, known = crowd(40)
    ids = frozenset(case.id for case in cases)
    made = plan(cases, seen, limits(known, released=ids), c.NOW)
    assert (len(removed(made)), made.withheld, made.released) == (40, (), ids)


def test_a_confirmed_batch_lets_nobody_else_slip_through():
    cases, seen, known = crowd(40)
    released = frozenset(case.id for case in cases[:20])
    made = plan(cases, seen, limits(known, released=released), c.NOW)
    assert removed(made) == list(CROWD[:20])
    assert [r.user_id for r in made.withheld] == list(CROWD[20:40])


@pytest.mark.parametrize("state", ["in_flight", "awaiting"])
def test_no_batch_gets_past_the_brake_in_slices(state: str):
    cases, seen, known = crowd(8, 20)
    some = frozenset(case.id for case in cases[:5])
    made = plan(cases, seen, limits(known, **{state: some}), c.NOW)
    assert removed(made) == []
    assert made.why == "group_limit"
    assert {r.user_id for r in made.withheld} >= set(CROWD[5:8])


def test_what_awaits_confirmation_is_shown_again_with_what_came_to_it():
    cases, seen, known = crowd(8, 20)
    some = frozenset(case.id for case in cases[:6])
    made = plan(cases, seen, limits(known, awaiting=some), c.NOW)
    assert len(made.withheld) == 8
    assert plan(cases[:6], seen, limits(known, awaiting=some), c.NOW).withheld == ()


def test_limits_of_the_policy_are_those_that_count():
    cases, seen, known = crowd(2, 10)
    strict = Policy(safety=Safety(max_removals=1, max_removal_ratio=0.1))
    assert removed(plan(cases, seen, limits(known, policy=strict), c.NOW)) == []


def run_of(*sizes: int) -> list[Plan]:
    return [
        Plan(tuple(Remove(g, 30000 + n, g * 100 + n, Code.L1) for n in range(size)) + (Tell("x"),))
        for g, size in enumerate(sizes)
    ]


def test_a_run_beyond_the_total_withholds_every_removal_of_every_group():
    made = brake_run(run_of(5, 20, 0, 6), 0, c.POLICY)
    assert [len(removed(one)) for one in made] == [0, 0, 0, 0]
    assert [(len(one.withheld), one.why) for one in made] == [
        (5, "total_limit"), (20, "total_limit"), (0, ""), (6, "total_limit"),
    ]  # fmt: skip
    assert all(Tell("x") in one.actions for one in made)


def test_a_run_within_the_total_is_left_alone_counting_the_last_hour():
    plans = run_of(5, 20, 5)
    assert brake_run(plans, 0, c.POLICY) == tuple(plans)
    assert all(removed(one) == [] for one in brake_run(plans, 1, c.POLICY))


def test_what_was_confirmed_neither_counts_nor_is_withheld_in_a_run():
    confirmed = replace(run_of(40)[0], released=frozenset(range(40)))
    assert brake_run([confirmed], 29, c.POLICY) == (confirmed,)


def test_when_the_bot_has_no_right_owner_and_admins_are_told_once_with_the_deadline():
    for role in (Role.MEMBER, None):
        made = plan([LEAVER], c.snapshot(), limits(GONE, bot_role=role), c.NOW)
        first, second = told(made, "cannot_remove")
        assert (first.user_id, second.user_id, first.group_id) == (c.OWNER, c.HEAD, c.GROUP)
        assert (first.template, first.fallback) == ("cannot_remove.L1", "cannot_remove.fallback")
        assert first.fields["people"] == "王芳"
        assert (first.fields["due"], first.fields["clause"]) == ("2026-03-02 11:00", "四.1.5A")
    again = limits(GONE, bot_role=None, told=frozenset({(1, "cannot_remove")}))
    assert plan([LEAVER], c.snapshot(), again, c.NOW).actions == ()


def test_one_message_an_officer_names_all_who_must_go():
    cases, seen, known = crowd(30)
    (message,) = told(plan(cases, seen, limits(known, bot_role=None), c.NOW), "cannot_remove")
    assert message.case_ids == CROWD[:30]
    assert message.fields["count"] == "30"
    assert message.fields["people"].endswith(" 等 30 人")


def test_nobody_who_departed_is_told_anything_about_others():
    known = c.registry({**c.departed(c.PLAIN), **c.departed(c.HEAD)})
    made = plan([LEAVER], c.snapshot(), limits(known, bot_role=None), c.NOW)
    assert [t.user_id for t in told(made, "cannot_remove")] == [c.OWNER]


def test_a_departed_owner_is_escalated_to_the_departments_head_and_admin_staff():
    known = c.registry(c.departed(c.OWNER))
    case = c.case(1, Code.L1, c.OWNER, employee_no="A001", due_at=LATER)
    made = plan([case], c.snapshot(), limits(known), c.NOW)
    (to_head,), (to_staff,) = told(made, "hand_over"), told(made, "admin_staff")
    assert (to_head.user_id, to_head.fields["role"], to_head.fields["people"]) == (c.HEAD, "群主", "张三")
    assert (to_staff.user_id, to_staff.group_id, to_staff.template) == (None, None, "hand_over")
    done = limits(known, told=frozenset({(1, "hand_over"), (1, "admin_staff")}))
    assert plan([case], c.snapshot(), done, c.NOW).actions == ()


def test_without_any_head_admin_staff_are_told_once_all_the_same():
    known = c.registry({**c.departed(c.OWNER), **c.departed(c.HEAD)})
    case = c.case(1, Code.L1, c.OWNER, employee_no="A001", due_at=LATER)
    assert len(plan([case], c.snapshot(), limits(known), c.NOW).actions) == 1
    done = limits(known, told=frozenset({(1, "admin_staff")}))
    assert plan([case], c.snapshot(), done, c.NOW).actions == ()


def test_an_unfiled_group_gets_one_notice_for_filing_and_name_and_nothing_else():
    unfiled = replace(WITH_STRANGER, group=c.group(None))
    cases = [LEAVER, STRANGER, c.case(3, Code.F1), c.case(4, Code.F3, data={"keyword": "XY"})]
    made = plan(cases, unfiled, limits(GONE, general_mode=Mode.ENFORCE), c.NOW)
    (notice,) = made.actions
    assert isinstance(notice, Tell)
    assert (notice.user_id, notice.purpose, notice.case_ids) == (c.OWNER, "file", (3, 4))
    assert (notice.fields["days"], notice.fields["reserved"]) == ("3", "XY")


def test_an_unfiled_group_hears_nothing_when_all_are_observed_or_once_told_or_in_review():
    unfiled = c.snapshot(of=c.group(None))
    case = c.case(3, Code.F1)
    observed = limits(mode=Mode.OBSERVE, general_mode=Mode.OBSERVE)
    assert plan([case], unfiled, observed, c.NOW).actions == ()
    assert plan([case], unfiled, limits(told=frozenset({(3, "file")})), c.NOW).actions == ()
    assert plan([replace(case, reason="in_review")], unfiled, limits(), c.NOW).actions == ()


def test_the_notice_to_file_goes_out_though_an_unfiled_group_is_observed():
    bounds = limits(mode=Mode.OBSERVE, general_mode=Mode.REMIND)
    assert len(plan([c.case(3, Code.F1)], c.snapshot(of=c.group(None)), bounds, c.NOW).actions) == 1


@pytest.mark.parametrize("code", [Code.F2, Code.F3, Code.S1, Code.M1, Code.M2, Code.M3])
def test_the_owner_is_told_once_of_each_duty_in_remind_and_enforce_mode(code: Code):
    user_id = c.OUTSIDER if code in (Code.M1, Code.M2, Code.M3) else None
    case = c.case(3, code, user_id, due_at=LATER, data={"what": "x"})
    for mode in (Mode.REMIND, Mode.ENFORCE):
        (notice,) = told(plan([case], WITH_STRANGER, limits(mode=mode), c.NOW), "notice")
        assert (notice.user_id, notice.template, notice.case_ids) == (c.OWNER, f"notice.{code}", (3,))
    again = limits(told=frozenset({(3, "notice")}))
    assert told(plan([case], WITH_STRANGER, again, c.NOW), "notice") == []


def test_many_strangers_make_one_notice_to_the_owner():
    cases = [c.case(n, Code.M1, n, due_at=LATER) for n in CROWD]
    seen = c.snapshot([*c.MEMBERS, *(Member(n) for n in CROWD)])
    (notice,) = told(plan(cases, seen, limits(), c.NOW), "notice")
    assert notice.fields["count"] == "60"


def test_strangers_are_told_kindly_how_to_verify_a_few_at_a_time_in_working_hours():
    cases = [c.case(n, Code.M1, n, due_at=LATER) for n in CROWD]
    seen = c.snapshot([*c.MEMBERS, *(Member(n) for n in CROWD)])
    made = plan(cases, seen, limits(), c.NOW)
    assert [t.user_id for t in told(made, "verify")] == list(CROWD[:20])
    assert made.next_look[CROWD[30]] == LATER
    assert told(plan(cases, seen, limits(in_hours=False), c.NOW), "verify") == []
    rest = limits(told=frozenset((n, "verify") for n in CROWD[:20]))
    assert [t.user_id for t in told(plan(cases, seen, rest, c.NOW), "verify")] == list(CROWD[20:40])


def test_one_in_passing_is_told_how_to_verify_without_waiting_for_the_list():
    passing = c.snapshot([c.member(c.OUTSIDER)], whole=False)
    made = plan([replace(STRANGER, due_at=LATER)], passing, limits(), c.NOW)
    assert [t.purpose for t in made.actions if isinstance(t, Tell)] == ["verify"]


def test_a_discussions_initiator_is_told_and_once_more_on_the_last_day():
    talk = c.snapshot(of=c.group(replace(c.DISCUSSION, initiator_id=c.PLAIN)))
    case = c.case(3, Code.D2, data={"issue": "展会", "active_days": "12"})
    (notice,) = told(plan([case], talk, limits(), c.NOW), "notice")
    assert (notice.user_id, notice.fields["days"], notice.fields["active_days"]) == (c.PLAIN, "7", "12")
    once = frozenset({(3, "notice")})
    far = replace(case, due_at=c.NOW + timedelta(days=3))
    made = plan([far], talk, limits(told=once), c.NOW)
    assert (made.actions, made.next_look[3]) == ((), c.NOW + timedelta(days=2))
    near = replace(case, due_at=c.NOW + timedelta(hours=20))
    assert [t.template for t in told(plan([near], talk, limits(told=once), c.NOW), "last_call")] == ["last_call.D2"]
    twice = once | {(3, "last_call")}
    assert plan([near], talk, limits(told=twice), c.NOW).actions == ()


def test_a_discussion_whose_initiator_is_gone_is_the_owners():
    talk = c.snapshot(of=c.group(replace(c.DISCUSSION, initiator_id=99)))
    assert [t.user_id for t in told(plan([c.case(3, Code.D2)], talk, limits(), c.NOW), "notice")] == [c.OWNER]


def test_a_bot_that_owns_the_group_tells_the_admins_instead():
    members = [c.member(c.BOT, Role.OWNER), c.member(c.HEAD, Role.ADMIN)]
    assert [t.user_id for t in told(plan([c.case(3, Code.S1)], c.snapshot(members), limits(), c.NOW), "notice")] == [
        c.HEAD
    ]


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
        (LEAVER, c.snapshot(whole=False), {}, "partial"),
        (LEAVER, c.snapshot(c.MEMBERS[:-1]), {}, "gone"),
        (LEAVER, c.snapshot(), {"known": c.registry()}, "not_found"),
        (replace(LEAVER, frozen=True), c.snapshot(), {}, "frozen"),
        (replace(LEAVER, status=CaseStatus.CLOSED), c.snapshot(), {}, "not_found"),
        (LEAVER, c.snapshot(superusers=frozenset({c.PLAIN})), {}, "protected"),
        (LEAVER, c.snapshot([c.member(c.PLAIN, Role.ADMIN)]), {}, "officer"),
        (LEAVER, c.snapshot(), {"bot_role": Role.MEMBER}, "no_right"),
        (LEAVER, c.snapshot(), {"waived": frozenset({(c.PLAIN, "L1")})}, "waived"),
        (c.case(9, Code.M3, c.PLAIN, due_at=LATER), c.snapshot(), {}, "not_ripe"),
        (c.case(9, Code.C1, c.PLAIN, due_at=PAST), c.snapshot(), {}, "not_ripe"),
    ],
)
def test_the_senders_last_look_says_why_not(case: Case, seen: c.GroupSnapshot, more: dict[str, object], why: str):
    bounds = limits(more.get("known", GONE), **{k: v for k, v in more.items() if k != "known"})
    assert why_not_remove(case, seen, bounds, c.NOW) == why
