"""Reading cases for reports: filtered lists, figures, and whether the timelines are unbroken."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, and_, bindparam, func, or_, select

from db.engine import Transaction
from db.queries.cases.penalties import of_whom
from db.queries.cases.timelines import CASES
from db.queries.people import renumbered
from db.tables.cases import case_events, cases, penalties
from db.tables.groups import groups
from db.writing.bulk import among
from db.writing.parts import in_parts
from regulation.cases import SettledCase
from regulation.deadlines import day_of
from regulation.model import Case, CaseStatus, Closure

_CHUNK = 250
OPEN = tuple(status.value for status in CaseStatus if status is not CaseStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: all that is given must hold. `departments` are paths, each with all below it.

    `since`/`until`: something (opened, overdue, closed) happened in [since, until); with
    `open_too`, what is still open counts as well; with `counted`, only what was opened (or closed) then and
    not dismissed as wrong, as summaries count it. `statuses` and `closures` are alternatives.
    """

    code: str | None = None
    departments: tuple[str, ...] = ()
    group_id: int | None = None
    statuses: tuple[str, ...] = ()
    closures: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    open_too: bool = False
    counted: Literal["opened", "closed"] | None = None
    user_ids: tuple[int, ...] = ()
    employee_no: str | None = None


async def listed(tx: Transaction, wanted: Wanted, *, limit: int, below: int | None = None) -> list[Case]:
    """Return cases, newest first; `below`: only those after the case of this id (the next page)."""
    chosen = select(cases.c.id).where(*conditions(wanted))
    if below is not None:
        at = select(cases.c.opened_at).where(cases.c.id == below).scalar_subquery()
        chosen = chosen.where(cases.c.opened_at <= at, or_(cases.c.opened_at < at, cases.c.id < below))
    newest = (cases.c.opened_at.desc(), cases.c.id.desc())
    # Chosen by the index alone; only those that are shown are read.
    chosen = chosen.order_by(*newest).limit(limit).subquery()
    return await CASES.all(tx, CASES.select.join(chosen, chosen.c.id == cases.c.id).order_by(*newest))


async def count(tx: Transaction, wanted: Wanted) -> int:
    """Return how many cases there are."""
    query = select(func.count()).select_from(cases).where(*conditions(wanted))
    return (await tx.execute(query)).scalar_one()


async def count_by_code(tx: Transaction, wanted: Wanted) -> dict[str, int]:
    """Return how many cases there are of each code."""
    query = select(cases.c.code, func.count()).where(*conditions(wanted)).group_by(cases.c.code)
    found: list[Any] = list(await tx.execute(query))
    return {row[0]: row[1] for row in found}


async def in_chunks(tx: Transaction, wanted: Wanted) -> AsyncGenerator[list[Case]]:
    """Yield cases by id, a chunk at a time, so that nobody else waits."""
    query = CASES.select.where(*conditions(wanted)).order_by(cases.c.id)
    async for part in tx.chunks(query, _CHUNK):
        yield [CASES.read(row) for row in part]


EXPORTED = (
    "id", "code", "group_id", "user_id", "employee_no", "department", "status", "closed_as", "reason",
    "data", "opened_at", "first_reminded_at", "due_at", "overdue_at", "closed_at",
)  # fmt: skip
EXPORTED_FINES = (
    "id", "case_id", "code", "group_id", "liable_user_id", "liable_employee_no", "amount", "state",
    "proposed_at", "settled_at", "settled_by", "paid_at", "refunded_at", "reason",
)  # fmt: skip


def export_cases(tx: Transaction, wanted: Wanted) -> AsyncGenerator[Sequence[Any]]:
    """Yield the columns `EXPORTED` of cases, by id, a few rows at a time, so that nobody else waits."""
    query = select(*(cases.c[name] for name in EXPORTED)).where(*conditions(wanted))
    return tx.chunks(query.order_by(cases.c.id), _CHUNK)


def export_fines(
    tx: Transaction, since: datetime | None, until: datetime | None
) -> AsyncGenerator[Sequence[Any]]:
    """Yield the columns `EXPORTED_FINES` of what was proposed, decided or paid in [since, until)."""
    query = select(*(penalties.c[name] for name in EXPORTED_FINES))
    if since is not None and until is not None:
        times = (
            penalties.c.proposed_at,
            penalties.c.settled_at,
            penalties.c.paid_at,
            penalties.c.refunded_at,
        )
        query = query.where(or_(*(and_(time >= since, time < until) for time in times)))
    return tx.chunks(query.order_by(penalties.c.id), _CHUNK)


