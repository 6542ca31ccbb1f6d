"""The life of cases: what a reading opens, keeps and closes, and when each falls due.

`open → reminded (0..n) → overdue → closed`; never more than one open case for a (code, group, subject).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from regulation.checks import Inspection, is_waived
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.deadlines import due_at
from regulation.duties import Code
from regulation.model import Case, CaseStatus, Closure, Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

NOTICE_FIRST = frozenset({Code.F1, Code.F3, Code.D2, Code.C1})
"""Duties without any deadline before the first notice or reminder that was really delivered."""

# Another card, another departure, another name is another breach; a count of days is not.
_TOLD_BY_DATA = frozenset({Code.C1, Code.L1, Code.T1, Code.F2, Code.F3})
_MUST_BE_OUT = frozenset({Code.L1, Code.T1, Code.D1})
STARTS_CLOCK = frozenset({"card_reminder", "file", "notice", "cannot_remove", "removal_failed"})
"""Purposes of what is said to whoever answers for a case: once it reached them, their clock runs."""


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
    registry: Registry,
    *,
    acted: Mapping[int, Closure] | None = None,
    left: Collection[int] = (),
) -> Changes:
    """Compare what was found with a group's open cases.

    An unknown inspection changes nothing. A case not found again is closed as `left` (no longer on the
    complete list), `unbound` (the QQ is another employee's by now, or nobody's), `waived` (a waiver runs),
    else `cured`. What is found of that other employee is opened anew, for they were told of nothing
    yet. `acted`: case
    id → what the bot did about it (`removed`, `corrected`), which then is how the case is closed. Cases of
    other groups and closed ones are passed over. `left`: of whom QQ has told that they left; where the
    list is short of the group's count, only they count as gone.
    """
    if inspection.unknown is not None:
        return Changes()
    group_id = snapshot.group.group_id
    mine = [c for c in open_cases if c.group_id == group_id and c.status is not CaseStatus.CLOSED]
    found = {(f.code, f.group_id, f.subject): f for f in inspection.findings}
    same = {c.key for c in mine if c.key in found and not _of_another(c, found[c.key])}
    present = {member.user_id for member in snapshot.members}
    gone = [
        case for case in mine if case.key not in same and _can_tell(case, inspection, snapshot, present, left)
    ]
    return Changes(
        opened=tuple(finding for key, finding in found.items() if key not in same),
        continuing=tuple((case, found[case.key]) for case in mine if case.key in same),
        closed=tuple((case, _closure(case, snapshot, registry, present, acted or {})) for case in gone),
    )


def _of_another(case: Case, finding: Finding) -> bool:
    """Tell whether a case names the employee a QQ was taken for until now, and the finding another one."""
    before, now = case.employee_no, finding.employee_no
    return case.user_id is not None and None not in (before, now) and before != now


def _can_tell(
    case: Case, inspection: Inspection, snapshot: GroupSnapshot, present: set[int], left: Collection[int]
) -> bool:
    """Tell whether not finding a case again means anything."""
    if case.user_id in inspection.contested:
        return False
    may_be_missing = case.user_id is not None and case.user_id not in present and snapshot.short
    return not may_be_missing or case.user_id in left


def _closure(
    case: Case,
    snapshot: GroupSnapshot,
    registry: Registry,
    present: set[int],
    acted: Mapping[int, Closure],
) -> Closure:
    if case.id in acted:
        return acted[case.id]
    if case.user_id is not None and case.user_id not in present:
        return Closure.LEFT
    if _is_unbound(case, registry):
        return Closure.UNBOUND
    return Closure.WAIVED if is_waived(case.code, case.user_id, snapshot) else Closure.CURED


def _is_unbound(case: Case, registry: Registry) -> bool:
    """Tell whether the QQ of a case is not that employee's any more, of whom it is."""
    if case.user_id is None or case.employee_no is None:
        return False
    identity = registry.identities.get(case.user_id)
    return identity is None or identity.employee_no != case.employee_no


def days_for(code: Code, policy: Policy) -> int:
    """Return how many days whoever answers for a case has from the notice that reached them."""
    days = policy.deadlines
    given = {
        Code.L1: days.departed_days,
        Code.T1: days.transferred_days,
        Code.S1: days.supervisor_days,
        Code.F2: days.drift_days,
        Code.D2: days.discussion_days,
        Code.C1: policy.card.due_days,
        **dict.fromkeys((Code.M1, Code.M2, Code.M3, Code.D1), days.member_days),
    }
    return given.get(code, days.unfiled_days)


def first_due(code: Code, opened_at: datetime, policy: Policy) -> datetime | None:
    """Return when a case would fall due if those liable were told the moment it opens, else None.

    A case opens no sooner than its departure or handover is known and in effect, so this is the day
    that 四.1.5 asks for. F1, F3, C1, D2: None, until `due_after_notice`. Nobody is blamed before that.
    """
    return None if code in NOTICE_FIRST else due_at(opened_at, days_for(code, policy), policy)


def due_after_notice(case: Case, delivered_at: datetime, policy: Policy) -> datetime:
    """Return when a case falls due for somebody whom a notice of it reached at `delivered_at`.

    They have the whole span from that day, however old the matter is; a later deadline that was given
    already stays.
    """
    due = due_at(delivered_at, days_for(case.code, policy), policy)
    return due if case.due_at is None else max(due, case.due_at)


def put_off(case: Case, since: datetime, now: datetime, policy: Policy) -> datetime | None:
    """Return when a case falls due that goes on now and rested since: no day of those counts.

    None where it stays as it was: no deadline ran, or it had passed before.
    """
    if case.due_at is None or case.overdue_at is not None or case.due_at <= since:
        return None
    left = 0
    while due_at(since, left, policy) < case.due_at:
        left += 1
    later = due_at(now, left, policy)
    return later if later > case.due_at else None


def is_past_due(case: Case, now: datetime) -> bool:
    """Tell whether somebody who answers for a case was told of it, and the span they had is over."""
    return case.first_reminded_at is not None and case.due_at is not None and now >= case.due_at


def asks_otherwise(case: Case, finding: Finding) -> bool:
    """Tell whether a case in time asks for another card by now than the one that its person was told of.

    They have the whole span from the reminder that names it: whoever does what they were told on the last
    day isn't late for having been transferred meanwhile.
    """
    return (
        case.code is Code.C1
        and case.overdue_at is None
        and case.data.get("right") != finding.data.get("right")
    )


@dataclass(frozen=True, slots=True)
class SettledCase:
    """A case that a person waived or dismissed `on` a day; `until`: the last day they named, if any."""

    case: Case
    on: date
    until: date | None = None


def stays_quiet(settled: SettledCase, finding: Finding, day: date) -> bool:
    """Tell whether what a person settled stays so though it is found again.

    Only while its facts are as they were, and for what was said against it: whoever must be out of the
    group (L1, T1, D1) comes back the day after, unless another day was named.
    """
    case, until = settled.case, settled.until
    same = finding.reason in (case.reason, IN_REVIEW) and (
        case.code not in _TOLD_BY_DATA or dict(case.data) == dict(finding.data)
    )
    if until is None and case.code in _MUST_BE_OUT:
        until = settled.on
    return same and (until is None or day <= until)


def is_overdue(case: Case, now: datetime) -> bool:
    """Tell whether a case is still open at or after its deadline, so that a penalty may be proposed.

    Never before somebody was told of it, while under appeal, nor while the filing that would cure it
    is under review.
    """
    if case.status is CaseStatus.CLOSED or case.frozen or case.reason == IN_REVIEW:
        return False
    return is_past_due(case, now)
