"""Removals in the outbox, each with its case's deadline as it is now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from db.engine import Transaction
from db.queries.work.outbox import is_due
from db.tables.cases import cases
from db.tables.work import outbox, outbox_cases

_RUNNING = ("waiting", "claimed", "verifying")


@dataclass(frozen=True, slots=True)
class Removal:
    """One row of the outbox that removes somebody.

    `account`: who must do it, None for whichever serves the group. `attempts`: how often it was tried,
    `acted_at`: when last. `deadline`: its case's as it is now, else the one it was queued with.
    """

    id: int
    account: int | None
    group_id: int
    user_id: int
    case_id: int | None
    deadline: datetime | None
    made_at: datetime
    acted_at: datetime | None
    attempts: int


async def waiting(tx: Transaction) -> list[Removal]:
    """Return every removal that waits for its turn, oldest first."""
    return await _chosen(tx, outbox.c.state == "waiting")


async def due(tx: Transaction, route: ColumnElement[bool], now: datetime) -> list[Removal]:
    """Return those of a route (`outbox.route`) that may be done now, oldest first."""
    return await _chosen(tx, is_due(now) & route)


async def running_or_tried(tx: Transaction, since: datetime) -> list[Removal]:
    """Return every removal that is still to be done, or was tried after `since`, whatever became of it."""
    return await _chosen(tx, or_(outbox.c.state.in_(_RUNNING), outbox.c.acted_at > since))


async def tried_by(tx: Transaction, account: int, since: datetime) -> list[datetime]:
    """Return when one account tried a removal after `since`, each as often as it did, oldest first."""
    found = await _chosen(tx, (outbox.c.acted_by == account) & (outbox.c.acted_at > since))
    times = [one.acted_at for one in found for _ in range(max(1, one.attempts)) if one.acted_at is not None]
    return sorted(times)


async def _chosen(tx: Transaction, where: ColumnElement[bool]) -> list[Removal]:
    wanted = (
        select(
            outbox.c.id,
            outbox.c.account,
            outbox.c.group_id,
            outbox.c.user_id,
            outbox_cases.c.case_id,
            func.coalesce(cases.c.due_at, outbox.c.deadline).label("deadline"),
            outbox.c.made_at,
            outbox.c.acted_at,
            outbox.c.attempts,
        )
        .outerjoin(outbox_cases, outbox_cases.c.outbox_id == outbox.c.id)
        .outerjoin(cases, cases.c.id == outbox_cases.c.case_id)
        .where(outbox.c.kind == "remove", where)
        .order_by(outbox.c.id)
    )
    return [Removal(**row) for row in (await tx.execute(wanted)).mappings()]
