"""Who is and was in which group, as last seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, select, update

from db.engine import Transaction
from db.tables.groups import filings, memberships
from db.values import Reader
from db.writing.bulk import change, insertion
from db.writing.made_once import insert_for
from db.writing.parts import in_parts
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
    memberships.c.touched,
).where(memberships.c.group_id == bindparam("of"))
_SEEN_AMONG = _SEEN.where(memberships.c.user_id.in_(bindparam("ids", expanding=True)))
_SEEN_TOUCHED = _SEEN.where(memberships.c.touched)
_GONE = select(memberships.c.user_id).where(
    memberships.c.group_id == bindparam("of"),
    memberships.c.user_id.in_(bindparam("ids", expanding=True)),
    memberships.c.gone_at.is_not(None),
)
# What is written of each member, and how the rows are known.
_FACTS = ("nickname", "card", "role", "is_robot")
_KEY = ("group_id", "user_id")


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
_INSIDE = _MEMBERS.select.where(memberships.c.group_id == bindparam("of"), memberships.c.gone_at.is_(None))


async def members(tx: Transaction, group_id: int) -> list[Member]:
    """Return who is in a group, as last seen."""
    return await _MEMBERS.all(tx, _INSIDE, {"of": group_id})


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


@dataclass(frozen=True, slots=True)
class _Known:
    """A row as it stands: what is said of a member, whether they are in, by whom they were let in."""

    facts: tuple[str, str, str, bool]
    is_in: bool
    let_in_by: int | None
    touched: bool


async def put_members(
    tx: Transaction,
    group_id: int,
    seen: Sequence[Member],
    at: datetime,
    *,
    whole: bool,
    news: Collection[int] | None = None,
    compared: bool = False,
) -> dict[int, int]:
    """Write what a reading begun `at` saw: only rows that changed; with `whole`, who is missing is gone.

    Whoever came in after it was begun may be missing from it, and stays. Costs one read and as many
    writes as there are changes, however large the group. `news`: the only ones, seen or missing, whose rows
    may be other than at the last whole reading, besides those written since. `compared`: this is a whole
    reading that is kept for the next to be compared with (`settled`); what anything else writes is compared
    anew. Returns who let members in, where it is known and may matter.
    """
    known = await _known(tx, group_id, seen if news is None and not whole else None, news)
    let_in = {
        user_id: row.let_in_by for user_id, row in known.items() if row.is_in and row.let_in_by is not None
    }
    if news is not None:
        looked_at = known.keys() | news
        seen = [member for member in seen if member.user_id in looked_at]
    new: list[Sequence[Any]] = []
    changed: list[Sequence[Any]] = []
    again: list[Sequence[Any]] = []
    as_seen: list[int] = []
    for member in seen:
        user_id = member.user_id
        facts = (member.nickname[:200], member.card[:300], member.role.value, member.is_robot)
        before = known.pop(user_id, None)
        if before is None:
            new.append((*facts, at, None, not compared, group_id, user_id))
        elif not before.is_in:
            again.append((*facts, at, None, not compared, None, group_id, user_id))
        elif before.facts != facts:
            changed.append((*facts, at, None, not compared, group_id, user_id))
        elif before.touched:
            as_seen.append(user_id)
    await _write_members(tx, new, changed, again)
    if whole:
        await _gone(tx, group_id, at, [one for one, row in known.items() if row.is_in], touched=not compared)
    if compared:
        out = [user_id for user_id, row in known.items() if row.touched and not row.is_in]
        await _compared(tx, group_id, out, memberships.c.gone_at.is_not(None))
        await _compared(tx, group_id, as_seen, memberships.c.gone_at.is_(None))
    return let_in


async def _known(
    tx: Transaction, group_id: int, seen: Sequence[Member] | None, news: Collection[int] | None
) -> dict[int, _Known]:
    """Return the rows to compare: of those seen, of the news and what was touched, or all."""
    given = {"of": group_id}
    if seen is None and news is None:
        rows = list(await tx.fetch(_SEEN, given))
    else:
        ids = [member.user_id for member in seen] if seen is not None else list(news or ())
        rows = [] if seen is not None else list(await tx.fetch(_SEEN_TOUCHED, given))
        for part in in_parts(ids):
            rows += await tx.fetch(_SEEN_AMONG, {**given, "ids": part})
    return {row[0]: _Known((row[1], row[2], row[3], row[4]), row[5], row[6], row[7]) for row in rows}


async def _gone(
    tx: Transaction, group_id: int, at: datetime, user_ids: Sequence[int], *, touched: bool
) -> None:
    for part in in_parts(user_ids):
        among = memberships.c.user_id.in_(part)
        where = (memberships.c.group_id == group_id, memberships.c.seen_at <= at, among)
        await tx.execute(update(memberships).where(*where).values(gone_at=at, touched=touched))


async def _compared(
    tx: Transaction, group_id: int, user_ids: Sequence[int], still: ColumnElement[bool]
) -> None:
    """Note that a reading saw these rows to be right as they are; not those that aren't so any more."""
    for part in in_parts(user_ids):
        where = (memberships.c.group_id == group_id, memberships.c.user_id.in_(part), still)
        await tx.execute(update(memberships).where(*where).values(touched=False))


