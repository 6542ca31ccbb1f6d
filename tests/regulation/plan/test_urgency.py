"""Earliest deadline first, shown by simulation: no miss that another order could have avoided."""

import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulation.actions import Remove
from regulation.deadlines import ZONE, day_of
from regulation.duties import Code
from regulation.plan.choose import feasible, order_by_deadline

START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
Job = tuple[int, int]
"""A removal: the slot from which it is known, the last slot in which it is in time."""


def removal(n: int) -> Remove:
    return Remove(1, n, n, Code.L1)


def slot_time(slot: int) -> datetime:
    return START + timedelta(hours=slot)


def misses_in_our_order(jobs: list[Job]) -> int:
    """Take turns slot by slot, each time asking for the order of those who wait."""
    waiting, late, slot = dict(enumerate(jobs)), 0, 0
    due = {n: slot_time(last) for n, (_, last) in waiting.items()}
    while waiting:
        known = [removal(n) for n, (since, _) in waiting.items() if since <= slot]
        if known:
            first = order_by_deadline(known, due, slot_time(slot))[0].case_id
            late += waiting.pop(first)[1] < slot
        slot += 1
    return late


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


def test_earliest_deadline_first_and_by_case_where_equal():
    due = {1: START + DAY, 2: START, 3: START + DAY}
    ordered = order_by_deadline([removal(n) for n in (4, 3, 1, 2)], due)
    assert [r.case_id for r in ordered] == [2, 1, 3, 4]


def test_what_is_late_anyway_makes_nobody_else_late():
    due = {1: START - DAY, 2: START + DAY}
    ordered = order_by_deadline([removal(1), removal(2)], due, START)
    assert [r.case_id for r in ordered] == [2, 1]


def late(due: dict[int, datetime], **more: Any) -> list[int]:
    facts = {"per_day": 2, "spacing": timedelta(seconds=4), "now": START, **more}
    return [r.case_id for r in feasible([removal(n) for n in due], due, **facts)]


def test_nobody_is_late_while_the_budget_lasts():
    tomorrow = START + DAY
    assert late({1: tomorrow, 2: tomorrow, 3: tomorrow + DAY, 4: tomorrow + DAY}) == []


def test_names_who_will_be_late():
    tonight = START.replace(hour=23)
    assert late({1: tonight, 2: tonight, 3: tonight, 4: START + 2 * DAY}) == [3]
    assert late({1: tonight, 2: tonight}, done_today=1) == [2]
    assert late({1: tonight}, per_day=0) == [1]


def test_spacing_counts_too():
    soon = START + timedelta(seconds=8)
    assert late(dict.fromkeys((1, 2, 3, 4), soon), per_day=80) == [4]


def test_those_overdue_already_are_not_named_again():
    assert late({1: START - DAY, 2: START + DAY}) == []


@given(st.lists(st.integers(0, 96), max_size=25), st.integers(1, 6), st.integers(0, 6))
def test_agrees_with_matching_removals_to_turns(hours: list[int], per_day: int, done: int):
    due = {n: START + timedelta(hours=h) for n, h in enumerate(hours)}
    turns: list[datetime] = []
    at, used = START, done
    for _ in range(40):
        if used >= per_day:
            at, used = datetime.combine(day_of(at) + DAY, datetime.min.time(), tzinfo=ZONE), 0
        turns.append(at)
        used += 1
        if day_of(at + timedelta(seconds=4)) != day_of(at):
            used = 0
        at += timedelta(seconds=4)
    jobs = [(0, sum(turn <= due[n] for turn in turns) - 1) for n in due]
    assert len(late(due, per_day=per_day, done_today=done)) == fewest_misses(jobs)
