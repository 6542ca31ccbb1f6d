from collections import Counter
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from regulation.deadlines import ZONE, in_hours, midnight
from regulation.policy import Hours
from regulation.spot_check import draw_month, draw_now, working_windows

HOURS = Hours()
MARCH = date(2026, 3, 1)
GROUPS = range(700001, 700201)
seeds = st.integers(0, 2**64)


@given(seeds, st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_group_is_drawn_once_inside_working_hours_of_the_month(seed: int, month: date):
    drawn = draw_month(GROUPS, month, seed, HOURS)
    assert set(drawn) == set(GROUPS)
    assert all(
        in_hours(at, HOURS) and (at.year, at.month) == (month.year, month.month) for at in drawn.values()
    )


@given(seeds)
def test_the_same_seed_draws_the_same_in_any_order_and_company(seed: int):
    drawn = draw_month(GROUPS, MARCH, seed, HOURS)
    assert draw_month(reversed(GROUPS), date(2026, 3, 17), seed, HOURS) == drawn
    assert draw_month(GROUPS[:3], MARCH, seed, HOURS) == {g: drawn[g] for g in GROUPS[:3]}


def test_another_seed_or_month_draws_otherwise():
    drawn = draw_month(GROUPS, MARCH, 1, HOURS)
    assert draw_month(GROUPS, MARCH, 2, HOURS) != drawn
    april = draw_month(GROUPS, date(2026, 4, 1), 1, HOURS)
    assert [at.day for at in april.values()] != [at.day for at in drawn.values()]


def test_times_are_spread_over_the_whole_month():
    days = Counter(at.date() for at in draw_month(range(2200), MARCH, 7, HOURS).values())
    assert len(days) == 22
    assert 50 < min(days.values()) <= max(days.values()) < 170


@given(seeds)
def test_what_was_missed_is_caught_up_within_the_rest_of_the_month(seed: int):
    now = datetime(2026, 3, 30, 16, 30, tzinfo=ZONE)
    again = draw_month(GROUPS, MARCH, seed, HOURS, after=now)
    assert all(now < at < midnight(date(2026, 4, 1)) and in_hours(at, HOURS) for at in again.values())


def test_with_no_working_time_left_it_is_caught_up_at_once():
    now = datetime(2026, 3, 31, 18, 0, tzinfo=ZONE)
    assert draw_month([1], MARCH, 1, HOURS, after=now) == {1: now}
    last_second = datetime(2026, 3, 31, 17, 59, 59, tzinfo=ZONE)
    assert draw_month([1], MARCH, 1, HOURS, after=last_second) == {1: last_second}


def test_a_month_without_any_workday_is_drawn_from_all_its_days():
    off = Hours(holidays=frozenset(MARCH + timedelta(days=n) for n in range(31)))
    (at,) = draw_month([1], MARCH, 1, off).values()
    assert at.month == 3


def test_weekends_count_where_workdays_do_not_matter():
    assert len(working_windows(MARCH, HOURS)) == 22
    assert len(working_windows(MARCH, Hours(workdays_only=False))) == 31


def test_draws_now_as_many_as_asked_or_there_are():
    assert len(set(draw_now(GROUPS, 3, 5))) == 3
    assert draw_now(reversed(GROUPS), 3, 5) == draw_now(GROUPS, 3, 5)
    assert sorted(draw_now([2, 1], 9, 5)) == [1, 2]
    assert draw_now(GROUPS, -1, 5) == draw_now([], 3, 5) == ()
