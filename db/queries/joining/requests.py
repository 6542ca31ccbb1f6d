"""Join requests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, func, select, tuple_, update

from db.engine import Transaction
from db.tables.groups import memberships
from db.tables.requests import join_requests
from db.values import Reader, written
from db.writing.made_once import insert_for
from regulation.join_gate import Decision

_T = join_requests.c
# Made once: what every join request asks costs no building of statements.
_WHO = tuple_(_T.group_id, _T.user_id).in_(bindparam("who", expanding=True))
_ANSWERED = (
    update(join_requests)
    .where(_T.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="answered", settled_at=func.coalesce(_T.settled_at, bindparam("at", type_=_T.settled_at.type))
    )
)
_WAITING_OF = select(_T.id).where(_WHO, _T.state == "waiting")
_WAITING_IN = select(_T.id).where(_T.group_id == bindparam("of"), _T.state == "waiting").limit(1)
_TO_BIND = (
    select(_T.id, _T.group_id, _T.user_id, _T.employee_no)
    .where(_T.to_bind)
    .order_by(_T.id)
    .limit(bindparam("limit"))
)
# Which QQ numbers a request has proved for any of these employees, and are not bound yet.
PROVED = select(_T.employee_no, _T.user_id).where(
    _T.to_bind, _T.employee_no.in_(bindparam("numbers", expanding=True))
)
_BEING_BOUND = select(_T.user_id).where(_T.to_bind)
_BOUND = update(join_requests).where(_T.id.in_(bindparam("ids", expanding=True))).values(to_bind=False)


Name = tuple[int, int, int, str]
_NAME = ("account", "group_id", "user_id", "request_key")
_NAMED = tuple(list(join_requests.c.keys()).index(name) for name in _NAME)


class RequestState(StrEnum):
    """Where a request stands. Lapsed: given up, or asked again. Elsewhere: settled in QQ itself."""

    ANSWERING = "answering"
    WAITING = "waiting"
    ANSWERED = "answered"
    ELSEWHERE = "elsewhere"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request just judged, as it is to be stored."""

    account: int
    flag: str
    request_key: str
    group_id: int
    user_id: int
    nickname: str
    comment: str
    invitor_id: int | None
    recovered: bool
    asked_at: datetime
    seen_at: datetime
    verdict: Decision
    row: int
    reason: str
    clause: str
    inputs: Mapping[str, Any]
    employee_no: str | None
    state: RequestState
    to_bind: bool

    @property
    def name(self) -> Name:
        """Return what it is known by: account, group, person, and the key of its flag."""
        return self.account, self.group_id, self.user_id, self.request_key


@dataclass(frozen=True, slots=True)
class RequestRow(NewRequest):
    """A stored request with its verdict: decided by `row` of the table, on these `inputs` (digits masked).

    `settled_as`: how people, or QQ, answered it, where that isn't the verdict.
    """

    id: int
    settled_by: str | None
    settled_at: datetime | None
    settled_as: Decision | None


_ROWS = Reader(RequestRow, join_requests)
_BY_ID = _ROWS.select.where(_T.id == bindparam("of"))
_UNSETTLED = _ROWS.select.where(_T.state == "waiting").order_by(_T.id)


@dataclass(frozen=True, slots=True)
class Listed:
    """A stored request as lists of QQ are compared with it."""

    id: int
    account: int
    group_id: int
    user_id: int
    request_key: str
    state: RequestState
    settled_by: str | None
    seen_at: datetime


_LISTED = Reader(Listed, join_requests)
_LISTED_OF = _LISTED.select.where(
    _T.account == bindparam("of"),
    (_T.state == "waiting") | _T.request_key.in_(bindparam("keys", expanding=True)),
).order_by(_T.id)

_LISTED_BY = _LISTED.select.where(
    _T.account.in_(bindparam("accounts", expanding=True)),
    _T.request_key.in_(bindparam("keys", expanding=True)),
).order_by(_T.id)


async def add_many(tx: Transaction, made: Sequence[NewRequest]) -> dict[Name, int]:
    """Store requests with their verdicts; return the id of each new one by its name."""
    found = await tx.add(_add(tx.dialect), [written(one) for one in made])
    return {tuple(row[n] for n in _NAMED): row[0] for row in found}


@cache
def _add(dialect: str) -> Executable:
    made = insert_for(dialect)(join_requests).on_conflict_do_nothing(index_elements=_NAME)
    return made.returning(*join_requests.c)


async def being_bound(tx: Transaction) -> frozenset[int]:
    """Return the QQ numbers that a request has proved and that are not bound yet, whoever proved them."""
    return frozenset(user_id for (user_id,) in await tx.fetch(_BEING_BOUND, {}))


async def get(tx: Transaction, request_id: int) -> RequestRow | None:
    """Return one request, or None."""
    return await _ROWS.one(tx, _BY_ID, {"of": request_id})


async def waits(tx: Transaction, request_id: int) -> bool:
    """Tell whether a request waits for somebody's answer, with none on its way."""
    request = await get(tx, request_id)
    return request is not None and request.state is RequestState.WAITING


async def listed(tx: Transaction, account: int, keys: Collection[str]) -> list[Listed]:
    """Return an account's requests that bear these keys, or wait."""
    return await _LISTED.all(tx, _LISTED_OF, {"of": account, "keys": list(keys)})


async def listed_by(tx: Transaction, accounts: Collection[int], keys: Collection[str]) -> list[Listed]:
    """Return these accounts' requests that bear these keys."""
    if not accounts or not keys:
        return []
    return await _LISTED.all(tx, _LISTED_BY, {"accounts": list(accounts), "keys": list(keys)})


