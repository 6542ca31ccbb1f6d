"""The arithmetic of pace: gaps with jitter, the breaker, and who can still be served in time.

Pure: every time is an argument. Durations are seconds; `at` is any clock that never goes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

JITTER = 0.25
SLOW_START_SECONDS = 60.0
SLOW_START_FACTOR = 3.0


def gap(seconds: float, chance: float, *, connected_for: float | None = None) -> float:
    """Return how long to wait between two acts: never less than `seconds`, up to a quarter more.

    `chance`: 0–1, drawn by the caller. `connected_for`: seconds since a *re*connect, else None;
    in the first minute after one the gap is three times as long.
    """
    slow = connected_for is not None and connected_for < SLOW_START_SECONDS
    return seconds * (1.0 + JITTER * chance) * (SLOW_START_FACTOR if slow else 1.0)


@dataclass(slots=True)
class Breaker:
    """Stops sending after `limit` time-outs in a row, for `rest` seconds."""

    limit: int = 2
    rest: float = 600.0
    _in_a_row: int = 0
    _until: float | None = None

    def timed_out(self, at: float) -> bool:
        """Count a time-out; return whether it opened the breaker."""
        self._in_a_row += 1
        if self._in_a_row < self.limit or self._until is not None:
            return False
        self._until = at + self.rest
        return True

    def answered(self) -> None:
        """An answer came: no more time-outs in a row."""
        self._in_a_row = 0

    def seconds_left(self, at: float) -> float:
        """Return how long nothing may be sent, 0.0 when it may."""
        return 0.0 if self._until is None else max(0.0, self._until - at)

    def closes(self, at: float) -> bool:
        """Return True once, when the rest is over and sending may begin again."""
        if self._until is None or at < self._until:
            return False
        self._until, self._in_a_row = None, 0
        return True


@dataclass(frozen=True, slots=True)
class Budget:
    """What one QQ account may do of one kind: `per_day` from midnight to midnight, `gap_seconds` apart."""

    per_day: int
    gap_seconds: float
    used_today: int = 0

    @property
    def left_today(self) -> int:
        """Return how many more may be done today."""
        return max(0, self.per_day - self.used_today)


def next_midnight(now: datetime) -> datetime:
    """Return the midnight after `now`, in the zone of `now`."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def forecast(count: int, now: datetime, budget: Budget) -> list[datetime | None]:
    """Return when each of `count` acts, one after the other, will be done; None: never (no budget)."""
    times: list[datetime | None] = []
    at, left = now, budget.left_today
    for _ in range(count):
        if left == 0:
            if budget.per_day == 0:
                times.append(None)
                continue
            at, left = next_midnight(at), budget.per_day
        times.append(at)
        left -= 1
        later = at + timedelta(seconds=budget.gap_seconds)
        if later.date() != at.date():
            left = budget.per_day
        at = later
    return times


def earliest_deadline_first(deadlines: Sequence[datetime | None]) -> list[int]:
    """Return the indices in the order to serve: by deadline, those without one last, else as they came."""
    timed = [(deadline, i) for i, deadline in enumerate(deadlines) if deadline is not None]
    return [i for _, i in sorted(timed)] + [i for i, deadline in enumerate(deadlines) if deadline is None]


def late(deadlines: Sequence[datetime | None], now: datetime, budget: Budget) -> list[int]:
    """Return who will miss their deadline although the earliest goes first: indices, in that order."""
    order = earliest_deadline_first(deadlines)
    times = forecast(len(order), now, budget)
    missed: list[int] = []
    for index, done_at in zip(order, times, strict=True):
        deadline = deadlines[index]
        if deadline is not None and (done_at is None or done_at >= deadline):
            missed.append(index)
    return missed


@dataclass(slots=True)
class Skew:
    """How far a foreign clock is from ours: the middle one of the last readings, in seconds."""

    keep: int = 9
    _readings: list[float] = field(default_factory=list[float])

    def read(self, theirs: float, ours: float) -> None:
        """Take one reading (both Unix seconds)."""
        self._readings.append(theirs - ours)
        del self._readings[: -self.keep]

    @property
    def seconds(self) -> float | None:
        """Return theirs minus ours, or None before the first reading."""
        if not self._readings:
            return None
        return sorted(self._readings)[len(self._readings) // 2]
