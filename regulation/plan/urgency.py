"""Whose removal comes first, and who will be late all the same.

Removals take their turn one by one, at most so many a day and so far apart (`Pace`). Whoever can
still make the deadline goes before whom it has passed by, and among them the earliest deadline
first: so no deadline is missed that another order could have kept.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from regulation.actions import Remove
from regulation.deadlines import day_of, midnight


def order_by_deadline(
    removals: Sequence[Remove], due: Mapping[int, datetime], now: datetime | None = None
) -> tuple[Remove, ...]:
    """Return `removals` in the order in which to do them.

    `due`: case id → deadline; a case without one goes last. With `now`, removals whose deadline has
    passed go after all that can still be in time; ties keep the order of case ids.
    """

    def turn(removal: Remove) -> tuple[bool, bool, float, int]:
        at = due.get(removal.case_id)
        missed = at is not None and now is not None and at < now
        return (at is None, missed, 0.0 if at is None else at.timestamp(), removal.case_id)

    return tuple(sorted(removals, key=turn))


def feasible(
    removals: Sequence[Remove],
    due: Mapping[int, datetime],
    *,
    per_day: int,
    spacing: timedelta,
    now: datetime,
    done_today: int = 0,
) -> tuple[Remove, ...]:
    """Return the removals that will be late, earliest deadline first; empty when all can be in time.

    One account: at most `per_day` a calendar day (Asia/Shanghai), of which `done_today` are spent,
    `spacing` apart, the first one now. Those overdue already and those without a deadline are not
    named; they only take the turns nobody else needs.
    """
    timed = [r for r in order_by_deadline(removals, due, now) if r.case_id in due]
    late: list[Remove] = []
    at, used = now, done_today
    for removal in timed:
        if due[removal.case_id] < now:
            continue
        if per_day <= 0:
            late.append(removal)
            continue
        turn, spent = _next_turn(at, used, per_day)
        if turn > due[removal.case_id]:
            late.append(removal)
            continue
        at, used = turn + spacing, spent + 1
        if day_of(at) != day_of(turn):
            used = 0
    return tuple(late)


def _next_turn(at: datetime, used: int, per_day: int) -> tuple[datetime, int]:
    """Return the next moment with budget left, and what its day has spent."""
    if used < per_day:
        return at, used
    return midnight(day_of(at) + timedelta(days=1)), 0
