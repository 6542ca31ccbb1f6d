"""What waits for somebody and has no queries of its own: imports, batches, penalties, appeals."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from db.engine import Transaction
from db.tables.cases import appeals, cases, penalties, removal_batches
from db.tables.registry import imports

_IMPORT_COLUMNS = (
    imports.c.id,
    imports.c.kind,
    imports.c.state,
    imports.c.file_name,
    imports.c.made_at,
    imports.c.preview,
    imports.c.settled_by,
    imports.c.settled_at,
)


async def imports_waiting(tx: Transaction) -> list[dict[str, Any]]:
    """Return the imports that wait for `同意`, oldest first."""
    wanted = select(*_IMPORT_COLUMNS).where(imports.c.state.in_(("previewed", "confirming")))
    return await _rows(tx, wanted.order_by(imports.c.id))


async def import_(tx: Transaction, item_id: int) -> dict[str, Any] | None:
    """Return one import without its data, or None."""
    return await _one(tx, select(*_IMPORT_COLUMNS).where(imports.c.id == item_id))


async def batches_waiting(tx: Transaction) -> list[dict[str, Any]]:
    """Return the removal batches that wait, oldest first."""
    return await _in_state(tx, removal_batches, removal_batches.c.state == "waiting")


async def batch(tx: Transaction, item_id: int) -> dict[str, Any] | None:
    """Return one removal batch, or None."""
    return await _one(tx, select(removal_batches).where(removal_batches.c.id == item_id))


async def penalties_waiting(tx: Transaction) -> list[dict[str, Any]]:
    """Return the proposed penalties, oldest first."""
    return await _in_state(tx, penalties, penalties.c.state == "proposed")


async def penalty(tx: Transaction, item_id: int) -> dict[str, Any] | None:
    """Return one penalty, or None."""
    return await _one(tx, select(penalties).where(penalties.c.id == item_id))


async def appeals_waiting(tx: Transaction) -> list[dict[str, Any]]:
    """Return the appeals that wait, oldest first, each with its case's `code` and `group_id`."""
    return await _rows(tx, _appeals().where(appeals.c.state == "waiting").order_by(appeals.c.id))


async def appeal(tx: Transaction, item_id: int) -> dict[str, Any] | None:
    """Return one appeal, or None."""
    return await _one(tx, _appeals().where(appeals.c.id == item_id))


def _appeals() -> Select[*tuple[Any, ...]]:
    return select(appeals, cases.c.code, cases.c.group_id).join(cases, cases.c.id == appeals.c.case_id)


async def _in_state(tx: Transaction, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    return await _rows(tx, select(table).where(where).order_by(table.c.id))


async def _rows(tx: Transaction, wanted: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def _one(tx: Transaction, wanted: Select[*tuple[Any, ...]]) -> dict[str, Any] | None:
    row = (await tx.execute(wanted)).mappings().one_or_none()
    return None if row is None else dict(row)
