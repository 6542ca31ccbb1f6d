"""Switches that hold for the whole bot: paused, general mode, and what services remember by key."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from db.engine import Transaction
from db.tables.work import counters, switches
from db.upsert import upsert

_VALUE = select(switches.c.value).where(switches.c.key == bindparam("of"))
_ROW = select(switches).where(switches.c.key == bindparam("of"))


async def get(tx: Transaction, key: str) -> Any:
    """Return a switch's value, or None when it was never set."""
    return (await tx.execute(_VALUE, {"of": key})).scalar_one_or_none()


async def row(tx: Transaction, key: str) -> dict[str, Any] | None:
    """Return a switch with `value`, `set_by`, `set_at`, or None."""
    found = (await tx.execute(_ROW, {"of": key})).mappings().one_or_none()
    return None if found is None else dict(found)


async def put(tx: Transaction, key: str, value: Any, *, by: str, at: datetime) -> None:
    """Set a switch."""
    values = {"value": value, "set_by": by, "set_at": at}
    await upsert(tx, switches, {"key": key, **values}, on=("key",))


async def drop(tx: Transaction, key: str) -> None:
    """Unset a switch."""
    await tx.execute(delete(switches).where(switches.c.key == key))


async def counts(tx: Transaction, prefix: str = "") -> dict[str, int]:
    """Return counters whose name begins with `prefix`."""
    wanted = select(counters.c.name, counters.c.n).order_by(counters.c.name)
    if prefix:
        wanted = wanted.where(counters.c.name.startswith(prefix, autoescape=True))
    return {row["name"]: row["n"] for row in (await tx.execute(wanted)).mappings()}
