"""Insert or update, on SQLite and PostgreSQL alike."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table

from db.engine import Transaction
from db.writing.made_once import as_new, insert_or_change, insert_unless, new_values


async def upsert(tx: Transaction, table: Table, row: Mapping[str, Any], *, on: Sequence[str]) -> None:
    """Insert `row`; where one with the same columns `on` exists, change its other columns."""
    await tx.change(insert_or_change(tx.dialect, table, tuple(on), tuple(row)), as_new(row))


async def insert_new(tx: Transaction, table: Table, row: Mapping[str, Any], *, on: Sequence[str]) -> bool:
    """Insert `row` unless one with the same columns `on` exists; return whether it was inserted."""
    return await tx.change(_unless(tx.dialect, table, tuple(on), tuple(row)), as_new(row)) == 1


@cache
def _unless(dialect: str, table: Table, on: tuple[str, ...], names: tuple[str, ...]) -> Executable:
    return insert_unless(dialect, table, on).values(new_values(table, names))
