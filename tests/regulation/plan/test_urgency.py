"""Earliest deadline first, shown by simulation: no miss that another order could have avoided."""

import random
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulation.deadlines import ZONE
from regulation.plan.urgency import late, order_by_deadline, turns

START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
Job = tuple[int, int]
"""A removal: the slot from which it is known, the last slot in which it is in time."""


def slot_time(slot: int) -> datetime:
    return START + timedelta(hours=slot)


def misses_in_our_order(jobs: list[Job]) -> int:
    """Take turns slot by slot, each time asking for the order of those who wait."""
    waiting, misses, slot = dict(enumerate(jobs)), 0, 0
    due: dict[int, datetime | None] = {n: slot_time(last) for n, (_, last) in waiting.items()}
    while waiting:
        known = {n: due[n] for n, (since, _) in waiting.items() if since <= slot}
        if known:
            first = order_by_deadline(known, slot_time(slot))[0]
            misses += waiting.pop(first)[1] < slot
        slot += 1
    return misses


def fewest_misses(jobs: list[Job]) -> int:
    """Match jobs with slots as well as can be (augmenting paths)."""
    holder: dict[int, int] = {}

    def place(job: int, tried: set[int]) -> bool:
        since, last = jobs[job]
        for slot in range(since, last + 1):
            if slot not in tried:
                tried.add(slot)
                if slot not in holder or place(holder[slot], tried):
                    holder[slot] = job
                    return True
        return False

    return sum(not place(job, set()) for job in range(len(jobs)))


def test_no_order_misses_fewer_deadlines_in_a_thousand_random_schedules():
    chance = random.Random(20260302)
    overloaded = 0
    for _ in range(1000):
        span = chance.randint(1, 20)
        jobs = [
            (since, since + chance.randint(-1, 8))
            for since in (chance.randint(0, span) for _ in range(chance.randint(1, 25)))
        ]
        best = fewest_misses(jobs)
        overloaded += best > 0
        assert misses_in_our_order(jobs) == best
    assert 200 < overloaded < 1000


def test_earliest_deadline_first_and_by_id_where_equal():
    due = {4: None, 1: START + DAY, 2: START, 3: START + DAY}
    assert order_by_deadline(due, START) == (2, 1, 3, 4)


def test_what_is_late_anyway_makes_nobody_else_late():
    assert order_by_deadline({1: START - DAY, 2: START + DAY, 3: None}, START) == (2, 1, 3)


def missed(due: dict[int, datetime | None], **more: Any) -> list[int]:
    facts = {"per_day": 2, "spacing": timedelta(seconds=4), **more}
    return list(late(due, START, turns(START, **facts)))


def test_nobody_is_late_while_the_budget_lasts():
    tomorrow = START + DAY
    assert missed({1: tomorrow, 2: tomorrow, 3: tomorrow + DAY, 4: None}) == []


def test_names_who_will_be_late():
    tonight = START.replace(hour=23)
    assert missed({1: tonight, 2: tonight, 3: tonight, 4: START + 2 * DAY}) == [3]
    assert missed({1: tonight, 2: tonight}, done=[START - timedelta(hours=1)]) == [2]
    assert missed({1: tonight}, per_day=0) == [1]


def test_two_days_budgets_never_meet_at_midnight():
    late_at_night = START.replace(hour=23, minute=59)
    taken = list(islice(turns(late_at_night, per_day=80, spacing=timedelta(seconds=4)), 300))
    assert all(later - earlier >= DAY for earlier, later in zip(taken, taken[80:], strict=False))
    assert all(later - earlier >= timedelta(seconds=4) for earlier, later in pairwise(taken))


def test_spacing_counts_too():
    soon = START + timedelta(seconds=8)
    assert missed(dict.fromkeys((1, 2, 3, 4), soon), per_day=80) == [4]


def test_those_overdue_already_are_not_named_again():
    assert missed({1: START - DAY, 2: START + DAY}) == []


@given(st.lists(st.integers(0, 96), max_size=25), st.integers(1, 6), st.lists(st.integers(1, 23), max_size=6))
def test_agrees_with_matching_removals_to_turns(hours: list[int], per_day: int, ago: list[int]):
    due: dict[int, datetime | None] = {n: START + timedelta(hours=h) for n, h in enumerate(hours)}
    facts: dict[str, Any] = {
        "per_day": per_day,
        "done": [START - timedelta(hours=h) for h in sorted(ago)[::-1]],
    }
    coming = list(islice(turns(START, spacing=timedelta(seconds=4), **facts), 40))
    jobs = [(0, sum(turn <= START + timedelta(hours=h) for turn in coming) - 1) for h in hours]
    assert len(missed(due, **facts)) == fewest_misses(jobs)
