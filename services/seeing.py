"""What is known of cards without asking anyone: so that an unchanged right card costs one look-up.

Memory only, of this process; losing it costs time, never correctness.
"""

from regulation.checks import Inspection
from regulation.duties import Code
from regulation.group_card import judge_card
from regulation.model import GroupSnapshot
from services.app import App

_right: dict[tuple[int, int], str] = {}
_wrong: dict[tuple[int, int], str] = {}
_version: list[int] = [0]


def known_right(group_id: int, user_id: int, card: str) -> bool:
    """Tell whether this very card of this member was last known to be right: one look-up."""
    return _right.get((group_id, user_id)) == card


def learn(snapshot: GroupSnapshot, inspection: Inspection) -> None:
    """Remember which cards a reading found right and which wrong."""
    if inspection.unknown is not None or Code.C1 not in inspection.judged:
        return
    group_id = snapshot.group.group_id
    wrong = {finding.user_id for finding in inspection.findings if finding.code is Code.C1}
    for member in snapshot.members:
        key = (group_id, member.user_id)
        mine, other = (_wrong, _right) if member.user_id in wrong else (_right, _wrong)
        mine[key] = member.card
        other.pop(key, None)


def forget() -> None:
    """Forget everything: the registry or the policy changed."""
    _right.clear()
    _wrong.clear()


def needs_reading(app: App, group_id: int, user_id: int, card: str) -> bool:
    """Tell whether this card, seen in passing, is news that a reading of the group should settle.

    Not when it is the wrong card already known, nor when it belongs to nobody we can judge.
    """
    if _version[0] != app.registry.version:
        forget()
        _version[0] = app.registry.version
    key = (group_id, user_id)
    if _wrong.get(key) == card:
        return False
    employee = app.registry.active_employee_of(user_id, app.now().date())
    if employee is None:
        return False
    if judge_card(card, employee, app.registry, app.policy, app.now().date()).ok and key not in _wrong:
        _right[key] = card
        return False
    _wrong[key] = card
    return True
