"""Groups and their open cases at a glance, for `群列表` and `状态`."""

from datetime import datetime

from sqlalchemy import func, select

from db.engine import Transaction
from db.tables.cases import cases
from db.tables.work import outbox


async def open_cases_by_group(tx: Transaction) -> dict[int, int]:
    """Return how many cases are open in each group."""
    wanted = select(cases.c.group_id, func.count().label("n")).where(cases.c.closed_at.is_(None))
    found = await tx.execute(wanted.group_by(cases.c.group_id))
    return {row.group_id: row.n for row in found}


async def late_removals(tx: Transaction, codes: tuple[str, ...]) -> int:
    """Return how many people should be out of a group, are past their deadline and still in."""
    wanted = select(func.count()).where(
        cases.c.closed_at.is_(None), cases.c.overdue_at.is_not(None), cases.c.code.in_(codes)
    )
    return (await tx.execute(wanted)).scalar_one()


async def failed_acts(tx: Transaction, since: datetime) -> int:
    """Return how many acts were given up since a moment."""
    wanted = select(func.count()).where(
        outbox.c.state.in_(("dead", "unconfirmed")), outbox.c.finished_at >= since
    )
    return (await tx.execute(wanted)).scalar_one()
