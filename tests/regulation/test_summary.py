import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulation.deadlines import ZONE
from regulation.model import Closure
from regulation.summary import CaseFacts, PenaltyFacts, Period, as_json, read_period, summarise

NOW = datetime(2026, 10, 15, 12, 0, tzinfo=ZONE)  # a Thursday
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


OCTOBER = Period(at("2026-10-01"), at("2026-11-01"))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("今天", "2026-10-15", "2026-10-16"),
        ("昨天", "2026-10-14", "2026-10-15"),
        ("本周", "2026-10-12", "2026-10-19"),
        ("上周", "2026-10-05", "2026-10-12"),
        ("本月", "2026-10-01", "2026-11-01"),
        ("上月", "2026-09-01", "2026-10-01"),
        ("今年", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-1", "2026-01-01", "2026-02-01"),
        ("2026年10月", "2026-10-01", "2026-11-01"),
        ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-16"),
        (" 2026-10-01 至 2026-10-01 ", "2026-10-01", "2026-10-02"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
    ],
)
def test_reads_periods_as_people_say_them(text: str, start: str, end: str):
    assert read_period(text, NOW) == Period(at(start), at(end))
    assert read_period(text, NOW.date()) == Period(at(start), at(end))


@pytest.mark.parametrize(
    "text",
    ["", "明年", "2026-13", "2026-00", "2026-02-30", "2026-10-15..2026-10-01", "..", "2026-10-01..", "9999-12",
     "2026-01-01..2026-01-02..2026-01-03", "9999-12-31", "2026-10 ..2026-11"],
)  # fmt: skip
def test_reads_nothing_into_anything_else(text: str):
    assert read_period(text, NOW) is None


@given(st.text(max_size=40))
def test_no_text_makes_a_period_raise(text: str):
    period = read_period(text, NOW)
    assert period is None or period.start < period.end


def test_last_month_of_january_is_december():
    assert read_period("上月", date(2026, 1, 31)) == Period(at("2025-12-01"), at("2026-01-01"))


def fact(opened: str, closed: str | None = None, how: str | None = "cured", **more: Any) -> CaseFacts:
    ended = None if closed is None else at(closed)
    facts = {"code": "C1", "group_id": 1, "department": "市场部", **more}
    return CaseFacts(
        opened_at=at(opened), closed_at=ended, closed_as=None if closed is None else how, **facts
    )


def test_a_case_counts_in_the_period_in_which_each_thing_happened():
    old = fact("2026-09-20", "2026-10-02", overdue_at=at("2026-09-24"))
    new = fact("2026-10-03", overdue_at=at("2026-10-07"))
    later = fact("2026-10-04", "2026-11-02")
    figures = summarise([old, new, later], [], OCTOBER, now=at("2026-12-01"))
    assert (figures.opened, figures.cured, figures.overdue, figures.open) == (2, 1, 1, 2)


def test_a_period_begins_with_its_first_instant_and_ends_before_its_last():
    edges = [fact("2026-10-01"), fact("2026-11-01"), fact("2026-09-30T23:59:59")]
    assert summarise(edges, [], OCTOBER, now=at("2026-12-01")).opened == 1


def test_open_is_as_of_now_while_the_period_runs():
    cases = [fact("2026-10-03"), CaseFacts("C1", 1, "", NOW), fact("2026-10-04", "2026-10-20")]
    assert summarise(cases, [], OCTOBER, now=NOW).open == 3


@pytest.mark.parametrize(
    ("how", "cured"),
    [("cured", 1), ("removed", 1), ("corrected", 1), ("left", 1), ("waived", 0), ("dismissed", 0)],
)
def test_what_is_so_no_more_is_cured_what_is_forgiven_or_was_wrong_is_not(how: str, cured: int):
    assert how in set(Closure)
    assert summarise([fact("2026-10-01", "2026-10-02", how)], [], OCTOBER, now=NOW).cured == cured


def test_counts_by_clause_department_and_group_most_first():
    cases = [
        fact("2026-10-01", code="L1", group_id=7),
        fact("2026-10-01", group_id=8, department=""),
        fact("2026-10-01", group_id=8),
        fact("2026-09-01", group_id=9),
    ]
    figures = summarise(cases, [], OCTOBER, now=NOW)
    assert list(figures.by_clause.items()) == [("C1", 2), ("L1", 1)]
    assert list(figures.by_department.items()) == [("市场部", 2), ("未知部门", 1)]
    assert list(figures.by_group.items()) == [(8, 2), (7, 1)]


