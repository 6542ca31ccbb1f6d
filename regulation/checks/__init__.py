"""The checks: one file a duty. A check only reports; choosing what to do is the work of `regulation.plan`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from regulation.checks import (
    card_format,
    departed_member,
    discussion_outsider,
    discussion_overdue,
    filing_drift,
    missing_supervisor,
    out_of_scope_member,
    probationary_member,
    reserved_name,
    transferred_member,
    unfiled_group,
    unverified_member,
)
from regulation.duties import DUTIES, Code
from regulation.model import Finding, GroupSnapshot
from regulation.policy import Policy
from regulation.registry import Registry


class Check(Protocol):
    """What a module of this package offers; its docstring says duty, clause and examples."""

    @property
    def CODE(self) -> Code:
        """The duty it looks after."""
        ...

    def check(self, snapshot: GroupSnapshot, registry: Registry, policy: Policy, /) -> Iterator[Finding]:
        """Yield what breaches the duty in this snapshot."""
        ...


CHECKS: tuple[Check, ...] = (
    card_format,
    departed_member,
    discussion_outsider,
    discussion_overdue,
    filing_drift,
    missing_supervisor,
    out_of_scope_member,
    probationary_member,
    reserved_name,
    transferred_member,
    unfiled_group,
    unverified_member,
)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What all checks said of one snapshot.

    `unknown`: why nothing may be opened, closed, removed or fined from it (`incomplete`, `empty`,
    `stale`), else None. `contested`: members of whom nobody knows whose QQ number they have: their cases
    stay as they are. `waived`: what would be among the findings but for a running waiver. `found_in`: the
    members of whom anything was found at all, told or not.
    """

    findings: tuple[Finding, ...] = ()
    unknown: str | None = None
    contested: frozenset[int] = frozenset()
    waived: tuple[Finding, ...] = ()
    found_in: frozenset[int] = frozenset()


def why_unknown(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> str | None:
    """Return why nobody may be accused from this reading, or None when it holds.

    `incomplete`: the list is partial or empty; `empty`, `stale`: the registry is.
    """
    if not snapshot.complete or not snapshot.members:
        return "incomplete"
    return registry.is_unusable(snapshot.read_at, policy)


def inspect(
    snapshot: GroupSnapshot, registry: Registry, policy: Policy, judged: GroupSnapshot | None = None
) -> Inspection:
    """Run every check on a snapshot.

    A running waiver silences a finding: the member's own, for a group's duty that of whoever is
    liable for it (owner, or a discussion group's initiator). `judged`: the same with the only members to be
    judged, where it is known that nothing would be found in the others (`regulation.groups.settled`).
    """
    unknown = why_unknown(snapshot, registry, policy)
    if unknown is not None:
        return Inspection(unknown=unknown)
    judged = judged or snapshot
    found = {
        (finding.code, finding.subject): finding
        for one in CHECKS
        for finding in one.check(judged if DUTIES[one.CODE].about_member else snapshot, registry, policy)
    }
    told = [finding for finding in found.values() if finding.user_id not in snapshot.proving]
    waived = tuple(finding for finding in told if is_waived(finding.code, finding.user_id, snapshot))
    contested = frozenset(m.user_id for m in judged.members if registry.is_contested(m.user_id))
    return Inspection(
        tuple(finding for finding in told if finding not in waived) if waived else tuple(told),
        contested=contested | snapshot.proving,
        waived=waived,
        found_in=frozenset(finding.user_id for finding in found.values() if finding.user_id is not None),
    )


def is_waived(code: Code, user_id: int | None, snapshot: GroupSnapshot) -> bool:
    """Tell whether a waiver runs here for this duty: of the member or, when None, of who is liable."""
    waivers = snapshot.group.waivers
    if not waivers:
        return False
    if user_id is not None:
        return (user_id, code) in waivers
    owner, filing = snapshot.owner, snapshot.group.filing
    liable = {owner.user_id} if owner is not None else set[int]()
    if code is Code.D2 and filing is not None and filing.initiator_id is not None:
        liable = {filing.initiator_id}
    return any((one, code) in waivers for one in liable)
