"""What an overdue case proposes: amounts, and who is liable, as they were at the deadline.

The program never fines anyone: admin staff confirm or waive each proposal, since the regulation says
"视情节轻重". One breach, one proposal a liable person, however often it is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from regulation.cases import due_after_notice, is_overdue
from regulation.duties import Code
from regulation.groups.offices import Office
from regulation.model import Case, Role
from regulation.policy import Policy
from regulation.registry import Registry

# Of duties per person: which of the facts seen tells one departure or handover from the next.
_EVENTS = {Code.L1: "departed_on", Code.T1: "handover_on"}


class PenaltyState(StrEnum):
    """Where a penalty stands. Proposed again, with `paid_at`: others decide whether it was right."""

    PROPOSED = "proposed"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"
    SETTLED = "settled"
    WAIVED = "waived"
    TO_REFUND = "to_refund"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Penalty:
    """A proposed fine, and what became of it. `settled_at`: when it was confirmed or undone."""

    id: int
    case_id: int
    code: Code
    group_id: int
    amount: Decimal
    state: PenaltyState
    proposed_at: datetime
    liable_user_id: int | None = None
    liable_employee_no: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    paid_at: datetime | None = None
    refunded_at: datetime | None = None
    reason: str = ""

    @property
    def version(self) -> str:
        """Tell a first proposal from one put before admin staff again, for what came up since."""
        return "anew" if self.state is PenaltyState.PROPOSED and self.reason else ""


@dataclass(frozen=True, slots=True)
class Answerable:
    """What is known of who answers for a case: offices as read, and whom a notice of it reached when.

    `initiator_id`: of a discussion group, as filed. `bot_ids`: our accounts, never liable.
    """

    offices: tuple[Office, ...] = ()
    told: Mapping[int, datetime] = field(default_factory=dict[int, datetime])
    initiator_id: int | None = None
    bot_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed penalty. `amount` is in 元. Without an employee number: "身份未核实", named by QQ.

    `breach` and the liable person (employee number, else QQ) together are proposed once.
    """

    case_id: int
    code: Code
    liable_user_id: int | None
    liable_employee_no: str | None
    amount: Decimal
    breach: str


def propose(
    case: Case, known: Answerable, registry: Registry, policy: Policy, now: datetime
) -> tuple[Proposal, ...]:
    """Return one proposal per liable person of an overdue case; none while it is under appeal.

    Liable is whom a notice of this very case reached, who had the whole span since, and held the
    office at the end of it: nobody else, however the group is led today. L1: owner and every admin, per
    departed person; T1, F1, F3: the owner; D2: the initiator (the owner where none is known); C1: the
    member. Never a bot, never the departed person for his own leaving; who holds several roles or
    several QQs once. Duties without an amount propose nothing. `now`: of the reading that still shows it.
    """
    amount = policy.fines.get(case.code, Decimal(0))
    if amount <= 0 or not is_overdue(case, now):
        return ()
    liable: dict[str | int, Proposal] = {}
    for user_id, told_at in known.told.items():
        due = due_after_notice(case, told_at, policy)
        if due > now or user_id in known.bot_ids or not _answers(case, user_id, due, known):
            continue
        employee_no = _employee_no(user_id, case, registry)
        if case.code is Code.L1 and _is_the_departed(user_id, employee_no, case):
            continue
        made = Proposal(case.id, case.code, user_id, employee_no, amount, breach_key(case))
        liable.setdefault(user_id if employee_no is None else employee_no, made)
    return tuple(liable.values())


def breach_key(case: Case) -> str:
    """Return what tells breaches apart: of L1 and T1 the person and the event, else the case.

    Two QQs of one departed person in a group are two cases and one breach; being added again after
    the same departure is no new breach.
    """
    event = case.data.get(_EVENTS[case.code]) if case.code in _EVENTS else None
    if event is not None and case.employee_no is not None:
        return f"{case.code}:{case.group_id}:{case.employee_no}:{event}"
    return f"{case.code}:{case.group_id}:V{case.id}"


def _answers(case: Case, user_id: int, at: datetime, known: Answerable) -> bool:
    """Tell whether somebody was the one to answer for a case at a moment."""
    if case.code is Code.C1:
        return user_id == case.user_id
    if case.code is Code.D2 and known.initiator_id is not None:
        return user_id == known.initiator_id
    roles = (Role.OWNER, Role.ADMIN) if case.code is Code.L1 else (Role.OWNER,)
    return any(one.user_id == user_id and one.role in roles and one.covers(at) for one in known.offices)


def _employee_no(user_id: int, case: Case, registry: Registry) -> str | None:
    employee = registry.employee_of(user_id)
    if employee is not None:
        return employee.employee_no
    return case.employee_no if user_id == case.user_id else None


def _is_the_departed(user_id: int, employee_no: str | None, case: Case) -> bool:
    return user_id == case.user_id or (employee_no is not None and employee_no == case.employee_no)
