"""Groups as last seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, select, update

from db.engine import Transaction
from db.tables.groups import groups
from db.values import Reader
from db.writing.parts import in_parts
from db.writing.upsert import insert_new
from regulation.model import Role
from regulation.policy import Mode


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as last seen: blank beside its number where it never was, `gone_at` once none of ours is in it.

    `mode`: its own, where it was ever given one. `account`: ours that serves it, in the role `bot_role`.
    `complete_at`: the last whole reading; `unknown_because`: why a later one gave no answer.
    """

    group_id: int
    name: str = ""
    mode: Mode | None = None
    account: int | None = None
    bot_role: Role | None = None
    owner_id: int | None = None
    member_count: int = 0
    first_seen_at: datetime | None = None
    gone_at: datetime | None = None
    dismissed_at: datetime | None = None
    complete_at: datetime | None = None
    unknown_because: str | None = None
    audited_at: datetime | None = None
    introduced_at: datetime | None = None
    reminded_at: datetime | None = None
    look_at: datetime | None = None

    @property
    def called(self) -> str:
        """Return its name, else its number."""
        return self.name or str(self.group_id)

    def lost_since(self, at: datetime, now: datetime) -> bool:
        """Tell whether QQ has said since `at` that we left it, or that it was dissolved.

        What was said after `now` was said before the clock was set back: nobody knows when.
        """
        return any(said is not None and at < said <= now for said in (self.gone_at, self.dismissed_at))


@dataclass(frozen=True, slots=True)
class GroupGlance:
    """What lists of all groups show of one: see `GroupRow`."""

    group_id: int
    name: str = ""
    mode: Mode | None = None
    member_count: int = 0
    gone_at: datetime | None = None
    complete_at: datetime | None = None
    unknown_because: str | None = None
    audited_at: datetime | None = None


_ROWS = Reader(GroupRow, groups)
_GLANCES = Reader(GroupGlance, groups)

_ALL = _ROWS.select.order_by(groups.c.group_id)
_NAMES = select(groups.c.group_id, groups.c.name).order_by(groups.c.group_id)
_DUE = (
    select(groups.c.group_id)
    .where((groups.c.look_at <= bindparam("now")) | (groups.c.look_lease <= bindparam("now")))
    .where(groups.c.gone_at.is_(None))
    .order_by(groups.c.look_at)
)
_LOOK = (
    update(groups)
    .where(
        groups.c.group_id.in_(bindparam("ids", expanding=True)),
        groups.c.look_at.is_(None) | (groups.c.look_at > bindparam("at")),
    )
    .values(look_at=bindparam("at"))
)
_AMONG = groups.c.group_id.in_(bindparam("ids", expanding=True))
_TAKE = update(groups).where(_AMONG).values(look_at=None, look_lease=bindparam("until"))
_RELEASE = update(groups).where(_AMONG).values(look_lease=None)
THESE, _THESE_NAMES = _ALL.where(_AMONG), _NAMES.where(_AMONG)


async def get(tx: Transaction, group_id: int) -> GroupRow | None:
    """Return one group, or None where it was never seen."""
    return (await get_many(tx, [group_id])).get(group_id)


async def get_or_blank(tx: Transaction, group_id: int) -> GroupRow:
    """Return one group, blank where it was never seen."""
    return await get(tx, group_id) or GroupRow(group_id)


async def get_many(tx: Transaction, group_ids: Sequence[int] | None = None) -> dict[int, GroupRow]:
    """Return these groups (all when None) as far as they were seen, by group id."""
    wanted, given = (_ALL, {}) if group_ids is None else (THESE, {"ids": list(group_ids)})
    found = await _ROWS.all(tx, wanted, given)
    return {row.group_id: row for row in found}


def by_group(found: Iterable[Sequence[Any]]) -> dict[int, GroupRow]:
    """Return what `get_many` does, of what `THESE` found."""
    return {row.group_id: row for row in map(_ROWS.read, found)}


