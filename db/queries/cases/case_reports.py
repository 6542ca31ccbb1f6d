"""Reading cases for reports: filtered lists, figures, and whether the timelines are unbroken."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, func, literal_column, or_, select

from db.engine import Transaction
from db.queries.cases.timelines import as_case
from db.tables.cases import case_events, cases, penalties
from db.tables.groups import groups
from regulation.cases import SettledCase
from regulation.deadlines import day_of
from regulation.model import Case, CaseStatus, Closure

_CHUNK = 250
OPEN = tuple(status.value for status in CaseStatus if status is not CaseStatus.CLOSED)
_constant = cast("Callable[[str], ColumnElement[int]]", literal_column)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: all that is given must hold. `departments` are paths, each with all below it.

    `since`/`until`: something (opened, overdue, closed) happened in [since, until); with
    `open_too`, what is still open counts as well; with `opened_only`, only what was opened then and not
    dismissed as wrong, as summaries count it. `statuses` and `closures` are alternatives.
    """

    code: str | None = None
    departments: tuple[str, ...] = ()
    group_id: int | None = None
    statuses: tuple[str, ...] = ()
    closures: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    open_too: bool = False
    opened_only: bool = False
    user_ids: tuple[int, ...] = ()
    employee_no: str | None = None


async def listed(tx: Transaction, wanted: Wanted, *, limit: int, below: int | None = None) -> list[Case]:
    """Return cases, newest first; `below`: only those with a smaller id (the next page)."""
    query = select(cases).where(*_conditions(wanted))
    if below is not None:
        query = query.where(cases.c.id < below)
    found = await tx.execute(query.order_by(cases.c.id.desc()).limit(limit))
    return [as_case(row) for row in found.mappings()]


async def count(tx: Transaction, wanted: Wanted) -> int:
    """Return how many cases there are."""
    query = select(func.count()).select_from(cases).where(*_conditions(wanted))
    return (await tx.execute(query)).scalar_one()


async def count_by_code(tx: Transaction, wanted: Wanted) -> dict[str, int]:
    """Return how many cases there are of each code."""
    query = select(cases.c.code, func.count()).where(*_conditions(wanted)).group_by(cases.c.code)
    found: list[Any] = list(await tx.execute(query))
    return {row[0]: row[1] for row in found}


async def in_chunks(tx: Transaction, wanted: Wanted) -> AsyncGenerator[list[Case]]:
    """Yield cases by id, a chunk at a time, so that nobody else waits."""
    query = select(cases).where(*_conditions(wanted)).order_by(cases.c.id)
    async for part in tx.chunks(query, _CHUNK):
        yield [as_case(row._mapping) for row in part]


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
    query = select(*(cases.c[name] for name in EXPORTED)).where(*_conditions(wanted))
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


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
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
        about = cases.c.user_id.in_(wanted.user_ids)
        found.append(
            about if wanted.employee_no is None else or_(about, cases.c.employee_no == wanted.employee_no)
        )
    if wanted.opened_only:
        found.append(func.coalesce(cases.c.closed_as, "") != Closure.DISMISSED.value)
    if wanted.since is not None and wanted.until is not None:
        times = (cases.c.opened_at, cases.c.overdue_at, cases.c.closed_at)
        times = times[:1] if wanted.opened_only else times
        happened = [and_(time >= wanted.since, time < wanted.until) for time in times]
        found.append(or_(*happened, cases.c.closed_at.is_(None)) if wanted.open_too else or_(*happened))
    return found


def _below(path: str) -> ColumnElement[bool]:
    return or_(cases.c.department == path, cases.c.department.startswith(path + "/", autoescape=True))


@dataclass(frozen=True, slots=True)
class Tallies:
    """Cases counted together that no figure of a summary tells apart.

    `courses`: (opened, overdue, closed, closed_as, how many); `opened` and so on say how many of the
    moments asked for were reached by then, -1 where it hasn't happened. `codes`, `departments` and
    `groups` count the cases opened in the period.
    """

    courses: list[tuple[int, int, int, str, int]]
    codes: list[tuple[str, int]]
    departments: list[tuple[str, int]]
    groups: list[tuple[int, int]]


