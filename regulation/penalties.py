"""What an overdue case proposes: amounts, and who is liable, as they were at the deadline.

The program never fines anyone: admin staff confirm or waive each proposal, since the regulation says
"视情节轻重". One breach, one proposal a liable person, however often it is seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from regulation.duties import Code
from regulation.model import Case, CaseStatus, GroupSnapshot, Role
from regulation.policy import Policy
from regulation.registry import Registry

_BY_OWNER = frozenset({Code.F1, Code.F3, Code.T1})
_PER_PERSON = frozenset({Code.L1, Code.T1})


@dataclass(frozen=True, slots=True)
class Officers:
    """Who answered for a group at a moment. `bot_ids`: our accounts, never liable."""

    owner_id: int | None
    admin_ids: tuple[int, ...] = ()
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


def officers_of(snapshot: GroupSnapshot) -> Officers:
    """Return who answers for a group by this reading; a discussion group's initiator as filed."""
    owner, filing = snapshot.owner, snapshot.group.filing
    admins = tuple(sorted(m.user_id for m in snapshot.members if m.role is Role.ADMIN))
    return Officers(
        owner_id=None if owner is None else owner.user_id,
        admin_ids=admins,
        initiator_id=None if filing is None else filing.initiator_id,
        bot_ids=snapshot.bot_ids,
    )


def propose(case: Case, officers: Officers, registry: Registry, policy: Policy) -> tuple[Proposal, ...]:
    """Return one proposal per liable person of an overdue case; none while it is under appeal.

    L1: owner and every admin, per departed person; T1, F1, F3: the owner; D2: the initiator (the owner
    where none is known); C1: the member. Never a bot, never the departed person for his own leaving;
    who holds several roles or several QQs once. Duties without an amount propose nothing.
    """
    amount = policy.fines.get(case.code, Decimal(0))
    if amount <= 0 or case.frozen or case.status is CaseStatus.CLOSED:
        return ()
    liable: dict[str | int, Proposal] = {}
    for user_id in _liable(case, officers):
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
    if case.code in _PER_PERSON and case.employee_no is not None:
        due = "" if case.due_at is None else case.due_at.date().isoformat()
        return f"{case.code}:{case.group_id}:{case.employee_no}:{due}"
    return f"{case.code}:{case.group_id}:V{case.id}"


def _liable(case: Case, officers: Officers) -> list[int]:
    people: Iterable[int | None] = ()
    if case.code is Code.L1:
        people = (officers.owner_id, *officers.admin_ids)
    elif case.code in _BY_OWNER:
        people = (officers.owner_id,)
    elif case.code is Code.D2:
        people = (officers.owner_id if officers.initiator_id is None else officers.initiator_id,)
    elif case.code is Code.C1:
        people = (case.user_id,)
    return [one for one in dict.fromkeys(people) if one is not None and one not in officers.bot_ids]


def _employee_no(user_id: int, case: Case, registry: Registry) -> str | None:
    employee = registry.employee_of(user_id)
    if employee is not None:
        return employee.employee_no
    return case.employee_no if user_id == case.user_id else None


def _is_the_departed(user_id: int, employee_no: str | None, case: Case) -> bool:
    return user_id == case.user_id or (employee_no is not None and employee_no == case.employee_no)
