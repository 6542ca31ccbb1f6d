"""Rows of the outbox, and the counters of what implementations said and what became true."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, bindparam, or_, select, update

from db.engine import Transaction
from db.queries.work.processes import present
from db.tables.work import counters, outbox, outbox_cases, switches
from db.values import Reader
from db.writing.bulk import columns_of, insertion
from db.writing.made_once import as_new, insert_for, insert_unless, update_where
from db.writing.parts import in_parts

SKEW = timedelta(minutes=1)
_IN_HAND = ("claimed", "verifying")
_Numbers = Sequence[int]
_MINE = (
    outbox.c.id == bindparam("of"),
    outbox.c.claimed_by == bindparam("worker"),
    outbox.c.state.in_(_IN_HAND),
)
_ALL_MINE = (outbox.c.id.in_(bindparam("ids", expanding=True)), *_MINE[1:])
_CASES = (
    select(outbox_cases.c.outbox_id, outbox_cases.c.case_id)
    .where(outbox_cases.c.outbox_id.in_(bindparam("ids", expanding=True)))
    .order_by(outbox_cases.c.case_id)
)
_PAUSED = select(switches.c.value).where(switches.c.key == "paused")


class ActKind(StrEnum):
    """What can be done in QQ."""

    ANSWER_REQUEST = "answer_request"
    ANSWER_INVITE = "answer_invite"
    ANSWER_FRIEND = "answer_friend"
    REMOVE = "remove"
    SET_CARD = "set_card"
    SEND_GROUP = "send_group"
    SEND_PRIVATE = "send_private"
    SEND_FILE = "send_file"
    GROUP_NOTICE = "group_notice"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One row, as the sender claimed it. `attempts`: how often it was tried before this time."""

    id: int
    kind: ActKind
    account: int | None
    group_id: int | None
    user_id: int | None
    payload: Mapping[str, Any]
    priority: int
    deadline: datetime | None
    made_at: datetime
    acted_at: datetime | None
    attempts: int
    key: str | None = None
    attachment: bytes | None = field(default=None, repr=False)
    case_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a row in hand since when, and by which account it was tried, if it was."""

    id: int
    claimed_by: str | None
    claimed_at: datetime | None
    acted_by: int | None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that was given up, and why."""

    id: int
    kind: ActKind
    payload: Mapping[str, Any]
    result: str | None


_ROWS = Reader(OutboxRow, outbox, but="case_ids")
_HELD = Reader(Held, outbox)
_UNDELIVERED = Reader(Undelivered, outbox)
_DEAD = _UNDELIVERED.select.where(
    outbox.c.state == "dead",
    outbox.c.escalated_at.is_(None),
    outbox.c.kind.in_(bindparam("kinds", expanding=True)),
).order_by(outbox.c.id)
_HOLDERS, _IN_HANDS = (
    one.select.where(outbox.c.state.in_(_IN_HAND)).order_by(outbox.c.id) for one in (_HELD, _ROWS)
)


async def add(tx: Transaction, row: Mapping[str, Any], case_ids: Sequence[int]) -> int:
    """Write one row; return 1, or 0 when one with its key is there already."""
    new = await tx.add(_add_many(tx.dialect), [row])
    if not new:
        return 0
    if case_ids:
        links = [{"outbox_id": new[0][1], "case_id": case_id} for case_id in dict.fromkeys(case_ids)]
        await tx.many(insertion(outbox_cases, columns_of(links)))
    return 1


