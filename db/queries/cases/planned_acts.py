"""Acts that a plan chose and that can be planned anew: removals, card changes, card reminders."""

from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update

from db.engine import Transaction
from db.tables.cases import case_notices, cases
from db.tables.groups import groups
from db.tables.work import outbox, outbox_cases

_KINDS = ("remove", "set_card")
_REMINDER = 40


async def drop_waiting(tx: Transaction, at: datetime, why: str, *, group_id: int | None = None) -> int:
    """Drop the planned acts of cases (in one group, or all) that nobody has begun; return how many."""
    planned = and_(
        outbox.c.state == "waiting",
        or_(outbox.c.kind.in_(_KINDS), outbox.c.priority == _REMINDER),
        outbox.c.id.in_(select(outbox_cases.c.outbox_id)),
    )
    if group_id is not None:
        planned = and_(planned, outbox.c.group_id == group_id)
    # Their key goes, so that the same act can be planned again.
    values = {"state": "dropped", "finished_at": at, "result": why, "key": None}
    return (await tx.execute(update(outbox).where(planned).values(**values))).rowcount


async def drop_messages(tx: Transaction, at: datetime, why: str) -> int:
    """Drop every message that isn't said yet, so that it may be said anew about its case; return how many."""
    unsaid = and_(outbox.c.lane == "message", outbox.c.state.in_(("waiting", "claimed", "verifying")))
    of_unsaid = select(outbox_cases.c.case_id).join(outbox, outbox.c.id == outbox_cases.c.outbox_id)
    asked = and_(case_notices.c.case_id.in_(of_unsaid.where(unsaid)), case_notices.c.reached_at.is_(None))
    await tx.execute(delete(case_notices).where(asked))
    values = {"state": "dropped", "finished_at": at, "result": why, "key": None, "attachment": None}
    return (await tx.execute(update(outbox).where(unsaid).values(**values))).rowcount


async def groups_with_open_cases(tx: Transaction) -> list[int]:
    """Return the groups where something is open."""
    wanted = select(cases.c.group_id).where(cases.c.closed_at.is_(None)).distinct()
    return sorted((await tx.execute(wanted)).scalars())


async def groups_present(tx: Transaction) -> list[int]:
    """Return the groups that an account of ours is in."""
    wanted = select(groups.c.group_id).where(groups.c.gone_at.is_(None)).order_by(groups.c.group_id)
    return list((await tx.execute(wanted)).scalars())
