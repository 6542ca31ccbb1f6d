"""Rows of the audit trail."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from db.engine import Transaction
from db.tables.work import audit_trail

_ADD = insert(audit_trail)


async def add_many(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append lines, whole rows."""
    await tx.execute(_ADD, rows)


async def about(tx: Transaction, subject: str, *, limit: int = 50) -> list[Mapping[str, Any]]:
    """Return the newest lines about `subject`, newest first."""
    wanted = select(audit_trail).where(audit_trail.c.subject == subject)
    found = await tx.execute(wanted.order_by(audit_trail.c.id.desc()).limit(limit))
    return [dict(row) for row in found.mappings()]
