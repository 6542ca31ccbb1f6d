"""Penalties: proposals, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, not_, or_, select

from db.engine import Transaction
from db.tables.cases import cases, penalties
from db.values import Reader
from db.writing.made_once import as_new, insert_for, update_where
from regulation.model import Closure
from regulation.penalties import Penalty, PenaltyState

_AWAITING = (PenaltyState.PROPOSED, PenaltyState.APPEALED, PenaltyState.TO_REFUND)
ROWS = Reader(Penalty, penalties)
_BY_ID = ROWS.select.where(penalties.c.id == bindparam("of"))
_BEFORE = select(penalties.c.liable_user_id, penalties.c.liable_employee_no).where(
    or_(
        penalties.c.case_id == bindparam("of"),
        penalties.c.breach.in_(bindparam("breaches", expanding=True)),
    )
)
_IN_ONE_OF = (
    penalties.c.id == bindparam("of"),
    penalties.c.state.in_(bindparam("states", expanding=True)),
)
_PROPOSED = ROWS.select.where(penalties.c.state == PenaltyState.PROPOSED.value).order_by(penalties.c.id)
_OF_CASE = ROWS.select.where(penalties.c.case_id == bindparam("of")).order_by(penalties.c.id)
# What was waived with a wrong case stands in no one's record. For queries that join `cases`.
ON_RECORD = not_(
    func.coalesce(
        and_(penalties.c.state == PenaltyState.WAIVED, cases.c.closed_as == Closure.DISMISSED), false()
    )
)


async def add(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write proposals; return the ids of those that were new: one breach, one proposal a person."""
    made: list[int] = []
    for row in rows:
        statement = insert_for(tx.dialect)(penalties).values(**row)
        statement = statement.on_conflict_do_nothing(index_elements=["breach", "liable"])
        made += (await tx.execute(statement.returning(penalties.c.id))).scalars()
    return made


async def get(tx: Transaction, penalty_id: int) -> Penalty | None:
    """Return one penalty, or None."""
    return await ROWS.one(tx, _BY_ID, {"of": penalty_id})


async def proposed(tx: Transaction) -> list[Penalty]:
    """Return the penalties that await a decision, oldest first."""
    return await ROWS.all(tx, _PROPOSED)


async def of_case(tx: Transaction, case_id: int) -> list[Penalty]:
    """Return the penalties of a case, oldest first."""
    return await ROWS.all(tx, _OF_CASE, {"of": case_id})


async def proposed_before(tx: Transaction, case_id: int, breaches: Sequence[str]) -> set[int | str]:
    """Return the employee numbers and QQs in the penalties for this case, or for one of these breaches."""
    found = await tx.fetch(_BEFORE, {"of": case_id, "breaches": list(breaches)})
    return {one for row in found for one in row if one is not None}


async def change(tx: Transaction, penalty_id: int, states: Sequence[PenaltyState], **values: Any) -> bool:
    """Change a penalty if it is in one of `states`; return whether it was: once, by one."""
    wanted = update_where(penalties, _IN_ONE_OF, tuple(values))
    return await tx.change(wanted, {"of": penalty_id, "states": list(states), **as_new(values)}) == 1


async def listed(
    tx: Transaction, since: datetime, until: datetime, *, awaiting_too: bool, limit: int = 200
) -> list[Penalty]:
    """Return penalties proposed in [since, until), by id; with `awaiting_too` older ones not done with."""
    inside = and_(penalties.c.proposed_at >= since, penalties.c.proposed_at < until)
    if awaiting_too:
        inside = or_(inside, penalties.c.state.in_(_AWAITING))
    return await ROWS.all(tx, ROWS.select.where(inside).order_by(penalties.c.id).limit(limit))


async def of_person(
    tx: Transaction, user_ids: Sequence[int], employee_no: str | None, *, limit: int = 50
) -> list[Penalty]:
    """Return the penalties one person is liable for, newest first; those waived with a wrong case aside."""
    wanted = ROWS.select.join(cases, cases.c.id == penalties.c.case_id)
    wanted = wanted.where(is_liable(user_ids, employee_no), ON_RECORD)
    return await ROWS.all(tx, wanted.order_by(penalties.c.id.desc()).limit(limit))


async def liable_for(
    tx: Transaction, case_id: int, user_ids: Sequence[int], employee_no: str | None
) -> list[Penalty]:
    """Return the penalties of a case that one person is liable for."""
    wanted = ROWS.select.where(penalties.c.case_id == case_id, is_liable(user_ids, employee_no))
    return await ROWS.all(tx, wanted.order_by(penalties.c.id))


async def liable_by_case(tx: Transaction) -> dict[int, list[tuple[int | None, str | None]]]:
    """Return (QQ, employee number) of everybody who has a penalty, by case."""
    wanted = select(penalties.c.case_id, penalties.c.liable_user_id, penalties.c.liable_employee_no)
    found: dict[int, list[tuple[int | None, str | None]]] = {}
    for case_id, user_id, employee_no in await tx.rows(wanted.order_by(penalties.c.id)):
        found.setdefault(case_id, []).append((user_id, employee_no))
    return found


def of_whom(
    user_id: ColumnElement[Any], number: ColumnElement[Any], user_ids: Sequence[int], employee_no: str | None
) -> ColumnElement[bool]:
    """Return the condition that rows with a QQ and an employee number are about one person.

    The QQ may be another employee's by now: where both numbers are known, they tell.
    """
    by_qq = user_id.in_(user_ids)
    return by_qq if employee_no is None else or_(and_(number.is_(None), by_qq), number == employee_no)


def is_liable(user_ids: Sequence[int], employee_no: str | None) -> Any:
    """Return the condition that one person is liable."""
    return of_whom(penalties.c.liable_user_id, penalties.c.liable_employee_no, user_ids, employee_no)
