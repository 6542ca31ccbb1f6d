"""The seeded draw of spot checks (X1): in hours, spread, the same for everybody who has the seed."""

import hashlib
from collections import Counter
from datetime import date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from regulation.deadlines import ZONE, in_hours, midnight
from regulation.policy import Hours
from regulation.spot_check import Draw, draw_now, draw_of

HOURS = Hours()
MARCH = date(2026, 3, 1)
GROUPS = range(700001, 700201)
seeds = st.text("0123456789abcdef", min_size=8, max_size=64)


def moments(draw: Draw, after: datetime | None = None) -> dict[int, datetime]:
    return {group: draw.moment(group, after) for group in GROUPS}


@given(seeds, st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_every_group_is_drawn_inside_working_hours_of_the_month(seed: str, month: date):
    drawn = moments(draw_of(month, seed, HOURS)).values()
    assert all(in_hours(at, HOURS) and (at.year, at.month) == (month.year, month.month) for at in drawn)


@given(seeds)
def test_anyone_can_do_the_draw_again_with_a_hash_and_a_remainder(seed: str):
    draw = draw_of(MARCH, seed, HOURS)
    total = len(draw.days) * 9 * 3600
    second = int(hashlib.sha256(f"{seed}:2026-03:700001".encode()).hexdigest(), 16) % total
    day, rest = divmod(second, 9 * 3600)
    start = datetime.combine(draw.days[day], HOURS.start, tzinfo=ZONE)
    assert (draw.moment(700001) - start).total_seconds() == rest


def test_another_seed_or_month_draws_otherwise_and_promises_otherwise():
    draws = [draw_of(MARCH, "1", HOURS), draw_of(MARCH, "2", HOURS), draw_of(date(2026, 4, 1), "1", HOURS)]
    later = draw_of(MARCH, "1", Hours(end=HOURS.start.replace(hour=12)))
    for one, other in pairwise([*draws, later]):
        assert moments(one) != moments(other)
        assert one.commitment != other.commitment


def test_the_commitment_is_the_hash_of_what_is_published_later():
    draw = draw_of(MARCH, "abc", HOURS)
    assert draw.commitment == hashlib.sha256(draw.text.encode()).hexdigest()
    assert draw.text.startswith("2026-03 abc 09:00-18:00 03-02 03-03 ")


def test_times_are_spread_over_the_whole_month():
    draw = draw_of(MARCH, "7", HOURS)
    days = Counter(draw.moment(group).date() for group in range(2200))
    assert len(days) == 22
    assert 50 < min(days.values()) <= max(days.values()) < 170


@given(seeds)
def test_what_was_missed_is_caught_up_within_the_rest_of_the_month(seed: str):
    now = datetime(2026, 3, 30, 16, 30, tzinfo=ZONE)
    again = moments(draw_of(MARCH, seed, HOURS), now).values()
    assert all(now < at < midnight(date(2026, 4, 1)) and in_hours(at, HOURS) for at in again)


def test_with_no_working_time_left_it_is_caught_up_at_once():
    for second in (datetime(2026, 3, 31, 18, 0, tzinfo=ZONE), datetime(2026, 3, 31, 17, 59, 59, tzinfo=ZONE)):
        assert draw_of(MARCH, "1", HOURS).moment(1, second) == second


def test_a_month_without_any_workday_is_drawn_from_all_its_days():
    off = Hours(holidays=frozenset(date(2026, 3, n) for n in range(1, 32)))
    assert draw_of(MARCH, "1", off).moment(1).month == 3


def test_weekends_count_where_workdays_do_not_matter():
    assert len(draw_of(MARCH, "1", HOURS).days) == 22
    assert len(draw_of(MARCH, "1", Hours(workdays_only=False)).days) == 31


def test_draws_now_as_many_as_asked_or_there_are():
    assert len(set(draw_now(GROUPS, 3, "5"))) == 3
    assert draw_now(reversed(GROUPS), 3, "5") == draw_now(GROUPS, 3, "5")
    assert sorted(draw_now([2, 1], 9, "5")) == [1, 2]
    assert draw_now(GROUPS, -1, "5") == draw_now([], 3, "5") == ()
