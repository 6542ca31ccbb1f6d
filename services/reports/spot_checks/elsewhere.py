"""Checks drawn here of groups that another process serves: it does them, and the asker waits a little."""

from collections.abc import Sequence

from db.engine import Transaction
from db.queries.cases import spot_checks as rows
from db.queries.cases.spot_checks import Findings
from services import processes
from services.app import App
from services.reports.spot_checks.wording import Result, result_of


async def results(app: App, check_ids: Sequence[int]) -> list[Result]:
    """Return what the other processes found, by id; also what they have not done in time."""
    if not check_ids:
        return []

    async def find(tx: Transaction) -> bool | None:
        return all(row.done_at is not None for row in await rows.get_many(tx, check_ids)) or None

    await processes.awaited(app, find)
    async with app.database.reading() as tx:
        drawn = await rows.get_many(tx, check_ids)
        return [await result_of(tx, row, row.outcome, row.findings or Findings()) for row in drawn]
