"""The violation summary (违规汇总): from cases and penalties to figures, for text, picture, workbook, JSON.

A case counts as opened, cured, overdue in the period in which that happened; one that was dismissed as
wrong counts nowhere. All figures come from here, so that no two reports can differ.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from regulation.deadlines import day_of, midnight
from regulation.model import Closure
from regulation.penalties import PenaltyState
from regulation.periods import Period, month_of, months_before, next_month, read_period

__all__ = [
    "CURED",
    "UNDECIDED",
    "Counts",
    "Figures",
    "Fines",
    "Period",
    "as_json",
    "as_of",
    "month_bounds",
    "month_of",
    "read_period",
    "summarise",
]

CURED = frozenset({Closure.CURED, Closure.REMOVED, Closure.CORRECTED, Closure.LEFT, Closure.DISSOLVED})
"""Closings that count as cured: what was wrong is so no more. Waived and dismissed cases are none."""

UNKNOWN_DEPARTMENT = "未知部门"
TREND_MONTHS = 6
_MOMENT = timedelta(microseconds=1)
_Key = TypeVar("_Key", str, int)
UNDECIDED = frozenset({PenaltyState.PROPOSED, PenaltyState.APPEALED})
"""States in which nobody has decided: such a fine counts when it was proposed, any other when settled."""
_CONFIRMED = frozenset({PenaltyState.CONFIRMED, PenaltyState.SETTLED})
_UNDONE = frozenset({PenaltyState.WAIVED, PenaltyState.TO_REFUND, PenaltyState.REFUNDED})


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases as the database counts them, each figure for itself; none that was dismissed as wrong.

    `by_*`: opened in the period; departments by the name they are counted under, "" where none is known.
    `cured`, `overdue`: in the period. `open`: at `as_of`. `trend`: opened and closed between each two
    neighbours of `month_bounds`. `fines`: by (state, amount), those of `Fines` by when they count.
    """

    by_clause: Iterable[tuple[str, int]] = ()
    by_department: Iterable[tuple[str, int]] = ()
    by_group: Iterable[tuple[int, int]] = ()
    cured: int = 0
    overdue: int = 0
    open: int = 0
    trend: Sequence[tuple[int, int]] = ()
    fines: Iterable[tuple[str, Decimal, int]] = ()


@dataclass(frozen=True, slots=True)
class Fines:
    """元: `proposed`, still undecided of those proposed in the period; the others decided in it."""

    proposed: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    waived: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one period.

    `open`: still open at its end, or now if that is sooner. `by_*` count the cases opened in it.
    `trend`: the last months (six, if nobody wants more) up to then, each (`YYYY-MM`, opened, closed in
    whatever way).
    `unknown_groups`: groups of which nothing can be said now, which is not "clean": see `readings`.
    """

    period: Period
    opened: int = 0
    cured: int = 0
    overdue: int = 0
    open: int = 0
    by_clause: Mapping[str, int] = field(default_factory=dict[str, int])
    by_department: Mapping[str, int] = field(default_factory=dict[str, int])
    by_group: Mapping[int, int] = field(default_factory=dict[int, int])
    fines: Fines = Fines()
    trend: tuple[tuple[str, int, int], ...] = ()
    unknown_groups: tuple[int, ...] = ()


def as_of(period: Period, now: datetime) -> datetime:
    """Return the moment before which a case must be opened to be still open: the period's end, or now."""
    return min(now + _MOMENT, period.end)


def month_bounds(period: Period, now: datetime, months: int = TREND_MONTHS) -> list[datetime]:
    """Return where the trend's months begin, and where the last ends: that in which the period still runs."""
    last = day_of(as_of(period, now) - _MOMENT).replace(day=1)
    firsts = [months_before(last, n) for n in range(months - 1, -1, -1)]
    return [midnight(first) for first in (*firsts, next_month(last))]


def summarise(
    counts: Counts, period: Period, bounds: Sequence[datetime], unknown_groups: Collection[int] = ()
) -> Figures:
    """Return the figures of `period` from what was counted; `bounds`: see `month_bounds`."""
    by_clause = _ranked(counts.by_clause)
    return Figures(
        period=period,
        opened=sum(by_clause.values()),
        cured=counts.cured,
        overdue=counts.overdue,
        open=counts.open,
        by_clause=by_clause,
        by_department=_ranked((name or UNKNOWN_DEPARTMENT, n) for name, n in counts.by_department),
        by_group=_ranked(counts.by_group),
        fines=_fines(counts.fines),
        trend=tuple((f"{first:%Y-%m}", *both) for first, both in zip(bounds, counts.trend, strict=False)),
        unknown_groups=tuple(sorted(unknown_groups)),
    )


def as_json(figures: Figures) -> dict[str, object]:
    """Return the shape of `summary --json`: amounts as text, groups as text keys, times with offset."""
    return {
        "period": {"from": figures.period.start.isoformat(), "to": figures.period.end.isoformat()},
        "opened": figures.opened,
        "cured": figures.cured,
        "overdue": figures.overdue,
        "open": figures.open,
        "by_clause": dict(figures.by_clause),
        "by_department": dict(figures.by_department),
        "by_group": {str(group_id): n for group_id, n in figures.by_group.items()},
        "fines": {
            "proposed": f"{figures.fines.proposed:.2f}",
            "confirmed": f"{figures.fines.confirmed:.2f}",
            "waived": f"{figures.fines.waived:.2f}",
        },
        "unknown_groups": list(figures.unknown_groups),
    }


def _fines(counted: Iterable[tuple[str, Decimal, int]]) -> Fines:
    proposed = confirmed = waived = Decimal(0)
    for state, amount, count in counted:
        proposed += amount * count if state in UNDECIDED else 0
        confirmed += amount * count if state in _CONFIRMED else 0
        waived += amount * count if state in _UNDONE else 0
    return Fines(proposed, confirmed, waived)


def _ranked(counted: Iterable[tuple[_Key, int]]) -> dict[_Key, int]:
    """Most first; equal ones by name, so that the same data always reads the same."""
    counts = Counter[_Key]()
    for key, count in counted:
        counts[key] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
