"""The life of cases in the database: opening, noting, closing; each step on the timeline."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.cases import case_acts, notices
from db.queries.cases import timelines as rows
from db.queries.groups import last_seen
from regulation.cases import due_after_notice, first_due, put_off
from regulation.model import Case, CaseStatus, Closure, Finding, GroupSnapshot
from services.app import App
from services.watching import clock

# A notice that reached nobody is said again after so long.
TELL_AGAIN = timedelta(days=1)


async def hold(tx: Transaction, case_ids: Iterable[int]) -> None:
    """Make everybody else who decides about these cases or their penalties wait: what is read next holds."""
    for case_id in sorted(set(case_ids)):
        await tx.lock(Lock.CASE, case_id)


async def open_cases(
    app: App, tx: Transaction, findings: Sequence[Finding], snapshot: GroupSnapshot
) -> list[Case]:
    """Open a case for each finding, naming the earlier case of the same kind where there is one."""
    if not findings:
        return []
    group_id = snapshot.group.group_id
    keys = [(finding.code.value, finding.subject) for finding in findings]
    earlier = await rows.last_closed(tx, group_id, keys)
    made = await rows.add(
        tx, [_row(app, f, snapshot, earlier.get(k)) for f, k in zip(findings, keys, strict=True)]
    )
    version = app.registry.version
    await rows.add_events(
        tx,
        [
            (
                case.id,
                case.opened_at,
                "opened",
                {
                    "code": case.code.value,
                    "group_id": case.group_id,
                    "subject": case.subject,
                    "reason": case.reason,
                    "seen": dict(case.data),
                    "read_at": snapshot.read_at.isoformat(),
                    "registry": version,
                },
            )
            for case in made
        ],
    )
    return made


async def start_spans(app: App, tx: Transaction, cases: Sequence[Case], now: datetime) -> None:
    """Start the deadlines that a wrong clock kept from starting, with the whole span for those told then."""
    for case in cases:
        if case.status is CaseStatus.REMINDED and case.first_reminded_at is None:
            await notices.reached_all(tx, case.id, now)
            due = due_after_notice(case, now, app.policy)
            await rows.change(tx, case.id, first_reminded_at=now, due_at=due)
        elif case.due_at is None and (due := first_due(case.code, now, app.policy)) is not None:
            await rows.change(tx, case.id, due_at=due)
        else:
            continue
        await last_seen.look_no_later(tx, [case.group_id], due)


async def go_on(app: App, tx: Transaction, case: Case, since: datetime) -> datetime | None:
    """Have a case go on that rested since: those days do not count. Return its deadline if that is later."""
    due = put_off(case, since, app.now(), app.policy)
    if due is not None:
        await rows.change(tx, case.id, due_at=due)
        await last_seen.look_no_later(tx, [case.group_id], due)
    return due


async def close_case(
    app: App, tx: Transaction, case: Case, closure: Closure, why: str, *, until: date | None = None
) -> bool:
    """Close an open case and call off what was still to be done for it; False when it was closed already.

    `until`: the day until which somebody of the admin staff keeps it quiet.
    """
    now = app.now()
    closed = await rows.change(
        tx,
        case.id,
        status=CaseStatus.CLOSED.value,
        closed_at=now,
        closed_as=closure.value,
        frozen=False,
    )
    if closed:
        data = {"as": closure.value, "why": why} | ({} if until is None else {"until": until.isoformat()})
        await rows.add_event(tx, case.id, now, "closed", data)
        await case_acts.call_off(tx, case.id, now)
    return closed


async def note(app: App, tx: Transaction, case_id: int, kind: str, **data: Any) -> None:
    """Write one event on a case's timeline; `data` is JSON."""
    await rows.add_event(tx, case_id, app.now(), kind, data)


def _row(app: App, finding: Finding, snapshot: GroupSnapshot, earlier: int | None) -> dict[str, Any]:
    wrong = clock.earlier(app) is not None
    due = None if wrong else first_due(finding.code, snapshot.read_at, app.policy)
    return {
        "code": finding.code.value,
        "group_id": finding.group_id,
        "subject": finding.subject,
        "user_id": finding.user_id,
        "employee_no": finding.employee_no,
        "department": _department(app, finding, snapshot),
        "status": CaseStatus.OPEN.value,
        "reason": finding.reason,
        "data": dict(finding.data),
        "opened_at": snapshot.read_at,
        "seen_at": snapshot.read_at,
        "due_at": due,
        "previous_id": earlier,
        "frozen": False,
    }


def _department(app: App, finding: Finding, snapshot: GroupSnapshot) -> str:
    """Return the top department the case counts for: the person's, else the group owner's."""
    employee = app.registry.by_no.get(finding.employee_no) if finding.employee_no else None
    if employee is None and finding.user_id is None and snapshot.owner is not None:
        employee = app.registry.employee_of(snapshot.owner.user_id)
    if employee is not None:
        return employee.department
    filing = snapshot.group.filing
    return filing.department if filing is not None else ""
