"""F2 filing_drift: what was filed still is so: name, owner, admins.

Clause: 四.1.1. Liable: owner.
Violating: filed with owner 王强, the owner now is 李雷; an admin nobody filed.
Compliant: the bot was made admin; the owner by another QQ number of his; a register taken over that
names no admins; spaces in the name.

A change under review that says what is so leaves the finding as `in_review`, as of F1.
"""

from collections.abc import Iterable, Iterator

from regulation.checks.group_names import plain_name
from regulation.checks.people import filing_in_force, of_group, said_name
from regulation.checks.unfiled_group import IN_REVIEW
from regulation.duties import Code
from regulation.model import Filing, Finding, GroupSnapshot, Role
from regulation.policy import Policy
from regulation.registry import Registry

CODE = Code.F2
_TITLES = {"name": "群名", "owner": "群主", "admins": "管理员"}


def check(snapshot: GroupSnapshot, registry: Registry, policy: Policy) -> Iterator[Finding]:
    """Report once what differs; what the filing left unsaid (None) is no difference."""
    filing = filing_in_force(snapshot)
    if filing is None:
        return
    name, owner, admins = _differences(filing, snapshot, registry)
    parts = [part for part, data in (("name", name), ("owner", owner), ("admins", admins)) if data]
    if parts:
        reason = parts[0] if len(parts) == 1 else "several"
        asked = snapshot.group.in_review
        if asked is not None and not any(_differences(asked, snapshot, registry)):
            reason = IN_REVIEW
        what = "、".join(_TITLES[part] for part in parts)
        yield of_group(CODE, snapshot, reason, differences=what, **name, **owner, **admins)


def _differences(filing: Filing, snapshot: GroupSnapshot, registry: Registry) -> tuple[dict[str, str], ...]:
    """Return what differs in the name, the owner and the admins; nothing of what doesn't."""
    return (
        _name(filing, snapshot),
        _owner(filing, snapshot, registry),
        _admins(filing, snapshot, registry),
    )


def _name(filing: Filing, snapshot: GroupSnapshot) -> dict[str, str]:
    if filing.name is None or plain_name(filing.name) == plain_name(snapshot.name):
        return {}
    return {"name_filed": filing.name, "name_live": snapshot.name}


def _owner(filing: Filing, snapshot: GroupSnapshot, registry: Registry) -> dict[str, str]:
    owner = snapshot.owner
    if filing.owner_id is None or owner is None or owner.user_id == filing.owner_id:
        return {}
    if _person(owner.user_id, registry) == _person(filing.owner_id, registry):
        return {}  # by another QQ number of theirs
    stand_ins = {m.user_id for m in snapshot.officers} or {filing.owner_id}
    if owner.user_id in snapshot.bot_ids and filing.owner_id in stand_ins:
        return {}  # one of our accounts owns it, and who was filed stands in
    filed, live = said_name(filing.owner_id, registry), said_name(owner.user_id, registry)
    return {"owner_filed": filed, "owner_live": live}


def _admins(filing: Filing, snapshot: GroupSnapshot, registry: Registry) -> dict[str, str]:
    """Compare admins without the bot, and without owners: who owns the group is another question."""
    if filing.admin_ids is None:
        return {}
    owner = snapshot.owner
    live = {m.user_id for m in snapshot.officers if m.role is Role.ADMIN} - {filing.owner_id}
    filed = filing.admin_ids - {filing.owner_id, None if owner is None else owner.user_id}
    added = _without(live - filed - snapshot.bot_ids, filed, registry)
    gone = _without(filed - live - snapshot.bot_ids, live, registry)
    if not added and not gone:
        return {}
    return {"admins_added": _names(added, registry), "admins_missing": _names(gone, registry)}


def _without(user_ids: Iterable[int], others: Iterable[int | None], registry: Registry) -> list[int]:
    """Return those who aren't among the others by whatever QQ number of theirs."""
    there = {_person(other, registry) for other in others if other is not None}
    return [user_id for user_id in user_ids if _person(user_id, registry) not in there]


def _person(user_id: int, registry: Registry) -> str | int:
    """Return whose a QQ number is, or the number itself where nobody knows."""
    employee = registry.employee_of(user_id)
    return user_id if employee is None else employee.employee_no


def _names(user_ids: Iterable[int], registry: Registry) -> str:
    return "、".join(said_name(user_id, registry) for user_id in sorted(user_ids)) or "无"
