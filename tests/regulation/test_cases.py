from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from regulation.cases import (
    Changes,
    asks_otherwise,
    days_for,
    due_after_notice,
    first_due,
    is_overdue,
    put_off,
    reconcile,
)
from regulation.checks import Inspection, inspect
from regulation.deadlines import ZONE
from regulation.duties import Code
from regulation.model import CaseStatus, Closure, Finding
from regulation.policy import DeadlineDays, Policy
from tests.regulation.checks import company as c

STRANGER = c.member(c.OUTSIDER)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def changes(
    cases: list[c.Case], seen: c.GroupSnapshot, known: c.Registry | None = None, **more: Any
) -> Changes:
    return reconcile(c.found_by_all(seen, known), cases, seen, known or c.registry(), **more)


def test_what_is_found_first_is_opened():
    made = changes([], c.snapshot([*c.MEMBERS, STRANGER]))
    assert [(f.code, f.user_id) for f in made.opened] == [(Code.M1, c.OUTSIDER)]
    assert (made.continuing, made.closed) == ((), ())


def test_what_is_found_again_continues_and_is_not_opened_twice():
    known = c.case(1, Code.M1, c.OUTSIDER)
    made = changes([known], c.snapshot([*c.MEMBERS, STRANGER]))
    assert made.opened == ()
    assert [(case.id, found.reason) for case, found in made.continuing] == [(1, "no_identity")]


def test_what_is_found_of_whoever_has_the_qq_now_is_opened_anew():
    seen = c.snapshot([*c.MEMBERS, STRANGER])
    (found,) = c.found_by_all(seen).findings
    other, nobody, same = (
        replace(c.case(1, Code.M1, c.OUTSIDER), employee_no=no) for no in ("A1", None, "A2")
    )
    inspection = Inspection((replace(found, employee_no="A2"),))
    of = lambda case: reconcile(inspection, [case], seen, c.registry())  # noqa: E731

    assert (of(other).closed, of(other).continuing) == (((other, Closure.UNBOUND),), ())
    assert [one.employee_no for one in of(other).opened] == ["A2"]
    assert all(not of(one).opened and not of(one).closed for one in (nobody, same))


def test_what_is_not_found_again_is_cured():
    assert changes([c.case(1, Code.C1, c.PLAIN)], c.snapshot()).closed == (
        (c.case(1, Code.C1, c.PLAIN), Closure.CURED),
    )


@pytest.mark.parametrize("holder", [None, "A9"])
def test_who_lost_the_qq_has_bettered_nothing(holder: str | None):
    people = {qq: one for qq, one in c.PEOPLE.items() if qq != c.PLAIN}
    people |= {} if holder is None else {c.PLAIN: c.employee(holder, "赵新")}
    case = c.case(1, Code.L1, c.PLAIN, employee_no="A003")
    assert changes([case], c.snapshot(), c.registry_of(people)).closed == ((case, Closure.UNBOUND),)


def test_whoever_is_no_longer_on_the_list_has_left():
    ((_, closure),) = changes([c.case(1, Code.M1, c.OUTSIDER)], c.snapshot()).closed
    assert closure is Closure.LEFT


def test_a_case_of_one_with_a_waiver_is_waived():
    waived = c.group(waivers=frozenset({(c.OUTSIDER, "M1")}))
    ((_, closure),) = changes(
        [c.case(1, Code.M1, c.OUTSIDER)], c.snapshot([*c.MEMBERS, STRANGER], waived)
    ).closed
    assert closure is Closure.WAIVED


@pytest.mark.parametrize("did", [Closure.REMOVED, Closure.CORRECTED])
def test_what_the_bot_did_about_it_is_how_it_is_closed(did: Closure):
    ((_, closure),) = changes([c.case(1, Code.M1, c.OUTSIDER)], c.snapshot(), acted={1: did}).closed
    assert closure is did