async def seen(tx: Transaction, request_ids: Sequence[int], at: datetime) -> None:
    """Note that QQ shows these requests waiting."""
    if request_ids:
        await tx.execute(update(join_requests).where(_T.id.in_(request_ids)).values(seen_at=at))


async def close_inside(tx: Transaction, group_id: int, read_at: datetime, now: datetime) -> None:
    """Close what waits of people who are in the group by a reading begun after they asked."""
    if not await tx.fetch(_WAITING_IN, {"of": group_id}):
        return
    inside = select(memberships.c.user_id).where(
        memberships.c.group_id == group_id, memberships.c.gone_at.is_(None)
    )
    where = (_T.group_id == group_id, _T.state == "waiting", _T.asked_at < read_at, _T.user_id.in_(inside))
    values = {"state": "elsewhere", "settled_by": "qq", "settled_at": now, "settled_as": "approve"}
    await tx.execute(update(join_requests).where(*where).values(**values))


async def was_let_in(tx: Transaction, group_id: int, user_id: int, by: str, *, since: datetime) -> None:
    """Correct what was taken for refused in QQ since a moment, before it was known that they came in.

    Only what they asked last: who was refused may have asked anew at once, and came in by that.
    """
    last = select(func.max(_T.id)).where(_T.group_id == group_id, _T.user_id == user_id)
    where = (
        _T.id == last.scalar_subquery(),
        _T.state == "elsewhere",
        _T.settled_by == "qq",
        _T.settled_as == "reject",
        _T.settled_at >= since,
    )
    await tx.execute(update(join_requests).where(*where).values(settled_by=by, settled_as="approve"))


async def is_newest(tx: Transaction, request_id: int, group_id: int, user_id: int) -> bool:
    """Tell whether this person asked nothing of this group after that request, as far as is known.

    Requests of nobody known (0) may each be somebody else's.
    """
    if not user_id:
        return True
    later = (_T.group_id == group_id, _T.user_id == user_id, _T.id > request_id)
    return (await tx.execute(select(_T.id).where(*later).limit(1))).first() is None


async def unsettled(tx: Transaction, *, take: bool = False, **where: Any) -> list[RequestRow]:
    """Return requests that wait for a human, oldest first; `where` narrows by column.

    `take`: keep others from them until this transaction ends, without those that another one has in
    hand just now (on SQLite a writing transaction is alone anyway).
    """
    wanted = _UNSETTLED
    for name, value in where.items():
        wanted = wanted.where(join_requests.c[name] == value)
    if take and tx.dialect == "postgresql":
        wanted = wanted.with_for_update(skip_locked=True)
    return await _ROWS.all(tx, wanted)


async def waiting_of(tx: Transaction, who: Collection[tuple[int, int]]) -> list[int]:
    """Return the ids of the waiting requests of these (group, user)."""
    return list((await tx.execute(_WAITING_OF, {"who": list(who)})).scalars())


async def settle(tx: Transaction, request_id: int, *, state_was: str = "waiting", **values: Any) -> bool:
    """Change a request's columns if it is still in `state_was`; return whether it was: once, by one."""
    where = (join_requests.c.id == request_id, join_requests.c.state == state_was)
    return (await tx.execute(update(join_requests).where(*where).values(**values))).rowcount == 1


async def lapse(tx: Transaction, request_id: int, at: datetime, *, state_was: str) -> None:
    """Give a request up for the next one of its person, if it is still in `state_was`."""
    await settle(tx, request_id, state_was=state_was, state="lapsed", settled_by="bot", settled_at=at)


async def change(tx: Transaction, request_id: int, **values: Any) -> None:
    """Change a request's columns."""
    await tx.execute(update(join_requests).where(join_requests.c.id == request_id).values(**values))


async def answered(tx: Transaction, request_ids: Sequence[int], at: datetime) -> None:
    """Note that these requests were answered; those a human settled keep the time of that."""
    await tx.change(_ANSWERED, {"ids": list(request_ids), "at": at})


async def to_bind(tx: Transaction, limit: int) -> list[tuple[int, int, int, str | None]]:
    """Return (id, group, user, employee number) of requests whose proved identity isn't bound yet."""
    return [(no, group, user, who) for no, group, user, who in await tx.fetch(_TO_BIND, {"limit": limit})]


async def bound(tx: Transaction, request_ids: Sequence[int]) -> None:
    """Note that nothing is to be bound for these requests any more."""
    await tx.change(_BOUND, {"ids": list(request_ids)})


async def newest_of(tx: Transaction, user_id: int) -> RequestRow | None:
    """Return the newest request of one person, or None."""
    return await _ROWS.one(tx, _ROWS.select.where(_T.user_id == user_id).order_by(_T.id.desc()).limit(1))


async def approved_since(tx: Transaction, group_id: int, user_id: int, since: datetime) -> RequestRow | None:
    """Return the newest request of this person that we approved or are approving since a moment, or None."""
    wanted = _ROWS.select.where(
        join_requests.c.group_id == group_id,
        join_requests.c.user_id == user_id,
        join_requests.c.asked_at >= since,
        join_requests.c.state.in_(("answering", "answered")),
        (join_requests.c.settled_as == "approve")
        | (join_requests.c.settled_as.is_(None) & (join_requests.c.verdict == "approve")),
    )
    return await _ROWS.one(tx, wanted.order_by(_T.id.desc()).limit(1))


async def settled_about(
    tx: Transaction, group_id: int, user_id: int, when: datetime, margin: timedelta
) -> bool:
    """Tell whether a request of this person for this group was settled within `margin` of a moment."""
    wanted = select(join_requests.c.id).where(
        join_requests.c.group_id == group_id,
        join_requests.c.user_id == user_id,
        join_requests.c.settled_at.between(when - margin, when + margin),
    )
    return (await tx.execute(wanted.limit(1))).first() is not None
