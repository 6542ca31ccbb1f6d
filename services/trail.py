"""The audit trail: who did what to whom, when, and from where."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.engine import Transaction
from db.queries.work import trail
from services.app import App


async def record(
    app: App, tx: Transaction, *, actor: str, source: str, action: str, subject: str, **detail: Any
) -> None:
    """Write one line of the trail in the caller's transaction.

    `actor`: a QQ number as text, `terminal` or `bot`. `source`: `chat`, `terminal`, `qq` or `job`.
    """
    await trail.add_many(
        tx, [line(app, actor=actor, source=source, action=action, subject=subject, **detail)]
    )


def line(app: App, *, actor: str, source: str, action: str, subject: str, **detail: Any) -> Mapping[str, Any]:
    """Return one line for `record_many`."""
    at = app.now()
    return {
        "at": at, "actor": actor, "source": source, "action": action, "subject": subject, "detail": detail
    }  # fmt: skip


async def record_many(tx: Transaction, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write several lines at once."""
    await trail.add_many(tx, lines)
