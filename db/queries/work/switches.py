"""Switches that hold for the whole bot: paused, general mode, and what services remember by key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, select

from db.engine import Transaction
from db.tables.work import switches
from db.values import Reader
from db.writing.made_once import insert_for
from db.writing.upsert import upsert


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch as somebody set it. `value`: JSON."""

    value: Any
    set_by: str
    set_at: datetime


_SWITCHES = Reader(Switch, switches)

_HOUR = timedelta(hours=1)
_VALUE = select(switches.c.value).where(switches.c.key == bindparam("of"))
_ROW = _SWITCHES.select.where(switches.c.key == bindparam("of"))


async def get(tx: Transaction, key: str) -> Any:
    """Return a switch's value, or None when it was never set."""
    found = await tx.fetch(_VALUE, {"of": key})
    return found[0][0] if found else None


async def told(tx: Transaction, key: str) -> Switch | None:
    """Return a switch with who set it when, or None."""
    return await _SWITCHES.one(tx, _ROW, {"of": key})


async def put(tx: Transaction, key: str, value: Any, *, by: str, at: datetime) -> None:
    """Set a switch."""
    values = {"value": value, "set_by": by, "set_at": at}
    await upsert(tx, switches, {"key": key, **values}, on=("key",))


async def put_hourly(tx: Transaction, key: str, at: datetime) -> bool:
    """Set a switch that notes when something was told; False, and it stays, within an hour of the last time.

    An hour by the clock's face would not do: what is told at 9:58 would be told again at 10:02. Of two who
    tell at once one is True: the other waits for its end.
    """
    row = {"key": key, "value": True, "set_by": "bot", "set_at": at}
    return bool(await tx.fetch(_put_hourly(tx.dialect), {**row, "from_": at - _HOUR, "to": at + _HOUR}))


@cache
def _put_hourly(dialect: str) -> Executable:
    new = insert_for(dialect)(switches).values({one.name: bindparam(one.name) for one in switches.c})
    # By a clock that was set back the last time lies ahead.
    moment = switches.c.set_at.type
    due = (switches.c.set_at <= bindparam("from_", type_=moment)) | (
        switches.c.set_at >= bindparam("to", type_=moment)
    )
    others = {name: new.excluded[name] for name in ("value", "set_by", "set_at")}
    return new.on_conflict_do_update(index_elements=["key"], set_=others, where=due).returning(switches.c.key)


async def drop(tx: Transaction, key: str) -> None:
    """Unset a switch."""
    await tx.execute(delete(switches).where(switches.c.key == key))
