"""Pace: gaps, the breaker, and serving the earliest deadline first."""

import itertools
import random
from datetime import datetime, timedelta

import pytest

from db.tables.base import ZONE
from services.sender.pacing import (
    Breaker,
    Budget,
    Skew,
    earliest_deadline_first,
    forecast,
    gap,
    late,
    next_midnight,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)


def test_a_gap_is_never_shorter_than_set_and_a_quarter_longer_at_most() -> None:
    gaps = [gap(4.0, chance / 100) for chance in range(101)]

    assert min(gaps) == 4.0
    assert max(gaps) == 5.0


def test_after_a_reconnect_gaps_are_three_times_as_long_for_a_minute() -> None:
    assert gap(2.0, 0.0, connected_for=1.0) == 6.0
    assert gap(2.0, 0.0, connected_for=61.0) == 2.0
    assert gap(2.0, 0.0, connected_for=None) == 2.0


def test_two_time_outs_in_a_row_open_the_breaker_for_ten_minutes() -> None:
    breaker = Breaker()

    assert not breaker.timed_out(0.0)
    assert breaker.timed_out(1.0)
    assert breaker.seconds_left(1.0) == 600.0
    assert not breaker.closes(600.0)
    assert breaker.closes(601.0)
    assert not breaker.closes(602.0)
    assert breaker.seconds_left(602.0) == 0.0


def test_an_answer_between_two_time_outs_keeps_it_closed() -> None:
    breaker = Breaker()
    breaker.timed_out(0.0)
    breaker.answered()

    assert not breaker.timed_out(1.0)


def test_after_its_rest_it_takes_two_again() -> None:
    breaker = Breaker()
    breaker.timed_out(0.0)
    breaker.timed_out(0.0)
    breaker.closes(700.0)

    assert not breaker.timed_out(701.0)


def test_a_used_up_day_goes_on_at_midnight() -> None:
    times = forecast(3, NOW, Budget(per_day=2, gap_seconds=10, used_today=1))

    assert times == [NOW, next_midnight(NOW), next_midnight(NOW) + timedelta(seconds=10)]


def test_without_any_budget_nobody_is_ever_served() -> None:
    assert forecast(2, NOW, Budget(0, 1)) == [None, None]
    assert late([NOW + timedelta(days=9), None], NOW, Budget(0, 1)) == [0]


def test_who_will_be_late_is_known() -> None:
    deadlines = [NOW + timedelta(days=1), NOW + timedelta(hours=1), NOW + timedelta(hours=2)]

    assert late(deadlines, NOW, Budget(per_day=1, gap_seconds=4)) == [2, 0]
    assert late(deadlines, NOW, Budget(per_day=80, gap_seconds=4)) == []


def _missed(order: tuple[int, ...], deadlines: list[datetime], budget: Budget) -> int:
    times = forecast(len(order), NOW, budget)
    return sum(at is None or at >= deadlines[i] for i, at in zip(order, times, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_no_other_order_keeps_all_deadlines_when_the_earliest_first_does_not(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        count = chance.randint(1, 6)
        deadlines = [NOW + timedelta(hours=chance.randint(1, 96)) for _ in range(count)]
        budget = Budget(chance.randint(1, 3), chance.choice([4.0, 3600.0, 20000.0]), chance.randint(0, 3))
        first = _missed(tuple(earliest_deadline_first(deadlines)), deadlines, budget)
        if first:
            others = itertools.permutations(range(count))
            assert all(_missed(order, deadlines, budget) for order in others)


def test_those_without_deadline_come_last_in_their_order() -> None:
    assert earliest_deadline_first([None, NOW, None, NOW - timedelta(1)]) == [3, 1, 0, 2]


def test_one_odd_reading_does_not_move_the_clock() -> None:
    skew = Skew()
    assert skew.seconds is None
    for theirs in (100.0, 101.0, 9999.0, 102.0, 103.0):
        skew.read(theirs, 100.0)

    assert skew.seconds == 2.0
