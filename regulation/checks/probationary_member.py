"""M3 probationary_member: every member is a regular employee, or was admitted early by consent.

Clause: 四.1.3. Liable: owner.
Violating: 小周, on probation, in a group where no consent is recorded for him.
Compliant: the head of the owner's department consented; regularized_on is reached; a discussion
group, for which 四.2.3 asks for cards and leavers only.
"""

from collections.abc import Iterator

from regulation.checks.people import active, filing_in_force, is_discussion, let_in, of_member
from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot, Status
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.M3


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every employee on probation without a running consent for this group."""
    if filing_in_force(snapshot) is None or is_discussion(snapshot):
        return
    consents, day = snapshot.group.consents, day_of(snapshot.read_at)
    for member, employee in active(snapshot, registry):
        if employee.status(day) is Status.PROBATION and employee.employee_no not in consents:
            data = {"department": employee.department, **let_in(member, registry)}
            yield of_member(CODE, snapshot, member, "probation", employee, data)
