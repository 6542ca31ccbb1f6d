"""X1 spot_check: admin staff inspect every group, unannounced, at least once a month (三).

The draw is made from a seed of the operating system, which is stored: whoever has it can do the draw
again and audit it. Each group's time depends on the seed, the month and the group alone.
"""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from regulation.deadlines import ZONE, day_of, is_workday, midnight
from regulation.policy import Hours

Window = tuple[datetime, int]
"""A stretch of working time: its start and its length in whole seconds."""


def draw_month(
    group_ids: Iterable[int],
    month: date,
    seed: int,
    hours: Hours,
    *,
    after: datetime | None = None,
) -> dict[int, datetime]:
    """Return for every group one moment of `month` (any day of it), inside working hours.

    Only moments later than `after`: for groups filed during the month, and to catch up on what was
    missed. Where no working time is left in the month, that is `after` itself: once a month counts
    for more than office hours. A month without any working time draws from all its days.
    """
    windows = working_windows(month, hours, after=after)
    if not windows and after is None:
        windows = _windows(month, hours, every_day=True)
    drawn: dict[int, datetime] = {}
    for group_id in sorted(set(group_ids)):
        chance = random.Random(f"{seed}:{month:%Y-%m}:{group_id}")
        drawn[group_id] = _moment(windows, chance) if windows else (after or midnight(_first(month)))
    return drawn


def draw_now(group_ids: Iterable[int], n: int, seed: int) -> tuple[int, ...]:
    """Return `n` different groups (all, where there are fewer), the same for the same seed."""
    known = sorted(set(group_ids))
    return tuple(random.Random(f"{seed}:now").sample(known, max(0, min(n, len(known)))))


def working_windows(month: date, hours: Hours, *, after: datetime | None = None) -> tuple[Window, ...]:
    """Return the working time of a month, what lies after `after` only, one stretch a day."""
    windows = _windows(month, hours, every_day=not hours.workdays_only)
    return windows if after is None else tuple(left for one in windows if (left := _rest(one, after))[1] > 0)


def _windows(month: date, hours: Hours, *, every_day: bool) -> tuple[Window, ...]:
    first = _first(month)
    days = [first + timedelta(days=i) for i in range(31)]
    worked = [d for d in days if d.month == first.month and (every_day or is_workday(d, hours))]
    spans: list[Window] = []
    for day in worked:
        start = datetime.combine(day, hours.start, tzinfo=ZONE)
        length = int((datetime.combine(day, hours.end, tzinfo=ZONE) - start).total_seconds())
        if length > 0:
            spans.append((start, length))
    return tuple(spans)


def _rest(window: Window, after: datetime) -> Window:
    start, length = window
    gone = int((after - start).total_seconds()) + 1
    return window if gone <= 0 else (start + timedelta(seconds=gone), length - gone)


def _moment(windows: Iterable[Window], chance: random.Random) -> datetime:
    spans = tuple(windows)
    second = chance.randrange(sum(length for _, length in spans))
    for start, length in spans:
        if second < length:
            return start + timedelta(seconds=second)
        second -= length
    raise AssertionError("a second outside of all windows")


def _first(month: date) -> date:
    return day_of(month).replace(day=1)
