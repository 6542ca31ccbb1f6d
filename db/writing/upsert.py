"""Insert or update, on SQLite and PostgreSQL alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction


async def upsert(tx: Transaction, table: Table, row: Mapping[str, Any], *, on: Sequence[str]) -> None:
    """Insert `row`; where one with the same columns `on` exists, change its other columns."""
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    statement = make(table).values(**row)
    others = {name: statement.excluded[name] for name in row if name not in on}
    await tx.execute(statement.on_conflict_do_update(index_elements=list(on), set_=others))


async def insert_new(
    tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]], *, on: Sequence[str]
) -> None:
    """Insert those of `rows` that don't exist yet by their columns `on`."""
    if not rows:
        return
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    await tx.execute(make(table).on_conflict_do_nothing(index_elements=list(on)), [dict(row) for row in rows])
