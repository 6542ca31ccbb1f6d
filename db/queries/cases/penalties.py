"""Penalties: proposals, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.cases import cases, penalties

_UNDECIDED = ("proposed", "appealed")


async def add(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write proposals; return the ids of those that were new: one breach, one proposal a person."""
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    made: list[int] = []
    for row in rows:
        statement = make(penalties).values(**row)
        statement = statement.on_conflict_do_nothing(index_elements=["breach", "liable"])
        made += (await tx.execute(statement.returning(penalties.c.id))).scalars()
    return made


async def get(tx: Transaction, penalty_id: int) -> dict[str, Any] | None:
    """Return one penalty's row, or None."""
    row = (await tx.execute(select(penalties).where(penalties.c.id == penalty_id))).mappings().one_or_none()
    return None if row is None else dict(row)


async def of_case(tx: Transaction, case_id: int) -> list[dict[str, Any]]:
    """Return the penalties of a case, oldest first."""
    wanted = select(penalties).where(penalties.c.case_id == case_id).order_by(penalties.c.id)
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def change(tx: Transaction, penalty_id: int, states: Sequence[str], **values: Any) -> bool:
    """Change a penalty if it is in one of `states`; return whether it was: once, by one."""
    where = (penalties.c.id == penalty_id, penalties.c.state.in_(states))
    return (await tx.execute(update(penalties).where(*where).values(**values))).rowcount == 1


async def waive_of_case(tx: Transaction, case_id: int, by: str, at: datetime, reason: str) -> list[int]:
    """Waive every penalty of a case that isn't waived yet, settled ones too; return their ids."""
    where = (penalties.c.case_id == case_id, penalties.c.state != "waived")
    values = {"state": "waived", "settled_by": by, "settled_at": at, "reason": reason}
    made = await tx.execute(update(penalties).where(*where).values(**values).returning(penalties.c.id))
    return sorted(made.scalars())


async def listed(
    tx: Transaction, since: datetime, until: datetime, *, undecided_too: bool, limit: int = 200
) -> list[dict[str, Any]]:
    """Return penalties proposed in [since, until), by id; with `undecided_too` older undecided ones too."""
    inside = and_(penalties.c.proposed_at >= since, penalties.c.proposed_at < until)
    if undecided_too:
        inside = or_(inside, penalties.c.state.in_(_UNDECIDED))
    wanted = select(penalties).where(inside).order_by(penalties.c.id).limit(limit)
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def in_state(tx: Transaction, state: str, *, limit: int = 500) -> list[dict[str, Any]]:
    """Return the penalties in one state, by id."""
    wanted = select(penalties).where(penalties.c.state == state).order_by(penalties.c.id).limit(limit)
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def of_person(
    tx: Transaction, user_ids: Sequence[int], employee_no: str | None, *, limit: int = 50
) -> list[dict[str, Any]]:
    """Return the penalties one person is liable for, newest first."""
    wanted = (
        select(penalties)
        .where(_is_liable(user_ids, employee_no))
        .order_by(penalties.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in (await tx.execute(wanted)).mappings()]


async def liable_for(
    tx: Transaction, case_id: int, user_ids: Sequence[int], employee_no: str | None
) -> list[dict[str, Any]]:
    """Return the penalties of a case that one person is liable for."""
    wanted = select(penalties).where(penalties.c.case_id == case_id, _is_liable(user_ids, employee_no))
    return [dict(row) for row in (await tx.execute(wanted.order_by(penalties.c.id))).mappings()]


async def totals(tx: Transaction, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """Return (state, amount, code, group_id, department, count) of what was proposed in [since, until)."""
    keys = (penalties.c.state, penalties.c.amount, penalties.c.code, penalties.c.group_id, cases.c.department)
    wanted = (
        select(*keys, func.count())
        .join(cases, cases.c.id == penalties.c.case_id)
        .where(penalties.c.proposed_at >= since, penalties.c.proposed_at < until)
        .group_by(*keys)
    )
    return [tuple(row) for row in (await tx.execute(wanted)).all()]


def _is_liable(user_ids: Sequence[int], employee_no: str | None) -> Any:
    by_qq = penalties.c.liable_user_id.in_(user_ids)
    return by_qq if employee_no is None else or_(by_qq, penalties.c.liable_employee_no == employee_no)
