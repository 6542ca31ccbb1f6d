"""Rows of the audit trail."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from db.engine import Transaction
from db.tables.work import audit_trail

_ADD = insert(audit_trail).returning(*audit_trail.c)


async def add_many(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append lines, whole rows."""
    if rows:
        await tx.add(_ADD, rows)
