"""The figures of a summary, from stored cases: counted in the database, summarised by the core.

100,000 cases take a few hundred milliseconds, none of it on the event loop: the database counts
together what no figure can tell apart, the rest is computed in a thread.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from db.queries import case_reports
from db.queries.case_reports import Tally
from regulation.deadlines import day_of, midnight
from regulation.periods import months_before, next_month
from regulation.summary import TREND_MONTHS, CaseFacts, Figures, PenaltyFacts, Period, summarise
from services.app import App
from services.reports.filters import Filters

_MOMENT = timedelta(microseconds=1)


async def load(app: App, period: Period, filters: Filters) -> Figures:
    """Return the figures of `period` for the cases that `filters` mean, as they are now."""
    now = app.now()
    moments = _moments(period, now)
    async with app.database.reading() as tx:
        wanted = filters.wanted(since_only=True)
        counted = await case_reports.tallies(tx, moments, wanted)
        fines = await case_reports.fine_tallies(tx, moments, wanted)
        unknown = await case_reports.unknown_groups(tx, filters.group_id)
    return await asyncio.to_thread(_summarised, counted, fines, moments, period, unknown, now)


def _moments(period: Period, now: datetime) -> list[datetime]:
    """Return every moment that some figure compares with, in order."""
    until = min(now + _MOMENT, period.end)
    last = day_of(until - _MOMENT).replace(day=1)
    months = [midnight(months_before(last, n)) for n in range(TREND_MONTHS)]
    return sorted({period.start, period.end, until, midnight(next_month(last)), *months})


def _summarised(
    counted: Sequence[Tally],
    fines: Sequence[tuple[Any, ...]],
    moments: Sequence[datetime],
    period: Period,
    unknown: Sequence[int],
    now: datetime,
) -> Figures:
    # Whatever lies between two neighbouring moments counts as the earlier one: no figure differs.
    known: list[datetime | None] = [moments[0] - _MOMENT]
    known += [*moments, None]
    cases: list[CaseFacts] = []
    for code, group_id, department, opened, overdue, closed, closed_as, count in counted:
        top = department.split("/", 1)[0]
        fact = CaseFacts(
            code, group_id, top, known[opened] or now, known[closed], closed_as or None, known[overdue]
        )
        cases += [fact] * count
    penalties: list[PenaltyFacts] = []
    for amount, state, proposed, settled, count in fines:
        total = Decimal(amount) * count
        penalties.append(PenaltyFacts(total, state, known[proposed] or now, known[settled]))
    return summarise(cases, penalties, period, unknown, now=now)
