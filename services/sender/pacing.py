"""The arithmetic of pace: gaps with jitter, breakers, and how far a foreign clock is off.

Pure: every time is an argument. Durations are seconds; `at` is any clock that never goes back.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Silence:
    """Whether to go on asking an implementation that leaves questions unanswered.

    After time-outs about `limit` groups with no answer between them it is asked once per `rest` (s) only. Any
    answer ends that. A group counts once until there is an answer about it: a few groups that never get one
    say nothing about the others. Of an account in fewer groups than `limit` (`groups`: which), as many
    questions must be unanswered, equally many about each group.
    """

    limit: int = 4
    rest: float = 60.0
    groups: Callable[[], Collection[int]] = frozenset[int]
    _in_a_row: int = 0
    _unanswered: set[int] = field(default_factory=set[int])
    _since_answer: Counter[int] = field(default_factory=Counter[int])
    # When to ask next for a group that was left unanswered, and for any other: each has its own turn.
    _next: dict[bool, float] = field(default_factory=dict[bool, float])

    @property
    def is_on(self) -> bool:
        """Tell whether nothing is answered, as far as is known."""
        if self._in_a_row >= self.limit:
            return True
        groups = self.groups()
        each = math.ceil(self.limit / max(len(groups), 1))
        return bool(groups) and all(self._since_answer[group_id] >= each for group_id in groups)

    def may_ask(self, group_id: int, at: float) -> bool:
        """Tell whether to ask now. When the rest is over one question may be asked; others wait for it."""
        if not self.is_on:
            return True
        known = group_id in self._unanswered
        if at < self._next.get(known, at):
            return False
        self._next[known] = at + self.rest
        return True

    def timed_out(self, group_id: int, at: float) -> None:
        """Count a time-out."""
        self._since_answer[group_id] += 1
        if group_id not in self._unanswered:
            self._unanswered.add(group_id)
            self._in_a_row += 1
            self._next[False] = at + self.rest
        self._next[True] = at + self.rest

    def answered(self, group_id: int) -> None:
        """An answer came, if only a refusal."""
        self._unanswered.discard(group_id)
        self._since_answer.clear()
        self._in_a_row = 0


@dataclass(slots=True)
class Skew:
    """How far a foreign clock is from ours, by the middle one of the last readings.

    Measured against a steady clock: when somebody sets ours, it shows at once how far off that one is now.
    """

    keep: int = 9
    _readings: list[float] = field(default_factory=list[float])

    def read(self, theirs: float, steady: float) -> None:
        """Take one reading: theirs in Unix seconds, and `steady` seconds at that moment."""
        self._readings.append(theirs - steady)
        del self._readings[: -self.keep]

    def seconds(self, ours: float, steady: float) -> float | None:
        """Return theirs minus ours (Unix seconds) at a moment, or None before the first reading."""
        if not self._readings:
            return None
        return sorted(self._readings)[len(self._readings) // 2] + steady - ours