def test_a_duty_of_the_group_is_cured_as_well():
    ((_, closure),) = changes([c.case(1, Code.F1)], c.snapshot()).closed
    assert closure is Closure.CURED


def test_a_duty_that_no_longer_applies_is_cured():
    unfiled = c.snapshot([*c.MEMBERS, STRANGER], c.group(None))
    made = changes([c.case(1, Code.M1, c.OUTSIDER)], unfiled)
    assert [closure for _, closure in made.closed] == [Closure.CURED]
    assert [f.code for f in made.opened] == [Code.F1]


@pytest.mark.parametrize("unknown", ["incomplete", "empty", "stale"])
def test_from_an_unknown_reading_nothing_is_opened_or_closed(unknown: str):
    cases = [c.case(1, Code.M1, c.OUTSIDER), c.case(2, Code.F1)]
    seen = c.snapshot()
    assert reconcile(Inspection(unknown=unknown), cases, seen, c.registry()) == Changes()


def test_cases_of_other_groups_and_closed_ones_are_passed_over():
    cases = [
        replace(c.case(1, Code.C1, c.PLAIN), group_id=1),
        c.case(2, Code.C1, c.ADMIN, status=CaseStatus.CLOSED),
    ]
    assert changes(cases, c.snapshot()) == Changes()


def test_an_appealed_case_is_cured_like_any_other():
    assert len(changes([c.case(1, Code.C1, c.PLAIN, frozen=True)], c.snapshot()).closed) == 1


def test_the_handover_turns_out_of_scope_into_transferred():
    known = c.registry(c.transferred(c.PLAIN, "采购部", date(2026, 3, 1)))
    made = changes([c.case(1, Code.M2, c.PLAIN)], c.snapshot(), known)
    assert [f.code for f in made.opened] == [Code.T1]
    assert [closure for _, closure in made.closed] == [Closure.CURED]


@pytest.mark.parametrize(
    ("code", "day"),
    [
        (Code.L1, "05"), (Code.T1, "03"), (Code.M1, "05"), (Code.M2, "05"), (Code.M3, "05"),
        (Code.D1, "05"), (Code.F2, "05"), (Code.S1, "09"),
    ],
)  # fmt: skip
def test_most_duties_would_fall_due_counted_from_the_day_the_case_opened(code: Code, day: str):
    assert first_due(code, c.NOW, c.POLICY) == at(f"2026-03-{day} 00:00") + timedelta(days=1)


@pytest.mark.parametrize("code", [Code.F1, Code.F3, Code.C1, Code.D2])
def test_no_clock_runs_before_somebody_was_told(code: Code):
    assert first_due(code, c.NOW, c.POLICY) is None


@pytest.mark.parametrize(("code", "days"), [(Code.F1, 3), (Code.F3, 3), (Code.C1, 3), (Code.D2, 7)])
def test_the_clock_starts_with_the_first_notice_delivered(code: Code, days: int):
    told = due_after_notice(c.case(1, code), at("2026-03-02 17:59"), c.POLICY)
    assert told == at("2026-03-03 00:00") + timedelta(days=days)


@pytest.mark.parametrize("code", list(Code))
def test_whoever_is_told_late_has_the_whole_span_from_then(code: Code):
    old = c.case(1, code, c.PLAIN, opened_at=c.NOW - timedelta(days=30), due_at=c.NOW - timedelta(days=27))
    assert due_after_notice(old, c.NOW, c.POLICY) > c.NOW + timedelta(days=days_for(code, c.POLICY))


def test_a_notice_shortens_no_deadline_given_before():
    given = c.case(1, Code.M1, c.PLAIN, due_at=c.NOW + timedelta(days=9))
    assert due_after_notice(given, c.NOW, c.POLICY) == given.due_at


def test_workdays_count_where_the_policy_says_so():
    policy = Policy(deadlines=DeadlineDays(count="workday"))
    assert due_after_notice(c.case(1, Code.C1, c.PLAIN), at("2026-03-06 10:00"), policy) == at(
        "2026-03-12 00:00"
    )


