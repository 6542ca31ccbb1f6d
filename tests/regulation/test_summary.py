import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulation.deadlines import ZONE
from regulation.summary import Counts, Period, as_json, as_of, month_bounds, read_period, summarise

NOW = datetime(2026, 10, 15, 12, 0, tzinfo=ZONE)  # a Thursday


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
        ("去年", "2025-01-01", "2026-01-01"),
        ("上个月", "2026-09-01", "2026-10-01"),
        ("9月", "2026-09-01", "2026-10-01"),
        ("11月份", "2025-11-01", "2025-12-01"),
        ("去年3月", "2025-03-01", "2025-04-01"),
        ("今年的11月", "2026-11-01", "2026-12-01"),
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
    ["", "明年", "明年1月", "的3月", "13月", "0月", "2026-13", "2026-00", "2026-02-30", "2026-10-15..2026-10-01", "..", "2026-10-01..", "9999-12",
     "2026-01-01..2026-01-02..2026-01-03", "9999-12-31", "2026-10 ..2026-11"],
)  # fmt: skip
def test_reads_nothing_into_anything_else(text: str):
    assert read_period(text, NOW) is None


@given(st.text(max_size=40))
def test_no_text_makes_a_period_raise(text: str):
    period = read_period(text, NOW)
    assert period is None or period.start < period.end


@pytest.mark.parametrize("text", ["上月", "上个月", "12月", "去年12月"])
def test_last_month_of_january_is_december(text: str):
    # The first minute of the year in Shanghai.
    for now in (date(2026, 1, 31), at("2026-01-01")):
        assert read_period(text, now) == Period(at("2025-12-01"), at("2026-01-01"))


def test_ranks_clauses_departments_and_groups_most_first_and_equal_ones_by_name():
    counts = Counts(
        by_clause=[("C1", 2), ("F1", 2), ("L1", 3)],
        by_department=[("市场部", 1), ("", 3), ("采购部", 1), ("市场部", 3)],
        by_group=[(8, 1), (7, 6)],
    )
    figures = summarise(counts, OCTOBER, [])
    assert figures.opened == 7
    assert list(figures.by_clause.items()) == [("L1", 3), ("C1", 2), ("F1", 2)]
    assert list(figures.by_department.items()) == [("市场部", 4), ("未知部门", 3), ("采购部", 1)]
    assert list(figures.by_group.items()) == [(7, 6), (8, 1)]


def test_fines_are_exact_sums_of_what_is_undecided_confirmed_and_let_off():
    counted = [
        ("proposed", Decimal("0.10"), 3), ("appealed", Decimal("0.20"), 1), ("confirmed", Decimal(10), 1),
        ("settled", Decimal(20), 2), ("waived", Decimal(50), 1), ("to_refund", Decimal(1), 1),
        ("refunded", Decimal(2), 1),
    ]  # fmt: skip
    fines = summarise(Counts(fines=counted), OCTOBER, []).fines
    assert (fines.proposed, fines.confirmed, fines.waived) == (Decimal("0.50"), Decimal(50), Decimal(53))


def test_what_is_open_is_as_of_now_while_the_period_runs_and_of_its_end_afterwards():
    assert as_of(OCTOBER, NOW) == NOW + timedelta(microseconds=1)
    assert as_of(OCTOBER, at("2026-12-01")) == OCTOBER.end


def test_the_trend_is_whole_months_across_the_turn_of_the_year():
    period = Period(at("2026-02-01"), at("2026-03-01"))
    bounds = month_bounds(period, at("2026-05-01"))
    assert [f"{bound:%Y-%m-%d %H:%M}" for bound in bounds] == [
        f"{month}-01 00:00"
        for month in ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    ]
    trend = summarise(Counts(trend=[(n, n + 1) for n in range(6)]), period, bounds).trend
    assert trend[0] == ("2025-09", 0, 1)
    assert trend[5] == ("2026-02", 5, 6)
    assert month_bounds(OCTOBER, at("2026-09-15"), 12)[-1] == at("2026-10-01")


def test_the_json_has_the_promised_shape():
    counts = Counts([("C1", 1)], [("市场部", 1)], [(700001, 1)], open=1, fines=[("proposed", Decimal(40), 1)])
    figures = summarise(counts, OCTOBER, [], {9, 3})
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
