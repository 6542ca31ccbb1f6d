"""Filings and their steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, insert, select, update

from db.engine import Transaction
from db.tables.groups import filing_steps, filings
from db.tables.work import counters
from db.values import Reader, stored
from db.writing.made_once import insert_for
from db.writing.parts import in_parts
from regulation.model import Filing, FilingState, Kind, Scope

_FILED_GROUPS = (
    select(filings.c.group_id)
    .where(filings.c.state == FilingState.APPROVED.value)
    .order_by(filings.c.group_id)
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a filing says, as its columns store it."""

    kind: Kind
    name: str | None
    purpose: str
    scope: Scope
    department: str
    owner_id: int | None
    admin_ids: Sequence[int] | None
    member_count: int | None
    established_on: date | None
    issue: str
    ends_on: date | None
    initiator_id: int | None
    prolonged: bool


@dataclass(frozen=True, slots=True)
class FilingRow(Contents):
    """A filing as stored; `route` says how it came: first, change, upgrade, prolong or register."""

    id: int
    group_id: int
    number: str | None
    route: str
    state: FilingState
    made_by: int | None
    made_at: datetime
    settled_at: datetime | None


class Standing(NamedTuple):
    """Where a group's filing stands; the approved filing, and one on its way (a change, say), if any.

    An approved one counts before one on its way; else the newest says the state.
    """

    state: FilingState = FilingState.NONE
    approved: Filing | None = None
    in_review: Filing | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """Who did what with a filing, with what words."""

    at: datetime
    actor: str
    step: str
    comment: str


_ROWS = Reader(FilingRow, filings)
_STEPS = Reader(StepRow, filing_steps)
WAITING = (FilingState.WITH_HEAD.value, FilingState.WITH_ADMIN.value)


def as_filing(row: FilingRow) -> Filing:
    """Return the core's filing of one row."""
    return Filing(
        number=row.number or "",
        name=row.name,
        owner_id=row.owner_id,
        admin_ids=None if row.admin_ids is None else frozenset(row.admin_ids),
        scope=row.scope,
        department=row.department,
        purpose=row.purpose,
        established_on=row.established_on,
        kind=row.kind,
        issue=row.issue,
        ends_on=row.ends_on,
        initiator_id=row.initiator_id,
    )


async def filing_facts(tx: Transaction, group_ids: Sequence[int] | None = None) -> dict[int, Standing]:
    """Return of each group, or of these, where its filing stands; of those alone that ever handed one in."""
    if group_ids is None:
        return _facts(await _ROWS.all(tx, _FILED))
    rows: list[FilingRow] = []
    for part in in_parts(group_ids):
        rows += await _ROWS.all(tx, FILED_OF, {"ids": part})
    return _facts(rows)


def facts_of(found: Iterable[Sequence[Any]]) -> dict[int, Standing]:
    """Return what `filing_facts` does, of what `FILED_OF` found."""
    return _facts(map(_ROWS.read, found))


def _facts(rows: Iterable[FilingRow]) -> dict[int, Standing]:
    found: dict[int, Standing] = {}
    for row in rows:
        before = found.get(row.group_id, Standing())
        if row.state is FilingState.APPROVED:
            before = before._replace(state=row.state, approved=as_filing(row))
        elif before.approved is None:
            before = before._replace(state=row.state)
        if row.state.value in WAITING:
            before = before._replace(in_review=as_filing(row))
        found[row.group_id] = before
    return found


_IN_FORCE = _ROWS.select.where(filings.c.state == FilingState.APPROVED.value).order_by(filings.c.group_id)
_IN_FORCE_OF = _IN_FORCE.where(filings.c.group_id == bindparam("of"))
_IN_FORCE_AMONG = _IN_FORCE.where(filings.c.department.in_(bindparam("departments", expanding=True)))
_DEPARTMENTS = select(filings.c.department).distinct()
_WAITING = _ROWS.select.where(filings.c.state.in_(WAITING)).order_by(filings.c.id)
_BY_ID = _ROWS.select.where(filings.c.id == bindparam("of"))
_STEPS_OF = _STEPS.select.where(filing_steps.c.filing_id == bindparam("of")).order_by(filing_steps.c.id)
_FILED = _ROWS.select.where(filings.c.state != FilingState.DRAFT.value).order_by(filings.c.id)
FILED_OF = _FILED.where(filings.c.group_id.in_(bindparam("ids", expanding=True)))


async def approved(tx: Transaction, group_id: int) -> Filing | None:
    """Return the approved filing of a group, or None."""
    row = await approved_row(tx, group_id)
    return None if row is None else as_filing(row)


