"""Rows of the outbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.work import outbox, outbox_cases


async def add(tx: Transaction, row: Mapping[str, Any], case_ids: Sequence[int]) -> int:
    """Write one row; return 1, or 0 when one with its key is there already."""
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    statement = make(outbox).values(**row).on_conflict_do_nothing(index_elements=["key"])
    made = (await tx.execute(statement.returning(outbox.c.id))).scalar_one_or_none()
    if made is None:
        return 0
    if case_ids:
        links = [{"outbox_id": made, "case_id": case_id} for case_id in dict.fromkeys(case_ids)]
        await tx.execute(insert(outbox_cases), links)
    return 1
