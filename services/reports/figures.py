"""The figures of a summary, from stored cases: counted in the database, summarised by the core.

The database counts together what no figure can tell apart; the rest is computed in a thread.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from db.queries.cases import case_reports
from db.queries.cases.case_reports import Tallies
from regulation.deadlines import day_of, midnight
from regulation.periods import months_before, next_month
from regulation.summary import TREND_MONTHS, CaseFacts, Figures, PenaltyFacts, Period, summarise
from services.app import App
from services.groups.unknown import unknown_groups
from services.reports.filters import Filters

_MOMENT = timedelta(microseconds=1)


async def load(app: App, period: Period, filters: Filters, *, months: int = TREND_MONTHS) -> Figures:
    """Return the figures of `period` for the cases that `filters` mean, as they are now.

    `months`: how many the trend shows.
    """
    now = app.now()
    moments = _moments(period, now, months)
    async with app.database.reading() as tx:
        wanted = filters.wanted(since_only=True)
        counted = await case_reports.tallies(tx, moments, period.start, period.end, wanted)
        fines = await case_reports.fine_tallies(tx, moments, wanted)
        asked = None if filters.group_id is None else [filters.group_id]
        tree = app.registry.tree
        unknown = list(await unknown_groups(app, tx, asked))
    counted.departments[:] = [(tree.called(name), count) for name, count in counted.departments]
    return await asyncio.to_thread(_summarised, counted, fines, moments, period, unknown, now, months)


def _moments(period: Period, now: datetime, trend: int) -> list[datetime]:
    """Return every moment that some figure compares with, in order."""
    until = min(now + _MOMENT, period.end)
    last = day_of(until - _MOMENT).replace(day=1)
    months = [midnight(months_before(last, n)) for n in range(trend)]
    return sorted({period.start, period.end, until, midnight(next_month(last)), *months})


def _summarised(
    counted: Tallies,
    fines: Sequence[tuple[Any, ...]],
    moments: Sequence[datetime],
    period: Period,
    unknown: Sequence[int],
    now: datetime,
    months: int,
) -> Figures:
    # Whatever lies between two neighbouring moments counts as the earlier one: no figure differs.
    known: list[datetime | None] = [moments[0] - _MOMENT, *moments]
    known.append(None)
    penalties: list[PenaltyFacts] = []
    for amount, state, proposed, settled, count in fines:
        total = Decimal(amount) * count
        penalties.append(PenaltyFacts(total, state, known[int(proposed)] or now, known[int(settled)]))
    return summarise(_facts(counted, known, period), penalties, period, unknown, now=now, months=months)


def _facts(counted: Tallies, known: Sequence[datetime | None], period: Period) -> list[CaseFacts]:
    """Return facts with the very counts of the cases.

    No figure depends on how code, department and group of one case go together, so they are dealt
    out to the cases opened in the period as they come; the others need none.
    """
    inside: list[tuple[tuple[datetime, datetime | None, datetime | None, str], int]] = []
    found: list[CaseFacts] = []
    for opened, overdue, closed, closed_as, count in counted.courses:
        opened_at = known[opened]
        if opened_at is None:
            raise ValueError("a case without a beginning")
        if period.holds(opened_at):
            inside.append(((opened_at, known[closed], known[overdue], closed_as), count))
        else:
            times = (opened_at, known[closed], closed_as or None, known[overdue])
            found.append(CaseFacts("", 0, "", *times, count))
    departments = [(name.split("/", 1)[0], count) for name, count in counted.departments]
    dealt = _together(inside, counted.codes, departments, counted.groups)
    for ((opened_at, closed_at, overdue_at, closed_as), code, department, group_id), count in dealt:
        times = (opened_at, closed_at, closed_as or None, overdue_at)
        found.append(CaseFacts(code, group_id, department, *times, count))
    return found


def _together(*lists: Sequence[tuple[Any, int]]) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield what stands side by side when each (value, how many) is laid out in a row of its own."""
    places = [0] * len(lists)
    left = [counts[0][1] if counts else 0 for counts in lists]
    while all(left):
        count = min(left)
        yield tuple(counts[place][0] for counts, place in zip(lists, places, strict=True)), count
        for index, counts in enumerate(lists):
            left[index] -= count
            if not left[index] and places[index] + 1 < len(counts):
                places[index] += 1
                left[index] = counts[places[index]][1]