async def glances(tx: Transaction) -> dict[int, GroupGlance]:
    """Return every group ever seen, by group id; a row of a thousand groups is mostly moments."""
    return {row.group_id: row for row in await _GLANCES.all(tx, _GLANCES.select, {})}


async def names(tx: Transaction, group_ids: Sequence[int] | None = None) -> dict[int, str]:
    """Return what these groups (all when None) were last called in QQ, "" where nothing was read."""
    wanted, given = (_NAMES, {}) if group_ids is None else (_THESE_NAMES, {"ids": list(group_ids)})
    return {row[0]: row[1] for row in await tx.fetch(wanted, given)}


async def put(tx: Transaction, group_id: int, **values: Any) -> None:
    """Write columns of one group, making its row if it is new."""
    given = {"of": group_id, **{f"new_{name}": value for name, value in values.items()}}
    wanted = _put(tuple(values))
    if await tx.change(wanted, given) == 0:
        new: dict[str, Any] = {"group_id": group_id, "name": "", "admin_ids": [], "member_count": 0}
        await insert_new(tx, groups, new, on=["group_id"])
        await tx.change(wanted, given)


@cache
def _put(names: tuple[str, ...]) -> Executable:
    values = {name: bindparam(f"new_{name}", type_=groups.c[name].type) for name in names}
    return update(groups).where(groups.c.group_id == bindparam("of")).values(values)


async def due(tx: Transaction, now: datetime) -> list[int]:
    """Return the groups that are to be looked at by `now`, longest waiting first."""
    return [group_id for (group_id,) in await tx.fetch(_DUE, {"now": now})]


async def take(tx: Transaction, group_ids: Sequence[int], until: datetime) -> None:
    """Take these groups to be looked at now: what is marked from now on stays marked.

    Without `release` by `until` they are due again.
    """
    for part in in_parts(sorted(group_ids)):
        if tx.dialect == "postgresql":
            await _hold(tx, groups.c.group_id.in_(part))
        await tx.change(_TAKE, {"ids": part, "until": until})


async def release(tx: Transaction, again: Mapping[int, datetime | None]) -> None:
    """End the look at these groups, and have each looked at again then, or earlier where it was marked."""
    for part in in_parts(sorted(again)):
        if tx.dialect == "postgresql":
            await _hold(tx, groups.c.group_id.in_(part))
        await tx.change(_RELEASE, {"ids": part})
    for group_id, at in again.items():
        if at is not None:
            await look_no_later(tx, [group_id], at)


async def _hold(tx: Transaction, which: ColumnElement[bool]) -> None:
    """Lock rows in the order of their ids, as everybody does: two that overlap never wait for each other."""
    wanted = select(groups.c.group_id).where(which).order_by(groups.c.group_id)
    await tx.execute(wanted.with_for_update(key_share=True))


async def look_no_later(tx: Transaction, group_ids: Iterable[int], at: datetime) -> None:
    """Have these groups looked at by `at`, or earlier where that is planned; stored with the commit."""
    marks = tx.at_the_end(_mark)
    for group_id in group_ids:
        marks[group_id] = min(at, marks.get(group_id, at))


async def _mark(tx: Transaction, marks: dict[int, datetime]) -> None:
    by_time: dict[datetime, list[int]] = {}
    for group_id in sorted(marks):
        by_time.setdefault(marks[group_id], []).append(group_id)
    for part in in_parts(sorted(marks)) if tx.dialect == "postgresql" else ():
        later = groups.c.look_at.is_(None) | (groups.c.look_at > min(by_time))
        await _hold(tx, groups.c.group_id.in_(part) & later)
    for at, group_ids in by_time.items():
        for part in in_parts(group_ids):
            await tx.change(_LOOK, {"ids": part, "at": at})


async def bring_forward(tx: Transaction, at: datetime) -> None:
    """Have every group that waits for a look looked at by `at`: its time was told by another clock."""
    later = ((groups.c.look_at > at) | (groups.c.look_lease > at)) & groups.c.gone_at.is_(None)
    if tx.dialect == "postgresql":
        await _hold(tx, later)
    await tx.execute(update(groups).where(later).values(look_at=at))
