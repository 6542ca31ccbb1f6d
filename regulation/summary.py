"""The violation summary (违规汇总): from cases and penalties to figures, for text, picture, workbook, JSON.

A case counts as opened, cured, overdue in the period in which that happened; one that was dismissed as
wrong counts nowhere. All figures come from here, so that no two reports can differ.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TypeVar

from regulation.deadlines import ZONE, day_of, midnight
from regulation.model import Closure
from regulation.penalties import PenaltyState
from regulation.periods import Period, month_of, months_before, next_month, read_period

__all__ = [
    "CaseFacts",
    "Figures",
    "Fines",
    "PenaltyFacts",
    "Period",
    "as_json",
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
_UNDECIDED = frozenset({PenaltyState.PROPOSED, PenaltyState.APPEALED})
_CONFIRMED = frozenset({PenaltyState.CONFIRMED, PenaltyState.SETTLED})
_UNDONE = frozenset({PenaltyState.WAIVED, PenaltyState.TO_REFUND, PenaltyState.REFUNDED})


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a summary needs of a case, or of `count` alike. `department`: the name they are counted under."""

    code: str
    group_id: int
    department: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_as: str | None = None
    overdue_at: datetime | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class PenaltyFacts:
    """What a summary needs of a penalty. `state`: a value of `PenaltyState`.

    `settled_at`: when it was confirmed or waived.
    """

    amount: Decimal
    state: str
    proposed_at: datetime
    settled_at: datetime | None = None


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


def summarise(
    cases: Iterable[CaseFacts],
    penalties: Iterable[PenaltyFacts],
    period: Period,
    unknown_groups: Collection[int] = (),
    *,
    now: datetime,
    months: int = TREND_MONTHS,
) -> Figures:
    """Return the figures of `period` as they are `now`."""
    known = [case for case in cases if case.closed_as != Closure.DISMISSED]
    zone = known[0].opened_at.tzinfo if known else ZONE
    start, end = period.start.astimezone(zone), period.end.astimezone(zone)
    opened = [c for c in known if start <= c.opened_at < end]
    until = min(now + _MOMENT, period.end)
    counts = _counts(known, period, until, zone)
    return Figures(
        period=period,
        opened=sum(c.count for c in opened),
        cured=counts["cured"],
        overdue=counts["overdue"],
        open=counts["open"],
        by_clause=_ranked((str(c.code), c.count) for c in opened),
        by_department=_ranked((c.department or UNKNOWN_DEPARTMENT, c.count) for c in opened),
        by_group=_ranked((c.group_id, c.count) for c in opened),
        fines=_fines(penalties, period),
        trend=_trend(known, until, zone, months),
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


def _counts(cases: list[CaseFacts], period: Period, until: datetime, zone: tzinfo | None) -> dict[str, int]:
    # Comparing times of one time zone is many times faster than across zones.
    start, end, until = (moment.astimezone(zone) for moment in (period.start, period.end, until))
    cured = overdue = still_open = 0
    for case in cases:
        closed = case.closed_at
        if closed is not None and start <= closed < end and case.closed_as in CURED:
            cured += case.count
        turned = case.overdue_at
        if turned is not None and start <= turned < end:
            overdue += case.count
        if case.opened_at < until and (closed is None or closed >= until):
            still_open += case.count
    return {"cured": cured, "overdue": overdue, "open": still_open}


def _trend(
    cases: list[CaseFacts], until: datetime, zone: tzinfo | None, months: int
) -> tuple[tuple[str, int, int], ...]:
    """Count openings and closings in the whole months up to the one in which `until` still lies."""
    last = day_of(until - _MOMENT).replace(day=1)
    firsts = [months_before(last, n) for n in range(months - 1, -1, -1)]
    bounds = [midnight(first).astimezone(zone) for first in (*firsts, next_month(last))]
    opened, closed = Counter[int](), Counter[int]()
    start = bounds[0]
    for case in cases:
        if case.opened_at >= start:
            opened[bisect_right(bounds, case.opened_at)] += case.count
        ended = case.closed_at
        if ended is not None and ended >= start:
            closed[bisect_right(bounds, ended)] += case.count
    return tuple((f"{first:%Y-%m}", opened[i], closed[i]) for i, first in enumerate(firsts, 1))


def _fines(penalties: Iterable[PenaltyFacts], period: Period) -> Fines:
    proposed = confirmed = waived = Decimal(0)
    for one in penalties:
        if one.state in _UNDECIDED:
            proposed += one.amount if period.holds(one.proposed_at) else 0
        elif period.holds(one.settled_at or one.proposed_at):
            confirmed += one.amount if one.state in _CONFIRMED else 0
            waived += one.amount if one.state in _UNDONE else 0
    return Fines(proposed, confirmed, waived)


def _ranked(counted: Iterable[tuple[_Key, int]]) -> dict[_Key, int]:
    """Most first; equal ones by name, so that the same data always reads the same."""
    counts = Counter[_Key]()
    for key, count in counted:
        counts[key] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