@pytest.mark.parametrize(
    ("rested", "goes_on", "count", "due"),
    [
        ("2026-03-04 10:00", "2026-03-08 09:00", "calendar", "2026-03-10 00:00"),
        ("2026-03-05 23:00", "2026-03-08 09:00", "calendar", "2026-03-09 00:00"),
        ("2026-03-03 10:00", "2026-03-03 11:00", "calendar", None),
        ("2026-03-06 00:00", "2026-03-08 09:00", "calendar", None),
        ("2026-03-04 10:00", "2026-03-06 09:00", "workday", "2026-03-10 00:00"),
    ],
)
def test_the_days_on_which_a_case_rests_do_not_count(rested: str, goes_on: str, count: Any, due: str | None):
    policy = Policy(deadlines=DeadlineDays(count=count))
    case = c.case(1, Code.C1, c.PLAIN, due_at=at("2026-03-06 00:00"))
    assert put_off(case, at(rested), at(goes_on), policy) == (None if due is None else at(due))


def test_what_was_late_before_it_rested_or_had_no_deadline_is_not_put_off():
    late = c.case(1, Code.C1, c.PLAIN, due_at=c.NOW + timedelta(days=1), overdue_at=c.NOW)
    for case in (late, c.case(1, Code.C1, c.PLAIN)):
        assert put_off(case, c.NOW, c.NOW + timedelta(days=5), c.POLICY) is None


def test_another_card_than_the_one_named_is_another_thing_asked_while_there_is_time():
    asked = Finding(
        Code.C1, c.GROUP, str(c.PLAIN), "wrong_department", c.PLAIN, data={"right": "采购部-王芳"}
    )
    case = c.case(1, Code.C1, c.PLAIN, due_at=c.NOW, data={"right": "市场部-王芳", "card": "王芳"})
    assert asks_otherwise(case, asked)
    assert not asks_otherwise(case, replace(asked, data={"right": "市场部-王芳", "card": "芳"}))
    assert not asks_otherwise(replace(case, overdue_at=c.NOW), asked)
    assert not asks_otherwise(replace(case, code=Code.L1), asked)


def test_overdue_from_the_very_midnight_not_a_second_before():
    late = c.case(1, Code.L1, c.PLAIN, due_at=at("2026-03-06 00:00"))
    assert is_overdue(late, at("2026-03-06 00:00"))
    assert not is_overdue(late, at("2026-03-05 23:59:59"))


def test_never_overdue_as_long_as_nobody_was_told():
    past = c.NOW - timedelta(days=1)
    assert not is_overdue(c.case(1, Code.L1, c.PLAIN, due_at=past, first_reminded_at=None), c.NOW)


def test_never_overdue_without_deadline_closed_under_appeal_or_under_review():
    past = c.NOW - timedelta(days=1)
    assert not is_overdue(c.case(1, Code.F1), c.NOW)
    assert not is_overdue(c.case(1, Code.F1, due_at=past, status=CaseStatus.CLOSED), c.NOW)
    assert not is_overdue(c.case(1, Code.C1, c.PLAIN, due_at=past, frozen=True), c.NOW)
    assert not is_overdue(c.case(1, Code.F1, due_at=past, reason="in_review"), c.NOW)


def test_a_list_that_is_short_by_one_closes_nothing_about_who_is_missing_without_a_notice():
    seen = c.snapshot([m for m in c.MEMBERS if m.user_id != c.PLAIN], short=1)
    case = c.case(1, Code.L1, c.PLAIN)
    inspection = inspect(seen, c.registry(), c.POLICY)
    how = {"acted": {1: Closure.REMOVED}}
    assert reconcile(inspection, [case], seen, c.registry(), **how).closed == ()
    told = reconcile(inspection, [case], seen, c.registry(), **how, left={c.PLAIN})
    assert told.closed == ((case, Closure.REMOVED),)
