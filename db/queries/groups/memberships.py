"""Who is and was in which group, as last seen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.groups import filings, memberships
from db.values import Reader
from db.writing.upsert import insert_new
from regulation.model import Member, Role

_PRESENT = select(memberships.c.group_id, memberships.c.user_id).where(
    memberships.c.user_id.in_(bindparam("ids", expanding=True)), memberships.c.gone_at.is_(None)
)
_SEEN = select(
    memberships.c.user_id,
    memberships.c.nickname,
    memberships.c.card,
    memberships.c.role,
    memberships.c.is_robot,
    memberships.c.gone_at.is_(None),
    memberships.c.let_in_by,
).where(memberships.c.group_id == bindparam("of"))
_GONE = select(memberships.c.user_id).where(
    memberships.c.group_id == bindparam("of"),
    memberships.c.user_id.in_(bindparam("ids", expanding=True)),
    memberships.c.gone_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody in a group as last seen there, or, from `gone_at` on, who was in it."""

    group_id: int
    user_id: int
    card: str
    role: Role
    gone_at: datetime | None

    @property
    def is_inside(self) -> bool:
        """Tell whether they are still in."""
        return self.gone_at is None


_ROWS = Reader(Membership, memberships)
_MEMBERS = Reader(Member, memberships)


async def members(tx: Transaction, group_id: int) -> list[Member]:
    """Return who is in a group, as last seen."""
    inside = (memberships.c.group_id == group_id, memberships.c.gone_at.is_(None))
    return await _MEMBERS.all(tx, _MEMBERS.select.where(*inside))


async def presence(tx: Transaction, group_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return the QQ numbers last seen in a group, and those that were in it and are gone."""
    wanted = select(memberships.c.user_id, memberships.c.gone_at).where(memberships.c.group_id == group_id)
    found = [tuple(row) for row in await tx.execute(wanted)]
    gone = frozenset(user_id for user_id, at in found if at is not None)
    return frozenset(user_id for user_id, _ in found) - gone, gone


async def membership(tx: Transaction, group_id: int, user_id: int) -> Membership | None:
    """Return one membership, gone or not, or None."""
    where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
    return await _ROWS.one(tx, _ROWS.select.where(*where))


async def put_members(
    tx: Transaction, group_id: int, seen: Sequence[Member], at: datetime, *, whole: bool
) -> dict[int, int]:
    """Write what a reading begun `at` saw: only rows that changed; with `whole`, who is missing is gone.

    Whoever came in after it was begun may be missing from it, and stays. Costs one read and as many
    writes as there are changes, however large the group. Returns who let members in, where it is known.
    """
    known = {row[0]: tuple(row[1:]) for row in await tx.fetch(_SEEN, {"of": group_id})}
    if not whole:
        listed = {member.user_id for member in seen}
        known = {user_id: row for user_id, row in known.items() if user_id in listed}
    # Who let somebody in counts for this stay alone.
    let_in = {user_id: row[5] for user_id, row in known.items() if row[4] and row[5] is not None}
    new: dict[int, dict[str, Any]] = {}
    changed: dict[int, dict[str, Any]] = {}
    for member in seen:
        facts = (member.nickname[:200], member.card[:300], member.role.value, member.is_robot)
        before = known.pop(member.user_id, None)
        if before is not None and before[:4] == facts and before[4]:
            continue
        values = dict(zip(("nickname", "card", "role", "is_robot"), facts, strict=True))
        again = {"let_in_by": None} if before is not None and not before[4] else {}
        (new if before is None else changed)[member.user_id] = {**values, **again}
    await _write_members(tx, group_id, at, new, changed)
    gone = [user_id for user_id, before in known.items() if before[4]] if whole else []
    for start in range(0, len(gone), 500):
        part = memberships.c.user_id.in_(gone[start : start + 500])
        where = (memberships.c.group_id == group_id, memberships.c.seen_at <= at, part)
        await tx.execute(update(memberships).where(*where).values(gone_at=at))
    return let_in


async def put_entered(tx: Transaction, people: Collection[tuple[int, int]], at: datetime) -> None:
    """Note that these (group, user) are in, as plain members; whoever is known to be in stays as known."""
    blank = {"nickname": "", "card": "", "role": Role.MEMBER.value, "is_robot": False, "seen_at": at}
    rows = [{"group_id": group_id, "user_id": user_id, **blank} for group_id, user_id in sorted(set(people))]
    await tx.execute(_put_back(tx.dialect), rows)


@cache
def _put_back(dialect: str) -> Executable:
    statement = (pg_insert if dialect == "postgresql" else sqlite_insert)(memberships)
    seen = {name: statement.excluded[name] for name in ("nickname", "card", "role", "seen_at")}
    return statement.on_conflict_do_update(
        index_elements=["group_id", "user_id"],
        set_={**seen, "gone_at": None, "let_in_by": None},
        where=memberships.c.gone_at.is_not(None),
    )


async def _write_members(
    tx: Transaction,
    group_id: int,
    at: datetime,
    new: Mapping[int, Mapping[str, Any]],
    changed: Mapping[int, Mapping[str, Any]],
) -> None:
    common = {"seen_at": at, "gone_at": None}
    if new:
        rows = [{"group_id": group_id, "user_id": one, **values, **common} for one, values in new.items()]
        # Another process may have seen them a moment ago.
        await insert_new(tx, memberships, rows, on=["group_id", "user_id"])
    for user_id, values in changed.items():
        where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
        await tx.execute(update(memberships).where(*where).values(**values, **common))


async def member_gone(tx: Transaction, group_id: int, user_id: int, at: datetime) -> None:
    """Note that somebody is no longer in a group."""
    where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
    await tx.execute(update(memberships).where(*where, memberships.c.gone_at.is_(None)).values(gone_at=at))


async def gone(tx: Transaction, group_id: int, user_ids: Sequence[int]) -> set[int]:
    """Return which of these QQ numbers are known to have left a group."""
    if not user_ids:
        return set()
    found = await tx.fetch(_GONE, {"of": group_id, "ids": list(user_ids)})
    return {user_id for (user_id,) in found}


async def let_in(tx: Transaction, group_id: int, user_id: int, by: int) -> None:
    """Note who let a member in."""
    where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
    await tx.execute(update(memberships).where(*where).values(let_in_by=by))


async def groups_of(tx: Transaction, user_ids: Sequence[int], *, role: Role | None = None) -> list[int]:
    """Return the groups where any of these QQ numbers was last seen."""
    wanted = select(memberships.c.group_id).where(
        memberships.c.user_id.in_(user_ids), memberships.c.gone_at.is_(None)
    )
    if role is not None:
        wanted = wanted.where(memberships.c.role == role.value)
    return sorted(set((await tx.execute(wanted)).scalars()))


async def present(tx: Transaction, user_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Return the (group, user) of these QQ numbers wherever they were last seen."""
    found: set[tuple[int, int]] = set()
    for start in range(0, len(user_ids), 500):
        rows = await tx.execute(_PRESENT, {"ids": list(user_ids[start : start + 500])})
        found.update((row.group_id, row.user_id) for row in rows)
    return found


async def in_filed_group(tx: Transaction, user_id: int) -> bool:
    """Tell whether this QQ number was last seen in a group with an approved filing."""
    wanted = (
        select(memberships.c.group_id)
        .join(filings, filings.c.group_id == memberships.c.group_id)
        .where(
            memberships.c.user_id == user_id, memberships.c.gone_at.is_(None), filings.c.state == "approved"
        )
    )
    return (await tx.execute(wanted.limit(1))).first() is not None
