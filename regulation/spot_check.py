"""X1 spot_check: admin staff inspect every group, unannounced, at least once a month (三).

A month's seed is secret until the month is over; a commitment to it, to hours and days is published before.
Whoever has the seed then can do the draw again: a group's moment is a number of seconds into the
month's working time, SHA-256 of `seed:month:group` (read as a whole number) modulo all its seconds.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from regulation.deadlines import ZONE, day_of, is_workday, midnight
from regulation.policy import Hours

Window = tuple[datetime, int]
"""A stretch of working time: its start and its length in whole seconds."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What a month's moments are drawn from. `month`: `2026-11`. `days`: those that count as working days."""

    month: str
    seed: str
    start: time
    end: time
    days: tuple[date, ...]

    @property
    def text(self) -> str:
        """Return all of it as one line: what the commitment is made of, and what is published afterwards."""
        days = " ".join(f"{day:%m-%d}" for day in self.days)
        return f"{self.month} {self.seed} {self.start:%H:%M}-{self.end:%H:%M} {days}"

    @property
    def commitment(self) -> str:
        """Return the SHA-256 of `text` (hex), published before the month."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def windows(self, after: datetime | None = None) -> tuple[Window, ...]:
        """Return the working time of the month, one stretch a day; what lies after `after` only."""
        return _windows(self, after)

    def moment(self, group_id: int, after: datetime | None = None) -> datetime:
        """Return a group's moment, later than `after`: for groups filed during the month, and to catch up.

        Where no working time is left, that is `after` itself: once a month counts for more than office hours.
        """
        windows = self.windows(after)
        total = sum(length for _, length in windows)
        if not total:
            return after or midnight(self.days[0])
        second = int(_digest(f"{self.seed}:{self.month}:{group_id}"), 16) % total
        for start, length in windows:
            if second < length:
                return start + timedelta(seconds=second)
            second -= length
        raise AssertionError("a second outside of all windows")


def draw_of(month: date, seed: str, hours: Hours) -> Draw:
    """Return the draw of the month of a day in these hours; one without workdays uses all its days."""
    first = day_of(month).replace(day=1)
    every = [day for i in range(31) if (day := first + timedelta(days=i)).month == first.month]
    days = [day for day in every if not hours.workdays_only or is_workday(day, hours)]
    return Draw(f"{first:%Y-%m}", seed, hours.start, hours.end, tuple(days or every))


def draw_now(group_ids: Iterable[int], n: int, seed: str) -> tuple[int, ...]:
    """Return `n` different groups (or all there are): those whose `seed:group` has the least SHA-256."""
    return tuple(sorted(set(group_ids), key=lambda group_id: _digest(f"{seed}:{group_id}"))[: max(0, n)])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Every few seconds each group's moment is worked out, and nearly all begin with the same month.
@lru_cache(maxsize=256)
def _windows(draw: Draw, after: datetime | None) -> tuple[Window, ...]:
    spans = [_window(day, draw.start, draw.end) for day in draw.days]
    left = spans if after is None else [_rest(one, after) for one in spans]
    return tuple(one for one in left if one[1] > 0)


def _window(day: date, opens: time, closes: time) -> Window:
    start = datetime.combine(day, opens, tzinfo=ZONE)
    return start, int((datetime.combine(day, closes, tzinfo=ZONE) - start).total_seconds())


def _rest(window: Window, after: datetime) -> Window:
    start, length = window
    gone = int((after - start).total_seconds()) + 1
    return window if gone <= 0 else (start + timedelta(seconds=gone), length - gone)
