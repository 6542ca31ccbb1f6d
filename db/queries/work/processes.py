"""Which processes work on this database, which QQ accounts they hold, and which groups they share.

Who lives is told by PostgreSQL's own books: a process's locks and its name there end with its
connection. On SQLite there is one bot, and these answers are empty.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    String,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
)

from db.engine import Transaction
from db.postgres.locks import Lock, key, number_of
from db.postgres.signals import APPLICATION
from db.queries.work import switches
from db.tables.cases import cases
from db.tables.groups import filings, groups, memberships
from db.tables.identities import identities
from db.tables.registry import employees
from db.tables.work import outbox
from db.tables.work import switches as switch_rows

_REMEMBERED = "account:"
_REMEMBERED_SINCE = select(switch_rows.c.key).where(
    switch_rows.c.key.startswith(_REMEMBERED), switch_rows.c.set_at >= bindparam("since")
)
_ROLES_OF = select(memberships.c.group_id, memberships.c.role).where(
    memberships.c.user_id == bindparam("account"), memberships.c.gone_at.is_(None)
)
_OFFICERS = ("owner", "admin")
_name = column("application_name", String)
_activity = table("pg_stat_activity", column("pid", Integer), column("datname", String), _name)
_locks = table(
    "pg_locks",
    column("pid", Integer),
    column("locktype", String),
    column("objsubid", Integer),
    column("granted", Boolean),
    column("database", BigInteger),
)
# PostgreSQL shows a 64-bit key as its two halves.
_lock_key = literal_column("(classid::bigint << 32) | objid::bigint", BigInteger)
_here = literal_column("(SELECT oid FROM pg_database WHERE datname = current_database())", BigInteger)
_worker = func.substr(_activity.c.application_name, len(APPLICATION) + 1, type_=String)


async def live_workers(tx: Transaction) -> set[str] | None:
    """Return the names of the processes that are connected now; None where that can't be told (SQLite)."""
    if tx.dialect != "postgresql":
        return None
    wanted = select(_worker).where(
        _activity.c.datname == func.current_database(), _activity.c.application_name.startswith(APPLICATION)
    )
    return set((await tx.execute(wanted)).scalars())


async def holders(tx: Transaction, lock: Lock = Lock.ACCOUNT) -> dict[int, str]:
    """Return QQ account → process, for all that some process holds now, by account."""
    if tx.dialect != "postgresql":
        return {}
    wanted = (
        select(_lock_key, _worker)
        .join_from(_locks, _activity, _activity.c.pid == _locks.c.pid)
        .where(
            _locks.c.locktype == "advisory",
            _locks.c.objsubid == 1,
            _locks.c.granted,
            _locks.c.database == _here,
            _lock_key.between(key(lock), key(lock, -1)),
            _activity.c.application_name.startswith(APPLICATION),
        )
    )
    found = {number_of(lock_key): worker for lock_key, worker in await tx.rows(wanted)}
    return dict(sorted(found.items()))


async def remember(tx: Transaction, account: int, at: datetime) -> None:
    """Note that a QQ account is one of ours."""
    await switches.put(tx, f"{_REMEMBERED}{account}", True, by="bot", at=at)


async def remembered(tx: Transaction, since: datetime) -> frozenset[int]:
    """Return every QQ account that was connected to any process after `since`."""
    found = await tx.fetch(_REMEMBERED_SINCE, {"since": since})
    return frozenset(int(key.removeprefix(_REMEMBERED)) for (key,) in found)


async def shared_groups(
    tx: Transaction, mine: Collection[int], others: Collection[int]
) -> dict[int, dict[int, str]]:
    """Return group → account → role, of the groups last seen with accounts of both."""
    if not mine or not others:
        return {}
    with_mine = select(memberships.c.group_id).where(
        memberships.c.user_id.in_(mine), memberships.c.gone_at.is_(None)
    )
    with_others = select(memberships.c.group_id).where(
        memberships.c.user_id.in_(others), memberships.c.gone_at.is_(None)
    )
    wanted = select(memberships.c.group_id, memberships.c.user_id, memberships.c.role).where(
        memberships.c.user_id.in_([*mine, *others]),
        memberships.c.gone_at.is_(None),
        memberships.c.group_id.in_(with_mine),
        memberships.c.group_id.in_(with_others),
    )
    found: dict[int, dict[int, str]] = {}
    for group_id, account, role in await tx.rows(wanted):
        found.setdefault(group_id, {})[account] = role
    return found


async def roles_of(tx: Transaction, account: int) -> dict[int, str]:
    """Return group → role, of the groups that an account was last seen in."""
    found = await tx.fetch(_ROLES_OF, {"account": account})
    return {row[0]: row[1] for row in found}


async def any_in(tx: Transaction, group_id: int, accounts: Collection[int]) -> bool:
    """Tell whether any of these accounts was last seen in a group."""
    wanted = select(memberships.c.user_id).where(
        memberships.c.group_id == group_id,
        memberships.c.user_id.in_(accounts),
        memberships.c.gone_at.is_(None),
    )
    return (await tx.execute(wanted.limit(1))).first() is not None


async def departed_in_groups_of(
    tx: Transaction, accounts: Collection[int], today: date, *, limit: int
) -> list[tuple[int, int, int | None]]:
    """Return (group, QQ, open L1 case or None) of the departed whom these accounts still have to remove.

    As last stored: filed groups where the account is admin; without those whose removal was queued.
    """
    queued = exists().where(
        outbox.c.group_id == memberships.c.group_id,
        outbox.c.user_id == memberships.c.user_id,
        outbox.c.kind == "remove",
        outbox.c.state != "dropped",
    )
    case = and_(
        cases.c.group_id == memberships.c.group_id,
        cases.c.user_id == memberships.c.user_id,
        cases.c.code == "L1",
        cases.c.closed_at.is_(None),
    )
    wanted = (
        select(memberships.c.group_id, memberships.c.user_id, cases.c.id)
        .join(groups, groups.c.group_id == memberships.c.group_id)
        .join(filings, (filings.c.group_id == groups.c.group_id) & (filings.c.state == "approved"))
        .join(identities, identities.c.user_id == memberships.c.user_id)
        .join(employees, employees.c.employee_no == identities.c.employee_no)
        .outerjoin(cases, case)
        .where(
            employees.c.departed_on <= today,
            memberships.c.gone_at.is_(None),
            memberships.c.role == "member",
            groups.c.account.in_(accounts),
            groups.c.bot_role.in_(_OFFICERS),
            or_(groups.c.mode.is_(None), groups.c.mode == "执行"),
            groups.c.gone_at.is_(None),
            ~queued,
        )
        .limit(limit)
    )
    return [(group_id, user_id, case_id) for group_id, user_id, case_id in await tx.rows(wanted)]


def present(group_column: Any, accounts: Any) -> Any:
    """Return the condition that any of these accounts was last seen in a row's group."""
    return exists().where(
        memberships.c.group_id == group_column,
        memberships.c.user_id.in_(accounts),
        memberships.c.gone_at.is_(None),
    )