def test_fines_are_exact_and_counted_when_they_were_proposed_or_decided():
    sums = [
        PenaltyFacts(Decimal("0.10"), "proposed", at("2026-10-01")),
        PenaltyFacts(Decimal("0.20"), "appealed", at("2026-10-01")),
        PenaltyFacts(Decimal("10"), "confirmed", at("2026-09-01"), at("2026-10-02")),
        PenaltyFacts(Decimal("20"), "settled", at("2026-09-01"), at("2026-10-02")),
        PenaltyFacts(Decimal("50"), "waived", at("2026-09-01"), at("2026-10-02")),
        PenaltyFacts(Decimal("99"), "proposed", at("2026-09-01")),
        PenaltyFacts(Decimal("99"), "confirmed", at("2026-10-01"), at("2026-11-01")),
    ]
    fines = summarise([], sums, OCTOBER, now=NOW).fines
    assert (fines.proposed, fines.confirmed, fines.waived) == (Decimal("0.30"), Decimal(30), Decimal(50))


def test_the_trend_is_six_whole_months_across_the_turn_of_the_year():
    period = Period(at("2026-02-01"), at("2026-03-01"))
    cases = [
        fact("2025-09-30", "2026-01-31", "waived"),
        fact("2025-08-31"),
        fact("2026-02-28"),
        fact("2026-03-01"),
    ]
    trend = summarise(cases, [], period, now=at("2026-05-01")).trend
    assert trend == (
        ("2025-09", 1, 0), ("2025-10", 0, 0), ("2025-11", 0, 0),
        ("2025-12", 0, 0), ("2026-01", 0, 1), ("2026-02", 1, 0),
    )  # fmt: skip


def test_the_json_has_the_promised_shape():
    figures = summarise(
        [fact("2026-10-01", group_id=700001)],
        [PenaltyFacts(Decimal(40), "proposed", NOW)],
        OCTOBER,
        {9, 3},
        now=NOW,
    )
    assert json.loads(json.dumps(as_json(figures), ensure_ascii=False)) == {
        "period": {"from": "2026-10-01T00:00:00+08:00", "to": "2026-11-01T00:00:00+08:00"},
        "opened": 1,
        "cured": 0,
        "overdue": 0,
        "open": 1,
        "by_clause": {"C1": 1},
        "by_department": {"市场部": 1},
        "by_group": {"700001": 1},
        "fines": {"proposed": "40.00", "confirmed": "0.00", "waived": "0.00"},
        "unknown_groups": [3, 9],
    }


moments = st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 1), timezones=st.sampled_from([ZONE, UTC]))  # noqa: DTZ001


@st.composite
def case_facts(draw: st.DrawFn) -> CaseFacts:
    opened = draw(moments)
    closed = draw(st.none() | st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda d: opened + d))
    overdue = draw(st.none() | st.timedeltas(timedelta(0), timedelta(days=9)).map(lambda d: opened + d))
    how = draw(st.sampled_from(list(Closure))).value if closed else None
    code, department = draw(st.sampled_from(["C1", "L1"])), draw(st.sampled_from(["", "市场部"]))
    return CaseFacts(code, draw(st.integers(1, 3)), department, opened, closed, how, overdue)


@given(st.lists(case_facts(), max_size=30), moments)
def test_the_figures_agree_with_counting_by_hand_and_with_one_another(cases: list[CaseFacts], now: datetime):
    figures = summarise(cases, [], OCTOBER, now=now)
    cases = [case for case in cases if case.closed_as != "dismissed"]
    assert figures.opened == sum(OCTOBER.holds(c.opened_at) for c in cases)
    assert figures.overdue == sum(OCTOBER.holds(c.overdue_at) for c in cases)
    doubled = summarise([replace(case, count=2) for case in cases], [], OCTOBER, now=now)
    assert doubled == summarise([*cases, *cases], [], OCTOBER, now=now)
    for parts in (figures.by_clause, figures.by_department, figures.by_group):
        assert Counter(parts).total() == figures.opened
    until = min(now, OCTOBER.end - timedelta(microseconds=1))
    open_then = [c for c in cases if c.opened_at <= until and (c.closed_at is None or c.closed_at > until)]
    assert figures.open == len(open_then)
    assert len(figures.trend) == 6
    assert figures.trend == tuple(
        (
            label,
            sum(f"{c.opened_at.astimezone(ZONE):%Y-%m}" == label for c in cases),
            sum(f"{c.closed_at.astimezone(ZONE):%Y-%m}" == label for c in cases if c.closed_at),
        )
        for label, _, _ in figures.trend
    )
