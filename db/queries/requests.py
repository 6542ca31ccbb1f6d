"""Join requests."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.requests import join_requests


async def add(tx: Transaction, row: Mapping[str, Any]) -> int | None:
    """Store a request with its verdict; return its id, or None when (account, flag) is there already."""
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    statement = make(join_requests).values(**row)
    statement = statement.on_conflict_do_nothing(index_elements=["account", "flag"])
    return (await tx.execute(statement.returning(join_requests.c.id))).scalar_one_or_none()


async def get(tx: Transaction, request_id: int) -> dict[str, Any] | None:
    """Return one request's row, or None."""
    found = await tx.execute(select(join_requests).where(join_requests.c.id == request_id))
    row = found.mappings().one_or_none()
    return None if row is None else dict(row)


async def known_flags(tx: Transaction, flags: Sequence[str]) -> set[tuple[int, str]]:
    """Return (account, flag) of those among `flags` that are stored."""
    wanted = select(join_requests.c.account, join_requests.c.flag).where(join_requests.c.flag.in_(flags))
    return {(account, flag) for account, flag in await tx.rows(wanted)}


async def oldest_of(tx: Transaction, account: int, flags: Collection[str]) -> datetime | None:
    """Return when the oldest of an account's requests with these flags was asked, or None."""
    columns = join_requests.c
    wanted = select(func.min(columns.asked_at)).where(columns.account == account, columns.flag.in_(flags))
    return (await tx.execute(wanted)).scalar_one()


async def unsettled(tx: Transaction, *, take: bool = False, **where: Any) -> list[dict[str, Any]]:
    """Return requests that wait for a human, oldest first; `where` narrows by column.

    `take`: keep others from them until this transaction ends, without those that another one has in
    hand just now (on SQLite a writing transaction is alone anyway).
    """
    wanted = select(join_requests).where(join_requests.c.state == "waiting")
    for name, value in where.items():
        wanted = wanted.where(join_requests.c[name] == value)
    if take and tx.dialect == "postgresql":
        wanted = wanted.with_for_update(skip_locked=True)
    found = await tx.execute(wanted.order_by(join_requests.c.id))
    return [dict(row) for row in found.mappings()]


async def settle(tx: Transaction, request_id: int, *, state_was: str = "waiting", **values: Any) -> bool:
    """Change a request's columns if it is still in `state_was`; return whether it was: once, by one."""
    where = (join_requests.c.id == request_id, join_requests.c.state == state_was)
    return (await tx.execute(update(join_requests).where(*where).values(**values))).rowcount == 1


async def change(tx: Transaction, request_id: int, **values: Any) -> None:
    """Change a request's columns."""
    await tx.execute(update(join_requests).where(join_requests.c.id == request_id).values(**values))


async def count_since(tx: Transaction, group_id: int, since: datetime) -> int:
    """Return how many requests one group got since a moment."""
    wanted = select(func.count()).where(
        join_requests.c.group_id == group_id, join_requests.c.asked_at >= since
    )
    return (await tx.execute(wanted)).scalar_one()


async def open_of(tx: Transaction, group_id: int, user_id: int) -> list[dict[str, Any]]:
    """Return the requests of one person for one group that wait or are being answered."""
    wanted = select(join_requests).where(
        join_requests.c.group_id == group_id,
        join_requests.c.user_id == user_id,
        join_requests.c.state.in_(("waiting", "answering")),
    )
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def told_by_another(
    tx: Transaction, group_id: int, user_id: int, account: int, since: datetime
) -> bool:
    """Tell whether another account of ours in the group told of this person's open request since a moment."""
    found = await open_of(tx, group_id, user_id)
    return any(row["account"] != account and row["asked_at"] > since for row in found)


async def newest_of(tx: Transaction, user_id: int) -> dict[str, Any] | None:
    """Return the newest request of one person, or None."""
    wanted = select(join_requests).where(join_requests.c.user_id == user_id)
    row = (await tx.execute(wanted.order_by(join_requests.c.id.desc()).limit(1))).mappings().one_or_none()
    return None if row is None else dict(row)


async def approved_since(
    tx: Transaction, group_id: int, user_id: int, since: datetime
) -> dict[str, Any] | None:
    """Return the newest request of this person that we approved or are approving since a moment, or None."""
    wanted = select(join_requests).where(
        join_requests.c.group_id == group_id,
        join_requests.c.user_id == user_id,
        join_requests.c.asked_at >= since,
        join_requests.c.state.in_(("answering", "answered")),
        (join_requests.c.settled_as == "approve")
        | (join_requests.c.settled_as.is_(None) & (join_requests.c.verdict == "approve")),
    )
    row = (await tx.execute(wanted.order_by(join_requests.c.id.desc()).limit(1))).mappings().one_or_none()
    return None if row is None else dict(row)


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
