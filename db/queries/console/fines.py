"""Fines as the console lists them: by state, time and person, a page at a time, with exact totals."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_, select

from db.engine import Transaction
from db.queries.cases.penalties import ON_RECORD, ROWS, is_liable
from db.tables.cases import cases, penalties
from regulation.penalties import Penalty, PenaltyState


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fines: all that is given must hold. `since`/`until`: proposed in [since, until)."""

    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    user_ids: tuple[int, ...] | None = None
    employee_no: str | None = None


def of_person(wanted: Wanted, user_ids: Collection[int], employee_no: str | None) -> Wanted:
    """Return `wanted`, of one person alone, as they may see them themselves."""
    return replace(wanted, user_ids=tuple(user_ids), employee_no=employee_no)


async def listed(tx: Transaction, wanted: Wanted, *, limit: int, below: int | None) -> list[Penalty]:
    """Return fines, the newest first; `below`: only those with a smaller id."""
    query = ROWS.select.join(cases, cases.c.id == penalties.c.case_id).where(*_conditions(wanted))
    if below is not None:
        query = query.where(penalties.c.id < below)
    return await ROWS.all(tx, query.order_by(penalties.c.id.desc()).limit(limit))


async def totals(tx: Transaction, wanted: Wanted) -> dict[str, tuple[int, Decimal]]:
    """Return how many there are in each state, and what they come to; exact, counted by amount."""
    query = select(penalties.c.state, penalties.c.amount, func.count()).where(*_conditions(wanted))
    if wanted.user_ids is not None:
        query = query.join(cases, cases.c.id == penalties.c.case_id)
    found: dict[str, tuple[int, Decimal]] = {}
    for state, amount, count in await tx.rows(query.group_by(penalties.c.state, penalties.c.amount)):
        known, total = found.get(state, (0, Decimal(0)))
        found[state] = (known + count, total + Decimal(amount) * count)
    return found


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(penalties.c.state.in_(wanted.states))
    if wanted.since is not None and wanted.until is not None:
        found.append(and_(penalties.c.proposed_at >= wanted.since, penalties.c.proposed_at < wanted.until))
    if wanted.user_ids is not None:
        # Of what nobody has decided nothing is held against anybody yet.
        decided = or_(penalties.c.state != PenaltyState.PROPOSED, penalties.c.paid_at.is_not(None))
        found += [is_liable(wanted.user_ids, wanted.employee_no), ON_RECORD, decided]
    return found
