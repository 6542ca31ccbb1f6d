"""Checks drawn here of groups that another process serves: it does them, and the asker waits a little."""

from collections.abc import Sequence

from db.engine import Transaction
from db.queries.cases import spot_checks as rows
from db.queries.cases.spot_checks import SpotCheckRow
from db.queries.groups import last_seen as group_rows
from services import processes
from services.app import App
from services.reports.spot_checks.wording import Result


async def results(app: App, check_ids: Sequence[int]) -> list[Result]:
    """Return what the other processes found, by id; `pending` what they have not done in time."""
    if not check_ids:
        return []

    async def find(tx: Transaction) -> bool | None:
        return all(row.done_at is not None for row in await rows.get_many(tx, check_ids)) or None

    await processes.awaited(app, find)
    async with app.database.reading() as tx:
        return [await _result(tx, row) for row in await rows.get_many(tx, check_ids)]


async def _result(tx: Transaction, row: SpotCheckRow) -> Result:
    name = (await group_rows.get_or_blank(tx, row.group_id)).name
    if row.outcome is None or row.findings is None:
        return Result(row.id, row.group_id, name, "pending", {}, None)
    last = await rows.last_done(tx, row.group_id, row.id)
    before = int(last.findings["total"]) if last is not None and last.findings is not None else None
    found = row.findings
    why, quiet = found["why"], found["quiet"]
    return Result(row.id, row.group_id, name, row.outcome, found["by_code"], before, why=why, quiet=quiet)
