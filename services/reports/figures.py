"""The figures of a summary, from stored cases: counted in the database, summarised by the core.

All of the counting is one thread's work: the event loop, where people wait to join, is not kept by it.
"""

from dataclasses import replace

from db.engine import Transaction
from db.queries.cases import case_counts
from regulation.summary import TREND_MONTHS, Counts, Figures, Period, as_of, month_bounds, summarise
from services.app import App
from services.groups.unknown import unknown_groups
from services.reports.filters import Filters


async def load(app: App, period: Period, filters: Filters, *, months: int = TREND_MONTHS) -> Figures:
    """Return the figures of `period` for the cases that `filters` mean, as they are now.

    `months`: how many the trend shows.
    """
    now, tree = app.now(), app.registry.tree
    bounds = month_bounds(period, now, months)
    asked = None if filters.group_id is None else [filters.group_id]

    async def count(tx: Transaction) -> tuple[Counts, list[int]]:
        wanted = filters.wanted(since_only=True)
        counted = await case_counts.counts(tx, period, as_of(period, now), bounds, wanted)
        return counted, list(await unknown_groups(app, tx, asked))

    counts, unknown = await app.database.look(count)
    departments = [(tree.called(name).split("/", 1)[0], n) for name, n in counts.by_department]
    return summarise(replace(counts, by_department=departments), period, bounds, unknown)
