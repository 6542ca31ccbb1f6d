"""S1 missing_supervisor: a supervisor or manager of the owner's department is an admin of the group.

Clause: 四.1.2. Liable: owner.
Violating: a group of 市场部 whose admins are all plain employees.
Compliant: 王强（市场部经理） is owner or admin; so is, for a group of 市场部/华东组, the head of 市场部.

Silent about exempt and discussion groups, and where neither the filing nor the owner's identity
says whose department it is. Where nobody could qualify, the finding says so (`no_head`).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from regulation.checks.people import filing_in_force, is_discussion, of_group
from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Employee, Finding, GroupSnapshot, is_within
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.S1
NO_HEAD = "no_head"
_NAMED = 5


def owner_department(snapshot: GroupSnapshot, registry: Registry) -> str:
    """Return the owner's department: as filed, else by the live owner's identity, else empty."""
    filing = snapshot.group.filing
    if filing is not None and filing.department:
        return filing.department
    employee = None if snapshot.owner is None else registry.employee_of(snapshot.owner.user_id)
    return "" if employee is None else employee.department


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report a group without a supervisor among its officers; names who would qualify."""
    if filing_in_force(snapshot) is None or is_discussion(snapshot):
        return
    department, day = owner_department(snapshot, registry), day_of(snapshot.read_at)
    if not department or _supervised(snapshot, registry, department, day):
        return
    heads = registry.heads_of(department, day)
    reason = "no_supervisor" if heads else NO_HEAD
    candidates = _candidates(heads, snapshot, registry)
    yield of_group(CODE, snapshot, reason, department=department, candidates=candidates)


def _supervised(snapshot: GroupSnapshot, registry: Registry, department: str, day: date) -> bool:
    for officer in snapshot.officers:
        employee = registry.active_employee_of(officer.user_id, day)
        if employee is not None and employee.is_head and is_within(department, employee.department):
            return True
    return False


def _candidates(heads: Sequence[Employee], snapshot: GroupSnapshot, registry: Registry) -> str:
    """Name who would qualify: those in the group already, else all of them."""
    present = {member.user_id for member in snapshot.members}
    inside = [h for h in heads if not present.isdisjoint(registry.qqs_of(h.employee_no))]
    named = [f"{h.department} {h.name}（{h.title or '主管'}）" for h in (inside or heads)[:_NAMED]]
    return "、".join(named)
