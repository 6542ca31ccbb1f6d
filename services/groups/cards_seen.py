"""What is known of cards without asking anyone: so that an unchanged right card costs a few look-ups.

Whether a card is right depends on the person, not on the group. So of each person the last card is remembered
that passes without being the right one itself; wrong cards are remembered by group. Where a group lets a card
be (a waiver, an open transfer), that says nothing about other groups. A change in the registry has the
person's groups read again, and so is learnt. Only this process's memory holds this; losing it costs time,
never correctness.
"""

from dataclasses import dataclass, field

from regulation.cards.group_card import judge_card, right_card
from regulation.checks import Inspection
from regulation.checks.card_format import judged_cards
from regulation.duties import Code
from regulation.model import GroupSnapshot
from regulation.registry import Registry
from services.app import App


@dataclass
class CardsSeen:
    """Cards that pass, by person; wrong cards, and those that are let be, by group and person.

    Of `passing` cards only the hash is kept, which another card shares once in 10^18. `learnt`: the groups of
    which a whole list was gone through.
    """

    learnt: set[int] = field(default_factory=set[int])
    passing: dict[int, int] = field(default_factory=dict[int, int])
    wrong: dict[int, dict[int, str]] = field(default_factory=dict[int, dict[int, str]])
    let_be: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])


def known_right(app: App, group_id: int, user_id: int, card: str) -> bool:
    """Tell whether this very card of this member was last known to be right: a few look-ups."""
    seen = app.memory(CardsSeen)
    if seen.passing.get(user_id) == hash(card) or _is_the_right_one(app, user_id, card):
        return user_id not in seen.wrong.get(group_id, ())
    return seen.let_be.get((group_id, user_id)) == card


def _is_the_right_one(app: App, user_id: int, card: str) -> bool:
    employee = app.registry.employee_of(user_id)
    return employee is not None and card == right_card(employee, app.policy)


def learn(
    app: App, snapshot: GroupSnapshot, inspection: Inspection, registry: Registry, judged: GroupSnapshot
) -> None:
    """Remember which cards a reading found right and which wrong.

    `judged`: of those that were. The others are as they were, right, and remembered if this process read
    the group before.
    """
    if inspection.unknown is not None:
        return
    seen = app.memory(CardsSeen)
    group_id = snapshot.group.group_id
    wrong = {finding.user_id for finding in inspection.findings if finding.code is Code.C1}
    waived = {user_id for user_id, code in snapshot.group.waivers if code == Code.C1}
    known = seen.wrong.get(group_id, {})
    if group_id in seen.learnt:
        # A wrong card may have been seen in passing that is right again.
        once = [member for member in snapshot.members if member.user_id in known] if known else []
        among = (*judged.members, *once)
    else:
        among = snapshot.members
        seen.learnt.add(group_id)
    cards = judged_cards(judged, registry, app.policy)
    right = {member.user_id: verdict.right for member, _, verdict in cards}
    for member in among:
        user_id = member.user_id
        if user_id in wrong:
            known[user_id] = member.card
            continue
        known.pop(user_id, None)
        employee = registry.employee_of(user_id)
        if employee is None:
            continue
        if user_id in waived or employee.transfers:
            seen.let_be[group_id, user_id] = member.card
        elif member.card == (right.get(user_id) or right_card(employee, app.policy)):
            # Nothing to keep: it is made when it is asked about.
            seen.passing.pop(user_id, None)
        else:
            seen.passing[user_id] = hash(member.card)
    if known:
        seen.wrong[group_id] = known


def needs_reading(app: App, group_id: int, user_id: int, card: str) -> bool:
    """Tell whether this card, seen in passing, is news that a reading of the group should settle.

    Not when it is the wrong card already known, nor when it belongs to nobody we can judge.
    """
    seen = app.memory(CardsSeen)
    wrong = seen.wrong.get(group_id, {})
    if wrong.get(user_id) == card:
        return False
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is None:
        return False
    if judge_card(card, employee, app.registry, app.policy, app.now().date()).ok and user_id not in wrong:
        seen.passing[user_id] = hash(card)
        return False
    seen.wrong.setdefault(group_id, {})[user_id] = card
    return True
