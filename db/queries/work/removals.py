"""Removals in the outbox, each with its case's deadline as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, func, or_, select

from db.engine import Transaction
from db.queries.work.outbox import SKEW, Mine, due_at
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
    return _removals(await tx.fetch(_WAITING, {}))


async def due(tx: Transaction, route: Mine, now: datetime) -> list[Removal]:
    """Return those of a route (`outbox.route`) that may be done now, oldest first."""
    given = {**route.given, "now": now, "ahead": now + SKEW}
    return _removals(await tx.fetch(_due(route.condition), given))


@cache
def _due(route: ColumnElement[bool]) -> Executable:
    return _wanted(due_at(bindparam("now"), bindparam("ahead")) & route)


async def running_or_tried(tx: Transaction, since: datetime) -> list[Removal]:
    """Return every removal that is still to be done, or was tried after `since`, whatever became of it."""
    return _removals(await tx.fetch(_RUNNING_OR_TRIED, {"since": since}))


async def tried_by(tx: Transaction, account: int, since: datetime) -> list[datetime]:
    """Return when one account tried a removal after `since`, each as often as it did, oldest first."""
    found = _removals(await tx.fetch(_TRIED_BY, {"account": account, "since": since}))
    times = [one.acted_at for one in found for _ in range(max(1, one.attempts)) if one.acted_at is not None]
    return sorted(times)


def _removals(found: Sequence[Sequence[Any]]) -> list[Removal]:
    return [Removal(*row) for row in found]


def _wanted(where: ColumnElement[bool]) -> Executable:
    return (
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


_WAITING = _wanted(outbox.c.state == "waiting")
_RUNNING_OR_TRIED = _wanted(or_(outbox.c.state.in_(_RUNNING), outbox.c.acted_at > bindparam("since")))
_TRIED_BY = _wanted((outbox.c.acted_by == bindparam("account")) & (outbox.c.acted_at > bindparam("since")))