async def put_entered(tx: Transaction, people: Collection[tuple[int, int]], at: datetime) -> None:
    """Note that these (group, user) are in, as plain members; whoever is known to be in stays as known."""
    blank: dict[str, Any] = {"nickname": "", "card": "", "role": Role.MEMBER.value, "is_robot": False}
    blank |= {"seen_at": at, "touched": True}
    rows = [{"group_id": group_id, "user_id": user_id, **blank} for group_id, user_id in sorted(set(people))]
    await tx.execute(_put_back(tx.dialect), rows)


@cache
def _put_back(dialect: str) -> Executable:
    statement = insert_for(dialect)(memberships)
    seen = {name: statement.excluded[name] for name in ("nickname", "card", "role", "seen_at")}
    return statement.on_conflict_do_update(
        index_elements=["group_id", "user_id"],
        set_={**seen, "gone_at": None, "let_in_by": None, "touched": True},
        where=memberships.c.gone_at.is_not(None),
    )


async def _write_members(
    tx: Transaction,
    new: Sequence[Sequence[Any]],
    changed: Sequence[Sequence[Any]],
    again: Sequence[Sequence[Any]],
) -> None:
    """Write rows, each the values of its columns; whoever is in `again` was out, and let in anew."""
    names = (*_FACTS, "seen_at", "gone_at", "touched")
    if new:
        columns: dict[str, Sequence[Any]] = dict(zip((*names, *_KEY), zip(*new, strict=True), strict=True))
        # Another process may have seen them a moment ago.
        await tx.many(insertion(memberships, columns, new_by=_KEY))
    if changed:
        await tx.many(change(memberships, _KEY, names, changed))
    if again:
        await tx.many(change(memberships, _KEY, (*names, "let_in_by"), again))


async def member_gone(tx: Transaction, group_id: int, user_id: int, at: datetime) -> None:
    """Note that somebody is no longer in a group."""
    where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
    out = update(memberships).where(*where, memberships.c.gone_at.is_(None))
    await tx.execute(out.values(gone_at=at, touched=True))


async def gone(tx: Transaction, group_id: int, user_ids: Sequence[int]) -> set[int]:
    """Return which of these QQ numbers are known to have left a group."""
    if not user_ids:
        return set()
    found = await tx.fetch(_GONE, {"of": group_id, "ids": list(user_ids)})
    return {user_id for (user_id,) in found}


async def let_in(tx: Transaction, group_id: int, user_id: int, by: int) -> None:
    """Note who let a member in."""
    where = (memberships.c.group_id == group_id, memberships.c.user_id == user_id)
    await tx.execute(update(memberships).where(*where).values(let_in_by=by, touched=True))


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
    for part in in_parts(user_ids):
        rows = await tx.execute(_PRESENT, {"ids": part})
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
