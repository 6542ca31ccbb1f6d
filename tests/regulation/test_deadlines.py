from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulation.deadlines import (
    ZONE,
    calendar_known,
    day_of,
    due_at,
    due_text,
    in_hours,
    is_workday,
    next_opening,
    unsettled_years,
    workday_after,
)
from regulation.policy import DeadlineDays, Hours, Policy

HOURS = Hours()
WORKDAYS = Policy(deadlines=DeadlineDays(count="workday"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_a_departure_falls_due_at_24_00_of_the_third_day_after():
    assert due_at(date(2026, 3, 2), 3, Policy()) == at("2026-03-06 00:00")
    assert due_text(due_at(date(2026, 3, 2), 3, Policy())) == "2026-03-05 24:00"


def test_the_hour_of_a_moment_does_not_matter_but_its_day_in_shanghai_does():
    assert due_at(at("2026-03-02 23:59"), 1, Policy()) == at("2026-03-04 00:00")
    assert due_at(datetime(2026, 3, 2, 16, 0, tzinfo=UTC), 1, Policy()) == at("2026-03-05 00:00")


def test_workdays_skip_the_spring_festival_and_count_the_day_made_up():
    assert due_at(date(2026, 2, 13), 1, WORKDAYS) == at("2026-02-15 00:00")
    assert due_at(date(2026, 2, 14), 1, WORKDAYS) == at("2026-02-25 00:00")


def test_no_days_at_all_is_the_end_of_the_day_itself():
    assert workday_after(date(2026, 2, 17), 0, HOURS) == date(2026, 2, 17)


def test_a_calendar_without_workdays_ends_all_the_same():
    never = Hours(holidays=frozenset(date.fromordinal(n) for n in range(739000, 741000)))
    assert workday_after(date(2026, 1, 1), 1, never) > date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 1), False),
        (date(2026, 2, 14), True),
        (date(2026, 2, 17), False),
        (date(2027, 10, 1), False),
        (date(2027, 3, 1), True),
        (date(2120, 1, 1), True),
        (date(2120, 1, 6), False),
    ],
)
def test_workdays_with_made_up_days_feasts_of_unknown_years_and_plain_weekdays(day: date, worked: bool):
    assert is_workday(day, HOURS) is worked


def test_the_operators_own_days_come_first():
    own = Hours(workdays=frozenset({date(2026, 3, 1)}), holidays=frozenset({date(2026, 3, 2)}))
    assert is_workday(date(2026, 3, 1), own)
    assert not is_workday(date(2026, 3, 2), own)


def test_agrees_with_what_was_announced_from_year_to_year():
    """From the notices of the State Council: days off in the week, and weekends worked for them."""
    off = ("2006-01-30", "2008-06-09", "2012-10-05", "2020-01-30", "2022-01-31", "2024-02-09", "2025-10-08")
    worked = (
        "2005-12-31",
        "2006-12-30",
        "2020-01-19",
        "2023-06-25",
        "2024-02-04",
        "2025-09-28",
        "2026-01-04",
    )
    # 2024-02-09, the eve of the spring festival, was recommended, not given.
    assert [day for day in off if is_workday(date.fromisoformat(day), HOURS)] == ["2024-02-09"]
    assert [day for day in worked if not is_workday(date.fromisoformat(day), HOURS)] == []


def test_a_year_is_known_once_it_is_announced_however_many_feasts_the_library_foresees():
    assert [calendar_known(year, HOURS) for year in (2010, 2026, 2120)] == [True, True, False]


def test_names_the_next_year_from_december_on():
    assert unsettled_years(at("2120-11-30 23:59"), Hours(holidays=frozenset({date(2120, 1, 1)}))) == []
    assert unsettled_years(at("2120-12-01 00:00"), HOURS) == [2120, 2121]


def test_a_year_that_the_operator_set_is_known():
    assert calendar_known(2120, Hours(workdays=frozenset({date(2120, 2, 3)})))
    assert calendar_known(2120, Hours(holidays=frozenset({date(2120, 2, 5)})))
    assert not calendar_known(2121, Hours(holidays=frozenset({date(2120, 2, 5)})))


@pytest.mark.parametrize(
    ("now", "inside"),
    [
        ("2026-03-02 08:59", False),
        ("2026-03-02 09:00", True),
        ("2026-03-02 17:59", True),
        ("2026-03-02 18:00", False),
        ("2026-03-01 10:00", False),
    ],
)
def test_working_hours_begin_with_their_first_minute_and_end_before_the_last(now: str, inside: bool):
    assert in_hours(at(now), HOURS) is inside


def test_every_day_is_open_when_workdays_do_not_matter():
    assert in_hours(at("2026-03-01 10:00"), Hours(workdays_only=False))


def test_hours_are_those_of_shanghai():
    assert in_hours(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), HOURS)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00"),
        ("2026-03-02 07:00", "2026-03-02 09:00"),
        ("2026-03-02 18:00", "2026-03-03 09:00"),
        ("2026-02-14 18:00", "2026-02-24 09:00"),
    ],
)
def test_the_next_opening(now: str, opens: str):
    assert next_opening(at(now), HOURS) == at(opens)


@given(st.datetimes(datetime(2004, 1, 1), datetime(2090, 1, 1), timezones=st.just(ZONE)))  # noqa: DTZ001
def test_the_next_opening_is_never_before_now_and_always_open(now: datetime):
    opening = next_opening(now, HOURS)
    assert opening >= now
    assert in_hours(opening, HOURS)


@given(st.dates(date(2004, 1, 1), date(2090, 1, 1)), st.integers(0, 30))
def test_a_deadline_is_a_midnight_after_its_start_and_workdays_are_never_fewer(start: date, days: int):
    calendar, workdays = due_at(start, days, Policy()), due_at(start, days, WORKDAYS)
    assert calendar.timetz().replace(tzinfo=None) == time(0, 0)
    assert workdays >= calendar > at(start.isoformat())


def test_a_date_is_its_own_day():
    assert day_of(date(2026, 3, 2)) == date(2026, 3, 2)
    assert due_text(at("2026-03-02 17:30")) == "2026-03-02 17:30"
