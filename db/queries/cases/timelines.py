"""Cases and their timelines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from db.engine import Transaction
from db.ledger import NOTED
from db.tables.cases import case_events, cases, notices_sent, penalties
from db.values import Reader
from db.writing.made_once import as_new, insert_for, update_where
from db.writing.parts import in_parts
from regulation.duties import Code
from regulation.model import Case
from regulation.penalties import PenaltyState


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a case's life. `data`: what the kind of event says of it, as JSON."""

    at: datetime
    kind: str
    data: Mapping[str, Any]


CASES = Reader(Case, cases)
_EVENTS = Reader(Event, case_events)
_STILL_OPEN = (cases.c.id == bindparam("of"), cases.c.closed_at.is_(None))
_UNPAID = (PenaltyState.PROPOSED, PenaltyState.APPEALED, PenaltyState.CONFIRMED)
_GROUPS_WITH_OPEN = select(cases.c.group_id).where(cases.c.closed_at.is_(None)).distinct()
_BY_ID = CASES.select.where(cases.c.id == bindparam("of"))
_TIMELINE = _EVENTS.select.where(case_events.c.case_id == bindparam("of")).order_by(case_events.c.id)
_OPEN_OF_GROUP = CASES.select.where(
    cases.c.group_id == bindparam("of"), cases.c.closed_at.is_(None)
).order_by(cases.c.id)
_LAST_CLOSED = (
    select(cases.c.code, cases.c.subject, func.max(cases.c.id))
    .where(
        cases.c.group_id == bindparam("of"),
        cases.c.closed_at.is_not(None),
        cases.c.subject.in_(bindparam("subjects", expanding=True)),
    )
    .group_by(cases.c.code, cases.c.subject)
)
# Whole rows, so that nothing is read again to seal them (`Transaction.add`).
_ADD_EVENTS = insert(case_events).returning(*case_events.c)
_OPEN = insert(cases).returning(*cases.c)
_PLACES = [list(cases.c).index(column) for column in CASES.columns]
_STILL_SEEN = (
    update(cases)
    .where(cases.c.id.in_(bindparam("ids", expanding=True)))
    .values(seen_at=bindparam("at", type_=cases.c.seen_at.type))
    .execution_options(**{NOTED: True})
)


async def get(tx: Transaction, case_id: int) -> Case | None:
    """Return one case, or None."""
    return await CASES.one(tx, _BY_ID, {"of": case_id})


async def get_many(tx: Transaction, case_ids: Sequence[int]) -> list[Case]:
    """Return the cases with these ids, by id."""
    return await CASES.all(tx, CASES.select.where(cases.c.id.in_(case_ids)).order_by(cases.c.id))


async def standing_of(tx: Transaction, user_id: int, employee_no: str) -> list[Case]:
    """Return what is held against an employee by one QQ: cases that are open or not paid for, by id."""
    unpaid = select(penalties.c.case_id).where(penalties.c.state.in_(_UNPAID))
    wanted = CASES.select.where(
        cases.c.employee_no == employee_no,
        cases.c.user_id == user_id,
        or_(cases.c.closed_at.is_(None), cases.c.id.in_(unpaid)),
    )
    return await CASES.all(tx, wanted.order_by(cases.c.id))


async def numbers_noted(tx: Transaction, user_id: int) -> list[str]:
    """Return the employee numbers that cases of this QQ were noted with."""
    wanted = select(cases.c.employee_no).where(cases.c.user_id == user_id).distinct()
    return [number for number in (await tx.execute(wanted)).scalars() if number is not None]


async def open_of_group(tx: Transaction, group_id: int) -> list[Case]:
    """Return every open case of one group, by id."""
    return await CASES.all(tx, _OPEN_OF_GROUP, {"of": group_id})


async def hold_open(tx: Transaction, group_id: int) -> None:
    """Keep others from a group's open cases until this transaction ends.

    On PostgreSQL rows are locked as they are written: everybody takes cases before their group's row,
    or two of them wait for each other.
    """
    if tx.dialect == "postgresql":
        wanted = select(cases.c.id).where(cases.c.group_id == group_id, cases.c.closed_at.is_(None))
        await tx.execute(wanted.order_by(cases.c.id).with_for_update(key_share=True))


async def last_closed(
    tx: Transaction, group_id: int, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the newest closed case of each (code, subject) in a group, where there is one."""
    if not keys:
        return {}
    subjects = sorted({subject for _, subject in keys})
    found: list[Sequence[Any]] = []
    for part in in_parts(subjects):
        found += await tx.fetch(_LAST_CLOSED, {"of": group_id, "subjects": part})
    return {(code, subject): case_id for code, subject, case_id in found}


async def add(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[Case]:
    """Open cases; return them in the order given. Raises on a second open case of one key."""
    if not rows:
        return []
    # Their keys tell which is which.
    opened = (CASES.read([row[n] for n in _PLACES]) for row in await tx.add(_OPEN, rows))
    made = {case.key: case for case in opened}
    return [made[Code(row["code"]), row["group_id"], row["subject"]] for row in rows]


async def change(tx: Transaction, case_id: int, **values: Any) -> bool:
    """Change columns of an open case; return whether it was still open."""
    wanted = update_where(cases, _STILL_OPEN, tuple(values))
    return await tx.change(wanted, {"of": case_id, **as_new(values)}) == 1


async def still_seen(tx: Transaction, case_ids: Sequence[int], at: datetime) -> None:
    """Note that these open cases were found again."""
    for part in in_parts(case_ids):
        await tx.change(_STILL_SEEN, {"ids": part, "at": at})


async def add_events(tx: Transaction, events: Sequence[tuple[int, datetime, str, Mapping[str, Any]]]) -> None:
    """Append (case_id, at, kind, data) to timelines."""
    rows = [{"case_id": no, "at": at, "kind": kind, "data": dict(data)} for no, at, kind, data in events]
    if rows:
        await tx.add(_ADD_EVENTS, rows)


async def add_event(tx: Transaction, case_id: int, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
    """Append one event to a timeline."""
    await add_events(tx, [(case_id, at, kind, data)])


async def timeline(tx: Transaction, case_id: int) -> list[Event]:
    """Return what happened to a case, oldest first."""
    return await _EVENTS.all(tx, _TIMELINE, {"of": case_id})


async def note_told(tx: Transaction, subject: str, purpose: str, at: datetime) -> bool:
    """Note that `purpose` is being said about `subject`; return False when it was already."""
    new = insert_for(tx.dialect)(notices_sent).values(subject=subject, purpose=purpose, at=at)
    new = new.on_conflict_do_nothing(index_elements=["subject", "purpose"])
    return (await tx.execute(new.returning(notices_sent.c.subject))).first() is not None


async def groups_with_open(tx: Transaction) -> set[int]:
    """Return every group that has an open case."""
    return {group_id for (group_id,) in await tx.fetch(_GROUPS_WITH_OPEN, {})}


async def is_unfiled(tx: Transaction, group_id: int) -> bool:
    """Tell whether a group has an open case of not being filed."""
    theirs = (cases.c.group_id == group_id, cases.c.code == Code.F1.value, cases.c.closed_at.is_(None))
    return (await tx.execute(select(cases.c.id).where(*theirs).limit(1))).first() is not None