async def departments(tx: Transaction) -> list[str]:
    """Return every department that has cases."""
    return sorted((await tx.execute(select(cases.c.department).distinct())).scalars())


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what holds of the cases that are wanted."""
    found: list[ColumnElement[bool]] = []
    if wanted.code is not None:
        found.append(cases.c.code == wanted.code)
    if wanted.group_id is not None:
        found.append(cases.c.group_id == wanted.group_id)
    if wanted.departments:
        found.append(or_(*(_below(path) for path in wanted.departments)))
    if wanted.statuses or wanted.closures:
        status = cases.c.status.in_(wanted.statuses)
        found.append(or_(status, cases.c.closed_as.in_(wanted.closures)) if wanted.closures else status)
    if wanted.user_ids or wanted.employee_no is not None:
        found.append(of_whom(cases.c.user_id, cases.c.employee_no, wanted.user_ids, wanted.employee_no))
    if wanted.counted is not None:
        found.append(cases.c.closed_as.is_distinct_from(Closure.DISMISSED.value))
    if wanted.since is not None and wanted.until is not None:
        # What was never overdue or closed was opened, which is asked first. So no term can be looked for by
        # itself: three look-ups that each find nearly all cases cost more than reading an index once.
        later = (cases.c.overdue_at, cases.c.closed_at)
        times = [cases.c.opened_at, *(func.coalesce(time, cases.c.opened_at) for time in later)]
        if wanted.counted is not None:
            times = [cases.c.opened_at if wanted.counted == "opened" else cases.c.closed_at]
        happened = [and_(time >= wanted.since, time < wanted.until) for time in times]
        found.append(or_(*happened, cases.c.closed_at.is_(None)) if wanted.open_too else or_(*happened))
    return found


def _below(path: str) -> ColumnElement[bool]:
    return or_(cases.c.department == path, cases.c.department.startswith(path + "/", autoescape=True))


ROSTER_UNDONE = "名册撤销"
_NO_HANDS = ("reading", ROSTER_UNDONE)
_CLOSED_SO = cases.c.closed_as.in_(("waived", "dismissed"))
_BY_HAND = CASES.select.where(cases.c.group_id == bindparam("of"), _CLOSED_SO)
_ENDS_OF = (
    select(case_events.c.case_id, case_events.c.at, case_events.c.kind, case_events.c.data)
    .where(
        case_events.c.kind.in_(("closed", "dismissed", "ended")),
        case_events.c.case_id.in_(select(cases.c.id).where(cases.c.group_id == bindparam("of"), _CLOSED_SO)),
    )
    .order_by(case_events.c.id)
)


async def settled_by_hand(tx: Transaction, group_id: int) -> list[SettledCase]:
    """Return a group's cases that a person waived or dismissed and whose finding hasn't ended since."""
    found = await CASES.all(tx, _BY_HAND, {"of": group_id})
    known = {case.id: case for case in found}
    if not known:
        return []
    last = {row[0]: row for row in await tx.fetch(_ENDS_OF, {"of": group_id})}
    return [
        SettledCase(
            known[case_id], day_of(at), date.fromisoformat(data["until"]) if "until" in data else None
        )
        for case_id, at, kind, data in last.values()
        if kind != "ended" and data.get("why") not in _NO_HANDS
    ]


async def undone_with(
    tx: Transaction, since: datetime, codes: Mapping[str, Sequence[str]], user_ids: Sequence[int]
) -> list[Case]:
    """Return the cases that a roster applied at `since` may have brought, by what it changed about whom.

    `codes`: duty → employee numbers, those too that people had until later; `user_ids`: QQ numbers it bound
    or unbound, whatever the duty.
    """
    found: dict[int, Case] = {}
    moved = await renumbered.cases_from(tx, {one for nos in codes.values() for one in nos})
    sets: list[tuple[ColumnElement[bool], Column[Any], Collection[Any]]] = [
        (cases.c.user_id.is_not(None), cases.c.user_id, user_ids)
    ]
    for code, nos in codes.items():
        ids = {case_id for one in nos for case_id in moved.get(one, ())}
        sets += [(cases.c.code == code, cases.c.employee_no, nos), (cases.c.code == code, cases.c.id, ids)]
    for where, column, values in sets:
        for part in in_parts(values):
            wanted = CASES.select.where(where, column.in_(part), cases.c.opened_at >= since)
            found.update({case.id: case for case in await CASES.all(tx, wanted)})
    return [case for _, case in sorted(found.items()) if case.closed_as is not Closure.DISMISSED]


async def removed_as_departed(tx: Transaction, employee_nos: Collection[str]) -> list[Case]:
    """Return the cases that ended with the removal of one of these employees as departed, newest first."""
    about = among(cases.c.employee_no, employee_nos, tx.dialect)
    ended = (cases.c.code == "L1", cases.c.closed_as == Closure.REMOVED.value)
    newest = (cases.c.opened_at.desc(), cases.c.id.desc())
    return await CASES.all(tx, CASES.select.where(about, *ended).order_by(*newest)) if employee_nos else []


async def anything_before(tx: Transaction, moment: datetime) -> bool:
    """Tell whether any group or case was known before `moment`."""
    group = select(groups.c.group_id).where(groups.c.first_seen_at < moment).limit(1)
    if (await tx.execute(group)).first() is not None:
        return True
    return (
        await tx.execute(select(cases.c.id).where(cases.c.opened_at < moment).limit(1))
    ).first() is not None
