"""D1 discussion_outsider: no one from outside the company is in a discussion group (讨论组).

Clause: 四.2.1. Liable: the initiator.
Violating: QQ 20009, whom no roster and no proof ties to an employee, sits in a discussion group.
Compliant: every member has a verified identity; an outsider in an ordinary group is M1, not D1.
"""

from collections.abc import Iterator

from regulation.checks.people import filing_in_force, is_discussion, let_in, of_member, unverified
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.D1


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every member of a discussion group whom the registry doesn't know."""
    if filing_in_force(snapshot) is None or not is_discussion(snapshot):
        return
    for member, reason in unverified(snapshot, registry):
        yield of_member(CODE, snapshot, member, reason, data=let_in(member, registry))
