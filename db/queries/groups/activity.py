"""Which groups had messages on which days: one bit, no text."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, delete, func, select

from db.engine import Transaction
from db.tables.groups import activity
from db.writing.bulk import columns_of, insertion

_DAYS = (
    select(activity.c.group_id, func.count().label("n"))
    .where(activity.c.day >= bindparam("since"))
    .group_by(activity.c.group_id)
)
_DAYS_OF = _DAYS.where(activity.c.group_id.in_(bindparam("ids", expanding=True)))


async def note(tx: Transaction, seen: Iterable[tuple[int, date]]) -> None:
    """Note that these groups had messages on these days."""
    rows = [{"group_id": group_id, "day": day} for group_id, day in seen]
    await tx.many(insertion(activity, columns_of(rows), new_by=("group_id", "day")))


async def active_days(tx: Transaction, group_ids: Sequence[int] | None, since: date) -> dict[int, int]:
    """Return on how many days since `since` (inclusive) each group had messages."""
    if group_ids is not None and len(group_ids) <= 500:
        found = await tx.fetch(_DAYS_OF, {"since": since, "ids": list(group_ids)})
    else:
        found = await tx.fetch(_DAYS, {"since": since})
    return {row[0]: row[1] for row in found}


async def forget_before(tx: Transaction, day: date) -> None:
    """Delete the bits of days before `day`."""
    await tx.execute(delete(activity).where(activity.c.day < day))
