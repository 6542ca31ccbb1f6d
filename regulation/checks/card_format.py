"""C1 card_format: the group card holds department + real name, in the company's one format.

Clause: 四.1.4, 三.2. Liable: the member.
Violating: the card of 张三 (市场部) is `小三`, or none is set, so that the nickname shows.
Compliant: `市场部-张三`; with tolerant strictness also `【市场部】張三`.

Silent about people without an identity (M1's concern), the departed (L1) and those whom a
transfer took out of the group's scope (T1): who is to leave needs no card.
"""

from collections.abc import Iterator, Sequence

from regulation.cards.group_card import CardVerdict, judge_card
from regulation.checks.people import active, filing_in_force, of_member, transfer_out
from regulation.deadlines import day_of
from regulation.duties import Code
from regulation.model import Employee, Finding, GroupSnapshot, Member
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.C1


class _Judged:
    """The verdict on each card of a snapshot: whoever asks again has it without judging."""

    __slots__ = ("cards", "policy", "registry")

    def __init__(self, snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> None:
        day = day_of(snapshot.read_at)
        self.registry, self.policy = registry, policy
        self.cards = [
            (member, employee, judge_card(member.card, employee, registry, policy, day))
            for member, employee in active(snapshot, registry)
        ]


def judged_cards(
    snapshot: GroupSnapshot, registry: Registry, policy: Policy
) -> Sequence[tuple[Member, Employee, CardVerdict]]:
    """Return every active member with the verdict on their card."""
    kept = snapshot.found.get(_Judged)
    if kept is None or kept.registry is not registry or kept.policy is not policy:
        kept = snapshot.found[_Judged] = _Judged(snapshot, registry, policy)
    return kept.cards


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report every active member whose card is not right, with the card as seen and the right one."""
    filing = filing_in_force(snapshot)
    if filing is None:
        return
    for member, employee, verdict in judged_cards(snapshot, registry, policy):
        if verdict.ok or (employee.transfers and transfer_out(employee, filing.scope, snapshot)):
            continue
        data = {"card": member.card, "right": verdict.right}
        yield of_member(CODE, snapshot, member, verdict.reason, employee, data)
