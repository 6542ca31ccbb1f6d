"""Rows of the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from db.engine import Transaction
from db.tables.work import audit_trail


async def add(
    tx: Transaction,
    *,
    at: datetime,
    actor: str,
    source: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
) -> None:
    """Append one line."""
    row = {"at": at, "actor": actor, "source": source, "action": action, "subject": subject}
    await tx.execute(insert(audit_trail).values(**row, detail=dict(detail)))


async def about(tx: Transaction, subject: str, *, limit: int = 50) -> list[Mapping[str, Any]]:
    """Return the newest lines about `subject`, newest first."""
    wanted = select(audit_trail).where(audit_trail.c.subject == subject)
    found = await tx.execute(wanted.order_by(audit_trail.c.id.desc()).limit(limit))
    return [dict(row) for row in found.mappings()]
