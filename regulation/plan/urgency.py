"""Whose removal comes first, and who will be late all the same.

Removals take their turn one by one, at most so many in 24 hours and so far apart (`Pace`). Whoever
can still make the deadline goes before whom it has passed by, and among them the earliest deadline
first: so no deadline is missed that another order could have kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

DAY = timedelta(days=1)


def order_by_deadline(due: Mapping[int, datetime | None], now: datetime) -> tuple[int, ...]:
    """Return the ids in the order in which to do them, the first one now.

    `due`: id → deadline. Those whose deadline has passed go after all that can still be in time, those
    without one last; ties keep the order of ids.
    """

    def turn(one: int) -> tuple[bool, bool, float, int]:
        at = due[one]
        return (at is None, at is not None and at < now, 0.0 if at is None else at.timestamp(), one)

    return tuple(sorted(due, key=turn))


def turns(
    now: datetime, *, per_day: int, spacing: timedelta, done: Sequence[datetime] = ()
) -> Iterator[datetime]:
    """Yield when one account may act: `spacing` apart, at most `per_day` in any 24 hours.

    `done`: when it acted in the last 24 hours, oldest first. The first turn is now, if there is one now.
    """
    taken, at = list(done), now
    while per_day > 0:
        if len(taken) >= per_day:
            at = max(at, taken[-per_day] + DAY)
        taken.append(at)
        yield at
        at += spacing


def late(due: Mapping[int, datetime | None], now: datetime, coming: Iterator[datetime]) -> tuple[int, ...]:
    """Return who will miss the deadline although all take turns in the right order; empty when nobody.

    Those overdue already and those without a deadline are not named; they only take the turns nobody
    else needs.
    """
    missed: list[int] = []
    turn = next(coming, None)
    for one in order_by_deadline(due, now):
        deadline = due[one]
        if deadline is None or deadline < now:
            continue
        if turn is None or turn > deadline:
            missed.append(one)
            continue
        turn = next(coming, None)
    return tuple(missed)
