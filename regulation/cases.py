"""The life of cases: what a reading opens, keeps and closes, and when each falls due.

`open → reminded (0..n) → overdue → closed`; never more than one open case for a (code, group, subject).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from regulation.checks import Inspection, is_waived
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.deadlines import day_of, due_at
from regulation.duties import Code
from regulation.model import Case, CaseStatus, Closure, Employee, Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry


@dataclass(frozen=True, slots=True)
class Changes:
    """What one inspection means for a group's open cases.

    `continuing` pairs each case with what was seen of it now: reason and data may have changed.
    """

    opened: tuple[Finding, ...] = ()
    continuing: tuple[tuple[Case, Finding], ...] = ()
    closed: tuple[tuple[Case, Closure], ...] = ()


def reconcile(
    inspection: Inspection,
    open_cases: Sequence[Case],
    snapshot: GroupSnapshot,
    now: datetime,
    *,
    acted: Mapping[int, Closure] | None = None,
    left: Collection[int] = (),
) -> Changes:
    """Compare what was found with a group's open cases.

    An unknown inspection changes nothing. Of a snapshot of one member only that member's cases are
    touched, and only duties that were judged. A case not found again is closed as `left` (no longer
    on the complete list), `waived` (a waiver runs), else `cured`. `acted`: case id → what the bot did
    about it (`removed`, `corrected`), which then is how the case is closed. Cases of other groups and
    closed ones are passed over. `left`: of whom QQ has told that they left; where the list is short of
    the group's count, only they count as gone. `now` is not used yet in any decision: a case opens at the
    reading.
    """
    if inspection.unknown is not None:
        return Changes()
    group_id = snapshot.group.group_id
    mine = [c for c in open_cases if c.group_id == group_id and c.status is not CaseStatus.CLOSED]
    found = {(f.code, f.group_id, f.subject): f for f in inspection.findings}
    known = {case.key for case in mine}
    present = {member.user_id for member in snapshot.members}
    gone = [
        case
        for case in mine
        if case.key not in found and _can_tell(case, inspection, snapshot, present, left)
    ]
    return Changes(
        opened=tuple(finding for key, finding in found.items() if key not in known),
        continuing=tuple((case, found[case.key]) for case in mine if case.key in found),
        closed=tuple((case, _closure(case, snapshot, present, acted or {})) for case in gone),
    )


def _can_tell(
    case: Case, inspection: Inspection, snapshot: GroupSnapshot, present: set[int], left: Collection[int]
) -> bool:
    """Tell whether not finding a case again means anything."""
    if case.code not in inspection.judged:
        return False
    if case.user_id is not None and case.user_id not in present and snapshot.short:
        return case.user_id in left
    return snapshot.whole or case.user_id in present


def _closure(case: Case, snapshot: GroupSnapshot, present: set[int], acted: Mapping[int, Closure]) -> Closure:
    if case.id in acted:
        return acted[case.id]
    if case.user_id is not None and case.user_id not in present:
        return Closure.LEFT
    return Closure.WAIVED if is_waived(case.code, case.user_id, snapshot) else Closure.CURED


def first_due(about: Case | Finding, policy: Policy, registry: Registry, now: datetime) -> datetime | None:
    """Return when a case falls due as far as that is known when it opens, else None.

    L1: from the later of the departure and the day it was known (四.1.5A); T1: likewise from the
    handover (四.1.5B); M1, M2, M3, D1, S1, F2: from the opening (a finding opens `now`). F1, F3, C1, D2:
    None, until `due_after_notice`.
    """
    days, opened = policy.deadlines, about.opened_at if isinstance(about, Case) else now
    employee = registry.by_no.get(about.employee_no) if about.employee_no else None
    match about.code:
        case Code.L1:
            return due_at(_departure_known(employee) or opened, days.departed_days, policy)
        case Code.T1:
            return due_at(_handover_known(employee, about, now) or opened, days.transferred_days, policy)
        case Code.M1 | Code.M2 | Code.M3 | Code.D1:
            return due_at(opened, days.member_days, policy)
        case Code.S1:
            return due_at(opened, days.supervisor_days, policy)
        case Code.F2:
            return due_at(opened, days.drift_days, policy)
        case _:
            return None


def _departure_known(employee: Employee | None) -> date | None:
    if employee is None or employee.departed_on is None:
        return None
    return max(employee.departed_on, employee.departure_known_on or employee.departed_on)


def _handover_known(employee: Employee | None, about: Case | Finding, now: datetime) -> date | None:
    """Return the day the handover counts from: of the transfer found, else of the latest one complete."""
    moves = [] if employee is None else [m for m in employee.transfers if not m.is_open(day_of(now))]
    same = [move for move in moves if move.from_department == about.data.get("from")]
    known = [max(m.handover_on, m.known_on or m.handover_on) for m in same or moves if m.handover_on]
    return max(known, default=None)


def due_after_notice(case: Case, delivered_at: datetime, policy: Policy) -> datetime | None:
    """Return when a case falls due once its first notice or reminder was delivered.

    F1, F3: `unfiled_days`; D2: `discussion_days`; C1: `card.due_days`, all from the day of delivery.
    Any other case keeps the due time it has: its clock waits for no notice.
    """
    days = {
        Code.F1: policy.deadlines.unfiled_days,
        Code.F3: policy.deadlines.unfiled_days,
        Code.D2: policy.deadlines.discussion_days,
        Code.C1: policy.card.due_days,
    }
    return due_at(delivered_at, days[case.code], policy) if case.code in days else case.due_at


def is_overdue(case: Case, now: datetime) -> bool:
    """Tell whether a case is still open at or after its deadline, so that a penalty may be proposed.

    Never while under appeal, nor while the filing that would cure it is under review.
    """
    if case.status is CaseStatus.CLOSED or case.frozen or case.reason == IN_REVIEW:
        return False
    return case.due_at is not None and now >= case.due_at