async def add_many(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Write rows that all have a key and no cases; return the ids of the new ones by key."""
    return {row[0]: row[1] for row in await tx.add(_add_many(tx.dialect), rows)}


def add_last(
    tx: Transaction, rows: Sequence[Mapping[str, Any]], then: Callable[[Mapping[str, int]], None]
) -> None:
    """Write such rows with the commit; `then` gets the ids of the new ones by key."""
    tx.add_last(_add_many(tx.dialect), rows, lambda found: then({row[0]: row[1] for row in found}))


@cache
def _add_many(dialect: str) -> Executable:
    return insert_unless(dialect, outbox, ("key",)).returning(outbox.c.key, outbox.c.id)


async def is_paused(tx: Transaction) -> bool:
    """Tell whether `暂停` is on."""
    return any(value is True for (value,) in await tx.fetch(_PAUSED, {}))


def due_at(now: Any, ahead: Any) -> ColumnElement[bool]:
    """Return the condition of a row that may be acted on now.

    Also of one that was due before the clock was set back: made for at once, or claimed, in what
    is now the future (by more than two hosts' clocks may differ: `ahead` is `now` and `SKEW`).
    """
    at_once = and_(outbox.c.made_at > now, outbox.c.not_before <= outbox.c.made_at)
    due = or_(outbox.c.not_before <= now, at_once, outbox.c.claimed_at > ahead)
    return and_(outbox.c.state == "waiting", due)


_LANES = select(outbox.c.lane).where(due_at(bindparam("now"), bindparam("ahead"))).distinct()


async def waiting_lanes(tx: Transaction, now: datetime) -> set[str]:
    """Return the lanes in which something is due."""
    return {lane for (lane,) in await tx.fetch(_LANES, {"now": now, "ahead": now + SKEW})}


@dataclass(frozen=True, slots=True)
class Mine:
    """The condition of the rows for an account, one of two that are made once, and what it is given."""

    condition: ColumnElement[bool]
    given: Mapping[str, Any]


def route(account: int, serves: _Numbers, known: _Numbers, others: _Numbers, friends: _Numbers = ()) -> Mine:
    """Return the condition of the rows for an account: its own, those of groups it serves, its people.

    `serves`: groups this account serves; `known`: groups any connected account serves; `others`: accounts of
    ours that are nearer to the people of their groups; `friends`: whom this one is nearest to all the same.
    """
    given = {"to": account, "serves": list(serves), "known": list(known)}
    if not others and not friends:
        return Mine(_ROUTE, given)
    return Mine(_ROUTE_BESIDE, {**given, "others": list(others), "friends": list(friends)})


def _route(*, beside: bool) -> ColumnElement[bool]:
    known = bindparam("known", type_=outbox.c.group_id.type, expanding=True)
    serves = bindparam("serves", type_=outbox.c.group_id.type, expanding=True)
    to_person = and_(outbox.c.user_id.is_not(None), outbox.c.lane == "message")
    personal = and_(to_person, outbox.c.group_id.not_in(known))
    if beside:
        friends = bindparam("friends", type_=outbox.c.user_id.type, expanding=True)
        personal = and_(personal, ~present(outbox.c.group_id, bindparam("others", expanding=True)))
        personal = or_(personal, and_(to_person, outbox.c.user_id.in_(friends)))
    anyone = or_(outbox.c.group_id.is_(None), outbox.c.group_id.in_(serves), personal)
    return or_(outbox.c.account == bindparam("to"), and_(outbox.c.account.is_(None), anyone))


_ROUTE, _ROUTE_BESIDE = _route(beside=False), _route(beside=True)


async def claim(
    tx: Transaction,
    *,
    lane: str,
    mine: Mine,
    worker: str,
    now: datetime,
    limit: int = 1,
    ids: Sequence[int] | None = None,
) -> list[OutboxRow]:
    """Claim the most urgent rows due: by priority, then the earliest deadline, then age.

    `mine`: the `route` of an account. `ids`: only these rows. Walks one index.
    """
    among = {} if ids is None else {"ids": list(ids)}
    given = {"now": now, "ahead": now + SKEW, "queue": lane, "worker": worker, "most": limit}
    wanted = _claim(tx.dialect, mine.condition, ids is not None)
    found = await tx.fetch(wanted, {**mine.given, **given, **among})
    found = sorted(found, key=lambda row: (row[-2], row[-1], row[0]))
    return await _with_cases(tx, [_ROWS.read(row[:-2]) for row in found])


@cache
def _claim(dialect: str, mine: ColumnElement[bool], among: bool) -> Executable:
    now = bindparam("now", type_=outbox.c.not_before.type)
    due = select(outbox.c.id).where(
        due_at(now, bindparam("ahead")), outbox.c.lane == bindparam("queue"), mine
    )
    if among:
        due = due.where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    due = due.order_by(outbox.c.priority, outbox.c.order_at, outbox.c.id).limit(bindparam("most"))
    if dialect == "postgresql":
        due = due.with_for_update(skip_locked=True)
    # Chosen and locked first, once: PostgreSQL might run a mere subquery again for every row.
    chosen = due.cte("chosen")
    taken = update(outbox).where(outbox.c.id.in_(select(chosen.c.id)))
    taken = taken.values(state="claimed", claimed_by=bindparam("worker"), claimed_at=now)
    return taken.returning(*_ROWS.columns, outbox.c.priority, outbox.c.order_at)


async def _with_cases(tx: Transaction, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    if not rows:
        return []
    linked: dict[int, tuple[int, ...]] = {}
    for row_id, case_id in await tx.fetch(_CASES, {"ids": [row.id for row in rows]}):
        linked[row_id] = (*linked.get(row_id, ()), case_id)
    return [replace(row, case_ids=linked[row.id]) if row.id in linked else row for row in rows]


async def change(tx: Transaction, row_id: int, worker: str, **values: Any) -> bool:
    """Change a row this worker has in hand; return whether it still had it."""
    wanted = update_where(outbox, _MINE, tuple(values))
    return await tx.change(wanted, {"of": row_id, "worker": worker, **as_new(values)}) == 1


async def end_many(tx: Transaction, row_ids: Sequence[int], worker: str, **values: Any) -> set[int]:
    """Change rows this worker has in hand alike; return the ids of those it still had."""
    given = {"ids": list(row_ids), "worker": worker, **as_new(values)}
    wanted = update_where(outbox, _ALL_MINE, tuple(values), outbox.c.id)
    return {row_id for (row_id,) in await tx.fetch(wanted, given)}


async def in_hand(tx: Transaction) -> list[tuple[Held, OutboxRow]]:
    """Return every row that some worker has in hand, oldest first, with who that is."""
    if not (holders := await _HELD.all(tx, _HOLDERS, {})):
        return []
    rows = await _with_cases(tx, await _ROWS.all(tx, _IN_HANDS, {}))
    return list(zip(holders, rows, strict=True))


async def take_over(tx: Transaction, row_id: int, dead: str | None, worker: str, now: datetime) -> bool:
    """Put a dead worker's row into `worker`'s hands; return whether it was still the dead one's."""
    owner = outbox.c.claimed_by.is_(None) if dead is None else outbox.c.claimed_by == dead
    theirs = (outbox.c.id == row_id, owner, outbox.c.state.in_(_IN_HAND))
    taken = update(outbox).where(*theirs).values(claimed_by=worker, claimed_at=now)
    return (await tx.execute(taken)).rowcount == 1


async def dead_and_untold(tx: Transaction, kinds: Sequence[str]) -> list[Undelivered]:
    """Return dead messages of these kinds that nobody was told of, oldest first."""
    return await _UNDELIVERED.all(tx, _DEAD, {"kinds": list(kinds)})


async def told(tx: Transaction, row_ids: Sequence[int], at: datetime) -> None:
    """Note that these rows' failure was told."""
    for part in in_parts(row_ids):
        await tx.execute(update(outbox).where(outbox.c.id.in_(part)).values(escalated_at=at))


async def count_effect(tx: Transaction, app_name: str, action: str, effect: str, n: int = 1) -> None:
    """Count what became of a call. `effect`: ok | ineffective (said ok, did nothing) | error | timeout."""
    name = f"{app_name}|{action}|{effect}"[:120]
    await tx.change(_count(tx.dialect), {"called": name, "more": n})


@cache
def _count(dialect: str) -> Executable:
    new = insert_for(dialect)(counters).values(name=bindparam("called"), n=bindparam("more"))
    return new.on_conflict_do_update(index_elements=["name"], set_={"n": counters.c.n + new.excluded.n})


async def effect_counts(tx: Transaction) -> dict[tuple[str, str], dict[str, int]]:
    """Return (app name, action) → effect → how often, as `count_effect` counted them."""
    totals: dict[tuple[str, str], dict[str, int]] = {}
    for name, n in await tx.rows(select(counters.c.name, counters.c.n).order_by(counters.c.name)):
        parts = str(name).split("|")
        if len(parts) == 3:
            totals.setdefault((parts[0], parts[1]), {})[parts[2]] = n
    return totals
