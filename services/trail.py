"""The audit trail: who did what to whom, when, and from where."""

from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from db import ledger
from db.engine import Transaction
from db.ledger import Ledger, Verified
from db.queries.work import trail
from services.app import App

_surface: ContextVar[str] = ContextVar("surface", default="chat")


@contextmanager
def asked_in(surface: str) -> Generator[None]:
    """Have what people ask for in this block stand in the trail as asked there: `chat` or `console`."""
    before = _surface.set(surface)
    try:
        yield
    finally:
        _surface.reset(before)


async def record(
    app: App,
    tx: Transaction,
    *,
    actor: str,
    action: str,
    subject: str,
    source: str | None = None,
    **detail: Any,
) -> None:
    """Write one line of the trail in the caller's transaction.

    `actor`: a QQ number as text, `terminal` or `bot`. `source`: `terminal`, `qq` or `job`; None: wherever
    the person asks, see `asked_in`.
    """
    await trail.add_many(
        tx, [line(app, actor=actor, source=source, action=action, subject=subject, **detail)]
    )


def line(
    app: App, *, actor: str, action: str, subject: str, source: str | None = None, **detail: Any
) -> Mapping[str, Any]:
    """Return one line for `record_many`."""
    said = source or _surface.get()
    return {
        "at": app.now(), "actor": actor, "source": said, "action": action, "subject": subject,
        "detail": detail,
    }  # fmt: skip


def noting(reason: str) -> Mapping[str, str]:
    """Return the detail of a line that holds what somebody gave as their reason, if they gave one."""
    return {"reason": reason} if reason else {}


async def verify(app: App) -> Verified:
    """Walk along the ledger and compare every row with it; see `db.ledger`."""
    async with app.database.reading() as tx:
        return await Ledger(app.phone_key).verify(tx)


async def holds(app: App, head: str) -> bool:
    """Tell whether the ledger still holds a line told before: number and hash, `128:9f86…`."""
    seq, _, digest = head.partition(":")
    async with app.database.reading() as tx:
        return seq.isdecimal() and digest != "" and await ledger.line_hash(tx, int(seq)) == digest


async def head(app: App) -> str:
    """Return the ledger's last line as it is told and kept elsewhere: `128:9f86…`."""
    async with app.database.reading() as tx:
        seq, digest = await ledger.head(tx)
    return f"{seq}:{digest.hex()}"


async def lines(app: App) -> AsyncIterator[tuple[int, str, str, str, str]]:
    """Give every line of the ledger, oldest first: number, table, row, seal, hash."""
    async with app.database.reading() as tx:
        async for line in ledger.lines(tx):
            yield line.seq, line.source, line.row_id, line.seal.hex(), line.hash.hex()


async def record_many(tx: Transaction, lines: Sequence[Mapping[str, Any]]) -> None:
    """Write several lines at once."""
    await trail.add_many(tx, lines)
