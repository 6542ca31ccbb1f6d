"""Early admissions: heads' consents to let somebody on probation into a group."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from db.engine import Transaction
from db.tables.groups import early_admissions as table
from db.values import Reader
from db.writing.parts import in_parts

# Consents that run today, in any of these groups: for the audit and for the gate.
CONSENTS = select(table.c.group_id, table.c.employee_no).where(
    table.c.group_id.in_(bindparam("groups", expanding=True)),
    table.c.state == "consented",
    table.c.until >= bindparam("today"),
)


class AdmissionState(StrEnum):
    """Where an early admission stands."""

    WAITING = "waiting"
    CONSENTED = "consented"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AdmissionRow:
    """What a head is asked, or has said, about somebody on probation; a consent runs `until` a day."""

    id: int
    employee_no: str
    group_id: int
    reason: str
    asked_by: int | None
    asked_at: datetime
    state: AdmissionState
    settled_by: int | None
    settled_at: datetime | None
    until: date | None


_ROWS = Reader(AdmissionRow, table)
_WAITING = _ROWS.select.where(table.c.state == "waiting").order_by(table.c.id)
_BY_ID = _ROWS.select.where(table.c.id == bindparam("of"))


async def add(tx: Transaction, **values: Any) -> int:
    """Write one that waits; return its id. Raises where one waits already: look with `waiting_for` first."""
    made = insert(table).values(**values, state="waiting").returning(table.c.id)
    return (await tx.execute(made)).scalar_one()


async def ask_for(tx: Transaction, item_id: int, *, asked_by: int, reason: str) -> bool:
    """Note who asks for what a held request has brought, and why; False where somebody does already."""
    where = (table.c.id == item_id, table.c.state == "waiting", table.c.asked_by.is_(None))
    changed = update(table).where(*where).values(asked_by=asked_by, reason=reason)
    return (await tx.execute(changed)).rowcount == 1


async def get(tx: Transaction, item_id: int) -> AdmissionRow | None:
    """Return one, or None."""
    return await _ROWS.one(tx, _BY_ID, {"of": item_id})


async def waiting(tx: Transaction) -> list[AdmissionRow]:
    """Return what waits, oldest first."""
    return await _ROWS.all(tx, _WAITING)


async def waiting_for(tx: Transaction, employee_no: str, group_id: int) -> int | None:
    """Return the id of what waits for this employee and group, or None."""
    wanted = select(table.c.id).where(
        table.c.employee_no == employee_no, table.c.group_id == group_id, table.c.state == "waiting"
    )
    return (await tx.execute(wanted)).scalar_one_or_none()


async def settle(
    tx: Transaction, item_id: int, state: str, *, by: int | None, at: datetime, until: date | None = None
) -> bool:
    """Settle one that waits; False when somebody else was first."""
    where = (table.c.id == item_id, table.c.state == "waiting")
    values = {"state": state, "settled_by": by, "settled_at": at, "until": until}
    return (await tx.execute(update(table).where(*where).values(**values))).rowcount == 1


async def end_waiting(tx: Transaction, group_id: int, at: datetime) -> None:
    """End what waits for a group: there is nothing to be admitted to any more."""
    waits = (table.c.group_id == group_id, table.c.state == AdmissionState.WAITING.value)
    await tx.execute(update(table).where(*waits).values(state=AdmissionState.ENDED.value, settled_at=at))


async def consents(tx: Transaction, group_ids: Sequence[int], today: date) -> dict[int, frozenset[str]]:
    """Return the employees with a running consent in each of these groups."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for part in in_parts(group_ids):
        for group_id, employee_no in await tx.fetch(CONSENTS, {"groups": part, "today": today}):
            found[group_id].add(employee_no)
    return {group_id: frozenset(numbers) for group_id, numbers in found.items()}


async def consented(tx: Transaction, employee_no: str, group_id: int, today: date) -> AdmissionRow | None:
    """Return the running consent of this employee and group, or None."""
    wanted = _ROWS.select.where(
        table.c.employee_no == employee_no,
        table.c.group_id == group_id,
        table.c.state == "consented",
        table.c.until >= today,
    )
    return await _ROWS.one(tx, wanted.order_by(table.c.id.desc()).limit(1))