async def tallies(
    tx: Transaction, moments: Sequence[datetime], start: datetime, end: datetime, wanted: Wanted
) -> Tallies:
    """Count cases by their course past `moments` (ascending), and those opened in [start, end) by what.

    Cases that were closed before the first moment are left out.
    """
    times = (cases.c.opened_at, cases.c.overdue_at, cases.c.closed_at)
    course = [*(_reached(time, moments) for time in times), func.coalesce(cases.c.closed_as, "")]
    # Nearly all rows are wanted: reading them in order beats any index, so none is offered.
    recent = func.coalesce(cases.c.closed_at, moments[-1]) >= moments[0]
    # What was dismissed as wrong never was.
    right = func.coalesce(cases.c.closed_as, "") != Closure.DISMISSED.value
    opened = (right, cases.c.opened_at >= start, cases.c.opened_at < end)
    return Tallies(
        await _counted(tx, course, [right, recent, *_conditions(wanted)]),
        await _counted(tx, [cases.c.code], [*opened, *_conditions(wanted)]),
        await _counted(tx, [cases.c.department], [*opened, *_conditions(wanted)]),
        await _counted(tx, [cases.c.group_id + 0], [*opened, *_conditions(wanted)]),
    )


async def _counted(
    tx: Transaction, keys: Sequence[ColumnElement[Any]], where: Sequence[ColumnElement[bool]]
) -> list[Any]:
    inner = select(*(key.label(f"k{index}") for index, key in enumerate(keys))).where(*where).subquery()
    columns = list(inner.c)
    found = await tx.execute(select(*columns, func.count()).group_by(*columns))
    return [tuple(row) for row in found.all()]


async def fine_tallies(tx: Transaction, moments: Sequence[datetime], wanted: Wanted) -> list[Any]:
    """Return (amount, state, proposed, settled, how many) of penalties, times as in `Tallies`."""
    times = [_reached(penalties.c.proposed_at, moments), _reached(penalties.c.settled_at, moments)]
    keys = [penalties.c.amount, penalties.c.state, *times]
    conditions = _conditions(wanted)
    if not conditions:
        return await _counted(tx, keys, [])
    return await _counted(tx, keys, [penalties.c.case_id.in_(select(cases.c.id).where(*conditions))])


def _reached(column: Any, moments: Sequence[datetime]) -> ColumnElement[int]:
    """Return how many of `moments` were reached at `column`, by halving; -1 where it is null."""

    def between(low: int, high: int) -> ColumnElement[int]:
        if low == high:
            return _constant(str(low))
        middle = (low + high) // 2
        return case((column < moments[middle], between(low, middle)), else_=between(middle + 1, high))

    return case((column.is_(None), _constant("-1")), else_=between(0, len(moments)))


ROSTER_UNDONE = "名册撤销"
_NO_HANDS = ("reading", ROSTER_UNDONE)


async def settled_by_hand(tx: Transaction, group_id: int) -> list[SettledCase]:
    """Return a group's cases that a person waived or dismissed and whose finding hasn't ended since."""
    closed = cases.c.closed_as.in_(("waived", "dismissed"))
    found = await tx.execute(select(cases).where(cases.c.group_id == group_id, closed))
    known = {row["id"]: as_case(row) for row in found.mappings()}
    if not known:
        return []
    kinds = case_events.c.kind.in_(("closed", "dismissed", "ended"))
    columns = (case_events.c.case_id, case_events.c.at, case_events.c.kind, case_events.c.data)
    query = select(*columns).where(
        kinds, case_events.c.case_id.in_(select(cases.c.id).where(cases.c.group_id == group_id, closed))
    )
    last = {row[0]: row for row in await tx.rows(query.order_by(case_events.c.id))}
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

    `codes`: duty → employee numbers; `user_ids`: QQ numbers it bound or unbound, whatever the duty.
    """
    found: dict[int, Case] = {}
    sets = [(cases.c.code == code, cases.c.employee_no, list(nos)) for code, nos in codes.items()]
    for where, column, values in [*sets, (cases.c.user_id.is_not(None), cases.c.user_id, list(user_ids))]:
        for start in range(0, len(values), 500):
            part = column.in_(values[start : start + 500])
            rows = await tx.execute(select(cases).where(where, part, cases.c.opened_at >= since))
            found.update({row["id"]: as_case(row) for row in rows.mappings()})
    return [case for _, case in sorted(found.items()) if case.closed_as is not Closure.DISMISSED]


async def anything_before(tx: Transaction, moment: datetime) -> bool:
    """Tell whether any group or case was known before `moment`."""
    group = select(groups.c.group_id).where(groups.c.first_seen_at < moment).limit(1)
    if (await tx.execute(group)).first() is not None:
        return True
    return (
        await tx.execute(select(cases.c.id).where(cases.c.opened_at < moment).limit(1))
    ).first() is not None
