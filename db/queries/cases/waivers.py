"""Waivers: a person who is let off a duty for a while, by whatever QQ they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, union_all, update

from db.engine import Transaction
from db.tables.groups import waivers
from db.tables.identities import identities
from db.values import Reader
from regulation.duties import Code


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """Somebody is let off a duty until a moment, in one group or (None) everywhere.

    `employee_no`: who that is, whichever QQ they have by now; None while nobody is known to have this one.
    """

    id: int
    user_id: int
    employee_no: str | None
    code: Code
    group_id: int | None
    until: datetime
    reason: str
    made_by: int
    made_at: datetime


_ROWS = Reader(WaiverRow, waivers)
_NOT_OVER = (waivers.c.ended_at.is_(None), waivers.c.until > bindparam("now"))
# Whom a waiver was given to has it by each of their QQ numbers, and by its own while that is nobody's.
_RUNNING = union_all(
    select(waivers.c.group_id, identities.c.user_id, waivers.c.code)
    .join(identities, identities.c.employee_no == waivers.c.employee_no)
    .where(*_NOT_OVER),
    select(waivers.c.group_id, waivers.c.user_id, waivers.c.code)
    .outerjoin(identities, identities.c.user_id == waivers.c.user_id)
    .where(*_NOT_OVER, identities.c.user_id.is_(None)),
)
_UNKNOWN = select(waivers.c.id, waivers.c.user_id).where(
    waivers.c.ended_at.is_(None), waivers.c.employee_no.is_(None)
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


async def give(tx: Transaction, bound: Mapping[int, str]) -> None:
    """Note what these QQ numbers were given while they were nobody's as theirs who have them now."""
    for waiver_id, user_id in await tx.fetch(_UNKNOWN, {}):
        if user_id in bound:
            of = waivers.c.id == waiver_id
            await tx.execute(update(waivers).where(of).values(employee_no=bound[user_id]))


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
    tx: Transaction, user_id: int, employee_no: str | None, code: str, group_id: int | None, now: datetime
) -> WaiverRow | None:
    """Return the running waiver of exactly this person (QQ where nobody has it), code and group, or None."""
    whose = waivers.c.employee_no == employee_no
    if employee_no is None:
        whose = waivers.c.employee_no.is_(None) & (waivers.c.user_id == user_id)
    place = waivers.c.group_id.is_(None) if group_id is None else or_(waivers.c.group_id == group_id)
    wanted = _ROWS.select.where(
        whose,
        waivers.c.code == code,
        place,
        waivers.c.ended_at.is_(None),
        waivers.c.until > now,
    )
    return await _ROWS.one(tx, wanted.order_by(waivers.c.id.desc()).limit(1))
