"""The history of offices: owner and admins of each group, as read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from db.engine import Transaction
from db.tables.groups import offices
from db.writing.bulk import columns_of, insertion
from regulation.groups.offices import Office
from regulation.model import Role

_EVER = (
    select(offices.c.user_id, offices.c.role, offices.c.since, offices.c.until)
    .where(offices.c.group_id == bindparam("of"))
    .order_by(offices.c.id)
)
_HELD = _EVER.where(offices.c.until.is_(None))


async def of_group(tx: Transaction, group_id: int, *, held: bool = False) -> tuple[Office, ...]:
    """Return who had an office in a group, ever, or (`held`) by the newest complete reading."""
    wanted = _HELD if held else _EVER
    return tuple(
        Office(user_id, Role(role), since, until)
        for user_id, role, since, until in await tx.fetch(wanted, {"of": group_id})
    )


async def begin(tx: Transaction, group_id: int, begun: Sequence[Office]) -> None:
    """Write offices that a reading showed for the first time."""
    rows = [
        {"group_id": group_id, "user_id": one.user_id, "role": one.role.value, "since": one.since}
        for one in begun
    ]
    if rows:
        await tx.many(insertion(offices, columns_of(rows)))


async def end(tx: Transaction, group_id: int, ended: Sequence[Office], last_seen: datetime) -> None:
    """Note that a reading no longer showed these offices, which `last_seen` still did."""
    for one in ended:
        where = (
            offices.c.group_id == group_id,
            offices.c.user_id == one.user_id,
            offices.c.role == one.role.value,
            offices.c.until.is_(None),
        )
        await tx.execute(update(offices).where(*where).values(until=last_seen))
