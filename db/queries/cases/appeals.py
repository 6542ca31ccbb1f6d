"""Appeals against cases."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, case, update

from db.engine import Transaction
from db.tables.cases import appeals, cases, penalties
from db.values import Reader
from db.writing.made_once import insert_for
from regulation.duties import Code


class AppealState(StrEnum):
    """Where an appeal stands."""

    WAITING = "waiting"
    UPHELD = "upheld"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal, with the duty and the group of its case. `employee_no`: whose QQ `made_by` was then."""

    id: int
    case_id: int
    code: Code
    group_id: int
    made_by: int
    employee_no: str | None
    made_at: datetime
    reason: str
    state: AppealState
    settled_by: str | None
    settled_at: datetime | None
    comment: str


_ROWS = Reader(AppealRow, appeals, cases)
_SELECT = _ROWS.select.join(cases, cases.c.id == appeals.c.case_id).order_by(appeals.c.id)
_WAITING = _SELECT.where(appeals.c.state == "waiting")
_BY_ID = _SELECT.where(appeals.c.id == bindparam("of"))
_OF_CASE = _SELECT.where(appeals.c.case_id == bindparam("of"))


async def add(
    tx: Transaction, case_id: int, made_by: int, employee_no: str | None, made_at: datetime, reason: str
) -> int | None:
    """Write an appeal; return its id, or None when one against this case waits already."""
    who = {"made_by": made_by, "employee_no": employee_no, "made_at": made_at}
    statement = insert_for(tx.dialect)(appeals).values(case_id=case_id, reason=reason, state="waiting", **who)
    statement = statement.on_conflict_do_nothing(
        index_elements=["case_id"], index_where=appeals.c.state == "waiting"
    )
    return (await tx.execute(statement.returning(appeals.c.id))).scalar_one_or_none()


async def get(tx: Transaction, appeal_id: int) -> AppealRow | None:
    """Return one appeal, or None."""
    return await _ROWS.one(tx, _BY_ID, {"of": appeal_id})


async def waiting(tx: Transaction) -> list[AppealRow]:
    """Return the appeals that await admin staff, oldest first."""
    return await _ROWS.all(tx, _WAITING)


async def of_case(tx: Transaction, case_id: int) -> list[AppealRow]:
    """Return the appeals against a case, oldest first."""
    return await _ROWS.all(tx, _OF_CASE, {"of": case_id})


async def settle(tx: Transaction, appeal_id: int, state: str, by: str, at: datetime, comment: str) -> bool:
    """Settle an appeal that waits; return whether it still did: once, by one."""
    where = (appeals.c.id == appeal_id, appeals.c.state == "waiting")
    values = {"state": state, "settled_by": by, "settled_at": at, "comment": comment}
    return (await tx.execute(update(appeals).where(*where).values(**values))).rowcount == 1


async def set_frozen(tx: Transaction, case_id: int, *, frozen: bool) -> None:
    """Freeze a case under appeal, or let it go on; closed cases carry the mark too."""
    await tx.execute(update(cases).where(cases.c.id == case_id).values(frozen=frozen))


async def dismiss_closed(tx: Transaction, case_id: int) -> bool:
    """Call a closed case dismissed; return whether it was closed as something else."""
    where = (cases.c.id == case_id, cases.c.closed_at.is_not(None), cases.c.closed_as != "dismissed")
    values = {"closed_as": "dismissed", "frozen": False}
    return (await tx.execute(update(cases).where(*where).values(**values))).rowcount == 1


async def freeze_penalties(tx: Transaction, case_id: int) -> list[int]:
    """Put a case's undecided and confirmed penalties under appeal; return their ids."""
    where = (penalties.c.case_id == case_id, penalties.c.state.in_(("proposed", "confirmed")))
    made = await tx.execute(
        update(penalties).where(*where).values(state="appealed").returning(penalties.c.id)
    )
    return sorted(made.scalars())


async def thaw_penalties(tx: Transaction, case_id: int) -> list[int]:
    """Put a case's penalties back to what they were before the appeal; return their ids."""
    where = (penalties.c.case_id == case_id, penalties.c.state == "appealed")
    before = case((penalties.c.settled_at.is_not(None), "confirmed"), else_="proposed")
    made = await tx.execute(update(penalties).where(*where).values(state=before).returning(penalties.c.id))
    return sorted(made.scalars())
