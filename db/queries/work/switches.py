"""Switches that hold for the whole bot: paused, general mode, and what services remember by key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from db.engine import Transaction
from db.tables.work import switches
from db.values import Reader
from db.writing.upsert import upsert


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch as somebody set it. `value`: JSON."""

    value: Any
    set_by: str
    set_at: datetime


_SWITCHES = Reader(Switch, switches)

_VALUE = select(switches.c.value).where(switches.c.key == bindparam("of"))
_ROW = _SWITCHES.select.where(switches.c.key == bindparam("of"))


async def get(tx: Transaction, key: str) -> Any:
    """Return a switch's value, or None when it was never set."""
    found = await tx.fetch(_VALUE, {"of": key})
    return found[0][0] if found else None


async def told(tx: Transaction, key: str) -> Switch | None:
    """Return a switch with who set it when, or None."""
    return await _SWITCHES.one(tx, _ROW, {"of": key})


async def told_of(tx: Transaction, beginning: str) -> list[Switch]:
    """Return the switches whose keys begin so, by key."""
    these = switches.c.key.startswith(beginning, autoescape=True)
    return await _SWITCHES.all(tx, _SWITCHES.select.where(these).order_by(switches.c.key))


async def put(tx: Transaction, key: str, value: Any, *, by: str, at: datetime) -> None:
    """Set a switch."""
    values = {"value": value, "set_by": by, "set_at": at}
    await upsert(tx, switches, {"key": key, **values}, on=("key",))


async def drop(tx: Transaction, key: str) -> None:
    """Unset a switch."""
    await tx.execute(delete(switches).where(switches.c.key == key))
