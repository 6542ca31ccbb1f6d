"""Sessions of the console: found by the hash of what the browser holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from db.engine import Transaction
from db.tables.console import console_sessions as sessions

_FIND = select(
    sessions.c.id,
    sessions.c.user_id,
    sessions.c.roles,
    sessions.c.made_at,
    sessions.c.seen_at,
    sessions.c.told,
).where(sessions.c.token_hash == bindparam("hash"))


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `roles`: what the person was at log-in. `told`: (ok, text) that no page has shown yet."""

    id: int
    user_id: int
    roles: frozenset[str]
    made_at: datetime
    seen_at: datetime
    told: tuple[tuple[bool, str], ...] = ()


async def add(tx: Transaction, token_hash: str, user_id: int, roles: Sequence[str], now: datetime) -> None:
    """Keep a new session."""
    times = {"made_at": now, "seen_at": now}
    await tx.execute(
        insert(sessions).values(token_hash=token_hash, user_id=user_id, roles=list(roles), **times)
    )


async def find(tx: Transaction, token_hash: str) -> Session | None:
    """Return the session with this hash, or None."""
    for number, user_id, roles, made_at, seen_at, told in await tx.fetch(_FIND, {"hash": token_hash}):
        shown = tuple((bool(ok), str(text)) for ok, text in told or ())
        return Session(number, user_id, frozenset(roles), made_at, seen_at, shown)
    return None


async def change(tx: Transaction, session_id: int, **values: Any) -> None:
    """Change columns of a session."""
    await tx.execute(update(sessions).where(sessions.c.id == session_id).values(**values))


async def end(tx: Transaction, session_id: int) -> None:
    """End a session: nothing of it is kept."""
    await tx.execute(delete(sessions).where(sessions.c.id == session_id))


async def sweep(tx: Transaction, made_before: datetime, seen_before: datetime) -> None:
    """Drop the sessions that are over."""
    await tx.execute(
        delete(sessions).where(or_(sessions.c.made_at < made_before, sessions.c.seen_at < seen_before))
    )
