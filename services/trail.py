"""The audit trail: who did what to whom, when, and from where."""

from collections.abc import Mapping
from typing import Any

from db.engine import Transaction
from db.queries import trail
from services.app import App


async def record(
    app: App, tx: Transaction, *, actor: str, source: str, action: str, subject: str, **detail: Any
) -> None:
    """Write one line of the trail in the caller's transaction.

    `actor`: a QQ number as text, `terminal` or `bot`. `source`: `chat`, `terminal`, `qq` or `job`.
    """
    rows: Mapping[str, Any] = detail
    await trail.add(tx, at=app.now(), actor=actor, source=source, action=action, subject=subject, detail=rows)
