"""Insert or update, on SQLite and PostgreSQL alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from db.engine import Transaction
from db.writing.made_once import as_new, insert_or_change, insert_unless


async def upsert(tx: Transaction, table: Table, row: Mapping[str, Any], *, on: Sequence[str]) -> None:
    """Insert `row`; where one with the same columns `on` exists, change its other columns."""
    await tx.change(insert_or_change(tx.dialect, table, tuple(on), tuple(row)), as_new(row))


async def insert_new(
    tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]], *, on: Sequence[str]
) -> None:
    """Insert those of `rows` that don't exist yet by their columns `on`."""
    if rows:
        await tx.execute(insert_unless(tx.dialect, table, tuple(on)), [dict(row) for row in rows])