async def approved_row(tx: Transaction, group_id: int) -> FilingRow | None:
    """Return the row of a group's approved filing, or None."""
    return await _ROWS.one(tx, _IN_FORCE_OF, {"of": group_id})


async def approved_rows(tx: Transaction, departments: Sequence[str] | None = None) -> list[FilingRow]:
    """Return the rows of approved filings, by group; only those stored under one of `departments`."""
    if departments is None:
        return await _ROWS.all(tx, _IN_FORCE)
    return await _ROWS.all(tx, _IN_FORCE_AMONG, {"departments": list(departments)})


async def departments(tx: Transaction) -> list[str]:
    """Return every department that filings are stored under, as it was called then."""
    return list((await tx.execute(_DEPARTMENTS)).scalars())


async def waiting_row(tx: Transaction, group_id: int) -> FilingRow | None:
    """Return the row of a group's filing that is on its way, or None."""
    return await _ROWS.one(tx, _WAITING.where(filings.c.group_id == group_id))


async def waiting(tx: Transaction) -> list[FilingRow]:
    """Return every filing that waits for a head or for admin staff, oldest first."""
    return await _ROWS.all(tx, _WAITING)


async def latest_row(tx: Transaction, group_id: int) -> FilingRow | None:
    """Return the row of a group's newest filing, whatever its state, or None."""
    wanted = _ROWS.select.where(filings.c.group_id == group_id).order_by(filings.c.id.desc())
    return await _ROWS.one(tx, wanted.limit(1))


async def ended_row(tx: Transaction, group_id: int) -> FilingRow | None:
    """Return how a group's filing ended: closed, unless it was filed anew since; else the newest row."""
    newest = await latest_row(tx, group_id)
    if newest is None or newest.state is not FilingState.WITHDRAWN:
        return newest
    closed = filings.c.state == FilingState.CLOSED.value
    wanted = _ROWS.select.where(filings.c.group_id == group_id, closed).order_by(filings.c.id.desc())
    return await _ROWS.one(tx, wanted.limit(1)) or newest


async def get(tx: Transaction, filing_id: int) -> FilingRow | None:
    """Return the row of one filing, or None."""
    return await _ROWS.one(tx, _BY_ID, {"of": filing_id})


async def add(tx: Transaction, **values: Any) -> int:
    """Write a filing; return its id."""
    return (await tx.execute(insert(filings).values(**values).returning(filings.c.id))).scalar_one()


async def change(tx: Transaction, filing_id: int, *, state_was: str, **values: Any) -> bool:
    """Change columns of a filing if it is still in `state_was`; return whether it was: once, by one."""
    where = (filings.c.id == filing_id, filings.c.state == state_was)
    new = {name: stored(value) for name, value in values.items()}
    return (await tx.execute(update(filings).where(*where).values(**new))).rowcount == 1


async def next_number(tx: Transaction, year: int) -> int:
    """Return the next running number of a year, never given before: a counter, locked until commit.

    It never falls behind numbers that a register taken over brought along.
    """
    taken = await _highest_number(tx, f"备案{year}-")
    statement = insert_for(tx.dialect)(counters).values(name=f"filing_number:{year}", n=taken + 1)
    ahead = case((counters.c.n >= taken, counters.c.n + 1), else_=taken + 1)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"n": ahead})
    return (await tx.execute(statement.returning(counters.c.n))).scalar_one()


async def _highest_number(tx: Transaction, prefix: str) -> int:
    wanted = (
        select(filings.c.number)
        .where(filings.c.number.startswith(prefix, autoescape=True))
        .order_by(func.length(filings.c.number).desc(), filings.c.number.desc())
        .limit(50)
    )
    numbers = [number.removeprefix(prefix) for number in (await tx.execute(wanted)).scalars()]
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


async def add_step(
    tx: Transaction, filing_id: int, *, at: datetime, actor: str, step: str, comment: str = ""
) -> None:
    """Append one step: who did what with a filing, with what words."""
    values = {"filing_id": filing_id, "at": at, "actor": actor, "step": step, "comment": comment}
    await tx.execute(insert(filing_steps).values(**values))


async def steps(tx: Transaction, filing_id: int) -> list[StepRow]:
    """Return the steps of a filing, oldest first."""
    return await _STEPS.all(tx, _STEPS_OF, {"of": filing_id})


async def filed_groups(tx: Transaction) -> tuple[int, ...]:
    """Return the groups with an approved filing, in order."""
    return tuple(group_id for (group_id,) in await tx.fetch(_FILED_GROUPS, {}))
