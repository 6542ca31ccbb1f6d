"""Waivers: a person who is let off a duty for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from db.engine import Transaction
from db.tables.groups import waivers
from db.values import Reader
from regulation.duties import Code


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """Somebody is let off a duty until a moment, in one group or (None) everywhere."""

    id: int
    user_id: int
    code: Code
    group_id: int | None
    until: datetime
    reason: str
    made_by: int
    made_at: datetime


_ROWS = Reader(WaiverRow, waivers)
_RUNNING = select(waivers.c.group_id, waivers.c.user_id, waivers.c.code).where(
    waivers.c.ended_at.is_(None), waivers.c.until > bindparam("now")
)


async def add(tx: Transaction, **values: Any) -> int:
    """Write a waiver; return its id."""
    return (await tx.execute(insert(waivers).values(**values).returning(waivers.c.id))).scalar_one()


async def running(
    tx: Transaction, group_ids: Sequence[int], now: datetime
) -> dict[int, frozenset[tuple[int, str]]]:
    """Return the (QQ, code) pairs let off now in each of these groups; one for all groups counts in each."""
    by_group: dict[int | None, set[tuple[int, str]]] = {}
    for group_id, user_id, code in await tx.fetch(_RUNNING, {"now": now}):
        by_group.setdefault(group_id, set()).add((user_id, code))
    everywhere = by_group.get(None, set())
    found = {group_id: frozenset(by_group.get(group_id, set()) | everywhere) for group_id in group_ids}
    return {group_id: pairs for group_id, pairs in found.items() if pairs}


async def listed(tx: Transaction, now: datetime) -> list[WaiverRow]:
    """Return the running waivers, by when they end."""
    wanted = _ROWS.select.where(waivers.c.ended_at.is_(None), waivers.c.until > now)
    return await _ROWS.all(tx, wanted.order_by(waivers.c.until, waivers.c.id))


async def ending(tx: Transaction, by: datetime) -> list[WaiverRow]:
    """Return the waivers not ended that end by `by` and whose end was not announced, or is past."""
    wanted = _ROWS.select.where(waivers.c.ended_at.is_(None), waivers.c.until <= by)
    return await _ROWS.all(tx, wanted.order_by(waivers.c.id))


async def warn(tx: Transaction, waiver_id: int, at: datetime) -> bool:
    """Note that the end is being announced; False when it was already."""
    where = (waivers.c.id == waiver_id, waivers.c.warned_at.is_(None))
    return (await tx.execute(update(waivers).where(*where).values(warned_at=at))).rowcount == 1


async def end(tx: Transaction, waiver_id: int, at: datetime) -> bool:
    """End a waiver; False when it had ended already."""
    where = (waivers.c.id == waiver_id, waivers.c.ended_at.is_(None))
    return (await tx.execute(update(waivers).where(*where).values(ended_at=at))).rowcount == 1


async def same_running(
    tx: Transaction, user_id: int, code: str, group_id: int | None, now: datetime
) -> WaiverRow | None:
    """Return the running waiver of exactly this person, code and group, or None."""
    place = waivers.c.group_id.is_(None) if group_id is None else or_(waivers.c.group_id == group_id)
    wanted = _ROWS.select.where(
        waivers.c.user_id == user_id,
        waivers.c.code == code,
        place,
        waivers.c.ended_at.is_(None),
        waivers.c.until > now,
    )
    return await _ROWS.one(tx, wanted.order_by(waivers.c.id.desc()).limit(1))
