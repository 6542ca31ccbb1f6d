"""Identities, failed proofs, and locks."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, func, insert, select, update

from db.engine import Transaction
from db.queries.people import contests
from db.tables.groups import memberships
from db.tables.identities import identities, locks, proof_attempts
from db.values import Reader, Seen
from db.writing import bulk
from db.writing.made_once import insert_for
from db.writing.parts import in_parts
from db.writing.upsert import upsert
from regulation.claims.identity import ContestedIdentity, Identity

_PART = 2000


@dataclass(frozen=True, slots=True)
class Bound:
    """A QQ number bound to an employee. `verified_by`: who said so."""

    user_id: int
    employee_no: str
    method: str
    verified_at: datetime
    verified_by: str | None


_BOUND = Reader(Bound, identities)
_ROWS_OF = _BOUND.select.where(identities.c.user_id.in_(bindparam("ids", expanding=True)))
_THEIRS = _BOUND.select.where(identities.c.employee_no.in_(bindparam("numbers", expanding=True)))
_GROUPS_WITH = (
    select(memberships.c.group_id)
    .where(memberships.c.user_id.in_(bindparam("ids", expanding=True)), memberships.c.gone_at.is_(None))
    .distinct()
)
# Running locks of any of these subjects, or of whatever employee number.
LOCKED = select(locks.c.subject).where(
    locks.c.subject.in_(bindparam("subjects", expanding=True)) | locks.c.subject.startswith("no:"),
    locks.c.until > bindparam("now"),
)
# Which QQ numbers are bound to any of these employees.
BOUND_TO = select(identities.c.employee_no, identities.c.user_id).where(
    identities.c.employee_no.in_(bindparam("numbers", expanding=True))
)


def _as_identity(row: Bound, contested: Collection[int]) -> Identity:
    kind = ContestedIdentity if row.user_id in contested else Identity
    return kind(row.user_id, row.employee_no, row.method, row.verified_at)


async def load_all(tx: Transaction, seen: Seen | None = None) -> list[Identity]:
    """Return every identity. `seen`: what they share with others (`Reader`)."""
    doubtful = await contests.contested_now(tx)
    read = _BOUND.sharing({} if seen is None else seen)
    found: list[Identity] = []
    async for part in tx.chunks(_BOUND.select, _PART):
        found += [_as_identity(read(row), doubtful) for row in part]
    return found


async def load_of(tx: Transaction, employee_nos: Iterable[str]) -> list[Identity]:
    """Return the identities of these employees."""
    wanted = sorted(set(employee_nos))
    found: list[Identity] = []
    doubtful = await contests.contested_now(tx)
    for part in in_parts(wanted):
        theirs = await _BOUND.all(tx, _THEIRS, {"numbers": part})
        found += [_as_identity(row, doubtful) for row in theirs]
    return found


async def get(tx: Transaction, user_id: int) -> Identity | None:
    """Return the identity of one QQ number, or None."""
    found = await _BOUND.one(tx, _ROWS_OF, {"ids": [user_id]})
    return None if found is None else _as_identity(found, await contests.contested_now(tx))


async def methods(
    tx: Transaction, employee_nos: Collection[str] | None = None, user_ids: Collection[int] = ()
) -> AsyncIterator[Sequence[Any]]:
    """Give (QQ number, employee number, method) of every identity in parts.

    With `employee_nos`: only theirs and those of `user_ids`; one may come twice.
    """
    wanted = select(identities.c.user_id, identities.c.employee_no, identities.c.method)
    if employee_nos is None:
        async for part in tx.chunks(wanted, _PART):
            yield part
        return
    for column, among in ((identities.c.employee_no, employee_nos), (identities.c.user_id, user_ids)):
        async for part in tx.chunks(wanted.where(bulk.among(column, among, tx.dialect)), _PART):
            yield part


async def bound_to(tx: Transaction, user_ids: Sequence[int]) -> list[Bound]:
    """Return to whom these QQ numbers are bound, those that are."""
    found: list[Bound] = []
    for part in in_parts(user_ids):
        found += await _BOUND.all(tx, _ROWS_OF, {"ids": part})
    return found


async def put(tx: Transaction, user_id: int, employee_no: str, method: str, at: datetime, by: str) -> None:
    """Bind a QQ number to an employee, in place of whomever it was bound to. `by`: who said so."""
    row = {"user_id": user_id, "employee_no": employee_no}
    row |= {"method": method, "verified_at": at, "verified_by": by}
    await upsert(tx, identities, row, on=["user_id"])


async def put_proved(
    tx: Transaction, proved: Mapping[int, str], at: datetime, by: Mapping[int, str]
) -> list[int]:
    """Bind QQ numbers that nobody has, one an employee, by their proofs; return which those were."""
    rows = [
        {"user_id": who, "employee_no": no, "method": "proof", "verified_at": at, "verified_by": by[who]}
        for who, no in proved.items()
    ]
    return [user_id for (user_id,) in await tx.add(_put_proved(tx.dialect), rows)]


@cache
def _put_proved(dialect: str) -> Executable:
    return insert_for(dialect)(identities).on_conflict_do_nothing().returning(identities.c.user_id)


async def insert_many(tx: Transaction, rows: Sequence[Bound]) -> None:
    """Add identities: all of them."""
    if rows:
        columns = {one.name: [getattr(row, one.name) for row in rows] for one in fields(Bound)}
        await tx.many(bulk.insertion(identities, columns))


async def delete_many(tx: Transaction, user_ids: Sequence[int]) -> None:
    """Unbind these QQ numbers."""
    for part in in_parts(user_ids):
        await tx.execute(delete(identities).where(identities.c.user_id.in_(part)))


async def delete_of(tx: Transaction, employee_nos: Sequence[str]) -> list[int]:
    """Unbind every QQ number of these employees; return them."""
    gone: list[int] = []
    for part in in_parts(employee_nos):
        theirs = delete(identities).where(identities.c.employee_no.in_(part))
        gone += (await tx.execute(theirs.returning(identities.c.user_id))).scalars()
    return gone


async def delete_listed(tx: Transaction, bound: Sequence[tuple[int, str]]) -> list[int]:
    """Unbind these (QQ number, employee number) where that still stands, by a roster; return which."""
    gone: list[int] = []
    for part in map(dict, in_parts(bound)):
        same = [
            row.user_id
            for row in await bound_to(tx, list(part))
            if (row.employee_no, row.method) == (part[row.user_id], "roster")
        ]
        await delete_many(tx, same)
        gone += same
    return gone


async def groups_with(tx: Transaction, user_ids: Collection[int]) -> set[int]:
    """Return the groups where any of these QQ numbers is."""
    found: set[int] = set()
    for part in in_parts(sorted(user_ids)):
        found.update((await tx.execute(_GROUPS_WITH, {"ids": part})).scalars())
    return found


async def groups_with_anyone(tx: Transaction) -> set[int]:
    """Return every group that anybody was seen in and not seen leaving."""
    wanted = select(memberships.c.group_id).where(memberships.c.gone_at.is_(None)).distinct()
    return set((await tx.execute(wanted)).scalars())


async def add_attempt(
    tx: Transaction, user_id: int, employee_no: str | None, source: str, at: datetime
) -> None:
    """Count one failed proof."""
    row = {"at": at, "user_id": user_id, "employee_no": employee_no, "source": source}
    await tx.execute(insert(proof_attempts).values(**row))


async def attempts_of_qq(tx: Transaction, user_id: int, since: datetime) -> int:
    """Return how many proofs of this QQ number failed after `since`."""
    where = (proof_attempts.c.user_id == user_id, proof_attempts.c.at > since)
    return (await tx.execute(select(func.count()).select_from(proof_attempts).where(*where))).scalar_one()


async def attempts_of_employee(tx: Transaction, employee_no: str, since: datetime) -> int:
    """Return how many proofs for this employee number failed after `since`."""
    where = (proof_attempts.c.employee_no == employee_no, proof_attempts.c.at > since)
    return (await tx.execute(select(func.count()).select_from(proof_attempts).where(*where))).scalar_one()


async def lock(tx: Transaction, subject: str, until: datetime) -> None:
    """Lock `subject` (`qq:123`, `no:A001`) until a moment."""
    changed = await tx.execute(update(locks).where(locks.c.subject == subject).values(until=until))
    if changed.rowcount == 0:
        await tx.execute(insert(locks).values(subject=subject, until=until))


async def unlock(tx: Transaction, subjects: Sequence[str]) -> None:
    """Lift locks."""
    await tx.execute(delete(locks).where(locks.c.subject.in_(subjects)))


async def running_locks(tx: Transaction, subjects: Sequence[str], now: datetime) -> set[str]:
    """Return those of `subjects` that are locked now."""
    wanted = select(locks.c.subject).where(locks.c.subject.in_(subjects), locks.c.until > now)
    return set((await tx.execute(wanted)).scalars())


async def locked(tx: Transaction, subjects: Sequence[str], now: datetime) -> set[str]:
    """Return those of `subjects` that are locked now, and every employee number that is (`no:A001`)."""
    return set((await tx.execute(LOCKED, {"subjects": list(subjects), "now": now})).scalars())
