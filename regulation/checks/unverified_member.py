"""M1 unverified_member: every member is an employee whose real name is verified for that QQ number.

Clause: 四.1.3. Liable: owner.
Violating: QQ 20009 got in past the bot, and nothing ties it to an employee.
Compliant: identity by roster, proof or admin staff; QQ's own robots and the bot; a departed
employee (L1); an outsider in a discussion group (D1); a group without a filing.
"""

from collections.abc import Iterator

from regulation.checks.people import filing_in_force, is_discussion, let_in, of_member, unverified
from regulation.duties import Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.M1


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every member of a filed group who is no employee we know; says who let them in, if known."""
    if filing_in_force(snapshot) is None or is_discussion(snapshot):
        return
    for member, reason in unverified(snapshot, registry):
        yield of_member(CODE, snapshot, member, reason, data=let_in(member, registry))
