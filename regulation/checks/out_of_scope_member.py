"""M2 out_of_scope_member: every member belongs to the group's filed member scope.

Clause: 四.1.3. Liable: owner.
Violating: 韩梅梅 (财务部) in a group filed for 市场部.
Compliant: scope 全员; a department below one in scope; also_in; the old department while the
handover is open. Whom a completed transfer took out of scope is T1, whoever departed L1, not M2.
"""

from collections.abc import Iterator

from regulation.checks.people import active, filing_in_force, let_in, of_member, transfer_out
from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.M2


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every active employee outside the filed scope; discussion groups have one too."""
    filing = filing_in_force(snapshot)
    if filing is None or filing.scope.everyone:
        return
    scope, day = filing.scope, day_of(snapshot.read_at)
    for member, employee in active(snapshot, registry):
        if not scope.covers(employee, day) and transfer_out(employee, scope, snapshot) is None:
            data = {"department": employee.department, **let_in(member, registry)}
            yield of_member(CODE, snapshot, member, "out_of_scope", employee, data)
