"""What is known of cards without asking anyone: so that an unchanged right card costs two look-ups.

Whether a card is right depends on whose it is, not on the group: so a right one is remembered once a
person, the last one seen, and wrong ones where they are. Where a group lets a card be (a waiver, a
transfer under way), that says nothing about others. What changes in the registry has that person's groups
read again, and so is learnt. Memory only, of this process; losing it costs time, never correctness.
"""

from regulation.cards.group_card import judge_card
from regulation.checks import Inspection
from regulation.duties import Code
from regulation.model import GroupSnapshot
from regulation.registry import Registry
from services.app import App

_right: dict[int, str] = {}
_wrong: dict[tuple[int, int], str] = {}
_let_be: dict[tuple[int, int], str] = {}


def known_right(group_id: int, user_id: int, card: str) -> bool:
    """Tell whether this very card of this member was last known to be right: two look-ups."""
    if _right.get(user_id) == card:
        return (group_id, user_id) not in _wrong
    return _let_be.get((group_id, user_id)) == card


def learn(snapshot: GroupSnapshot, inspection: Inspection, registry: Registry) -> None:
    """Remember which cards a reading found right and which wrong."""
    if inspection.unknown is not None or Code.C1 not in inspection.judged:
        return
    group_id = snapshot.group.group_id
    wrong = {finding.user_id for finding in inspection.findings if finding.code is Code.C1}
    waived = {user_id for user_id, code in snapshot.group.waivers if code == Code.C1}
    for member in snapshot.members:
        user_id = member.user_id
        if user_id in wrong:
            _wrong[group_id, user_id] = member.card
            continue
        _wrong.pop((group_id, user_id), None)
        employee = registry.employee_of(user_id)
        if employee is None:
            continue
        if user_id in waived or employee.transfers:
            _let_be[group_id, user_id] = member.card
        else:
            _right[user_id] = member.card


def forget() -> None:
    """Forget everything, as a new process has."""
    for memory in (_right, _wrong, _let_be):
        memory.clear()


def needs_reading(app: App, group_id: int, user_id: int, card: str) -> bool:
    """Tell whether this card, seen in passing, is news that a reading of the group should settle.

    Not when it is the wrong card already known, nor when it belongs to nobody we can judge.
    """
    key = (group_id, user_id)
    if _wrong.get(key) == card:
        return False
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is None:
        return False
    if judge_card(card, employee, app.registry, app.policy, app.now().date()).ok and key not in _wrong:
        _right[user_id] = card
        return False
    _wrong[key] = card
    return True
