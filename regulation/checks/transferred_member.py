"""T1 transferred_member: who was transferred is out of the old position's groups after the handover.

Clause: 四.1.5B, 三.2. Liable: owner, per person.
Violating: 李雷 moved 市场部 → 采购部, the handover is recorded as complete, and he is still in the
group filed for 市场部.
Compliant: the handover is open; the new department is in scope too (only the card must change).
"""

from collections.abc import Iterator

from regulation.checks.people import active, filing_in_force, of_member, transfer_out
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.T1


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every active employee whom a completed transfer took out of the filed scope."""
    filing = filing_in_force(snapshot)
    if filing is None or filing.scope.everyone:
        return
    for member, employee in active(snapshot, registry):
        if not employee.transfers:
            continue
        move = transfer_out(employee, filing.scope, snapshot)
        if move is not None:
            done = "" if move.handover_on is None else move.handover_on.isoformat()
            data = {"from": move.from_department, "to": move.to_department, "handover_on": done}
            yield of_member(CODE, snapshot, member, "handover_complete", employee, data)
