"""What people type: days without a year, and numbers."""

from datetime import date

import pytest

from services.talk.typed import day_before, read

NEW_YEARS_EVE, JANUARY, LEAP = date(2026, 12, 31), date(2027, 1, 4), date(2027, 12, 30)


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (NEW_YEARS_EVE, "1月2日", date(2027, 1, 2)),
        (NEW_YEARS_EVE, "12-30", date(2026, 12, 30)),
        (NEW_YEARS_EVE, "2026-01-02", date(2026, 1, 2)),
        (JANUARY, "12月31日", date(2026, 12, 31)),
        (JANUARY, "1.5", date(2027, 1, 5)),
        (LEAP, "2月29日", date(2028, 2, 29)),
        (date(2026, 3, 1), "2-29", None),
        (date(2027, 2, 26), "2月29日", None),
        (date(2026, 7, 2), "1月1日", date(2026, 1, 1)),
        (date(2026, 7, 3), "1月1日", date(2027, 1, 1)),
        (JANUARY, "13-1", None),
    ],
)
def test_a_day_without_a_year_is_the_nearest(today: date, text: str, day: date | None) -> None:
    assert read("date", text, today) == day


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (date(2026, 11, 30), "3月1日", date(2026, 3, 1)),
        (JANUARY, "12-31", date(2026, 12, 31)),
        (JANUARY, "1-4", date(2027, 1, 4)),
        (JANUARY, "2027-02-01", date(2027, 2, 1)),
        (JANUARY, "20270201", date(2027, 2, 1)),
        (JANUARY, "明天", date(2027, 1, 5)),
    ],
)
def test_a_day_that_lies_behind_is_the_last_such_day_unless_a_year_is_named(
    today: date, text: str, day: date
) -> None:
    assert read("past", text, today) == day


@pytest.mark.parametrize(
    ("reason", "day"),
    [
        ("2027-03-31 返聘中", date(2027, 3, 31)),
        ("2027年3月31日返聘中", date(2027, 3, 31)),
        ("到 3月31日 返聘中", date(2027, 3, 31)),
        ("至３月３１日为止，返聘中", date(2027, 3, 31)),
        ("2/15，返聘中", date(2027, 2, 15)),
        ("11月30日 返聘中", date(2027, 11, 30)),
        ("2026-12-20 当天已说明", None),
        ("12月20日 当天已说明", None),
        ("1-5人的事已说明", None),
        ("2027-13-31 返聘中", None),
        ("返聘到 2027-03-31", None),
        ("", None),
    ],
)
def test_a_reason_begins_with_a_day_to_come_or_with_none(reason: str, day: date | None) -> None:
    assert day_before(reason, JANUARY) == day


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("１２", 12), ("0", None), ("-1", None)])
def test_a_number_of_things_is_at_least_one(text: str, number: int | None) -> None:
    assert read("number", text, JANUARY) == number
