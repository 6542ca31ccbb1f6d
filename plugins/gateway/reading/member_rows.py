"""Rows of a member list, as an implementation answers them, to the core's members."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.fields import number
from regulation.model import Member, Role

_ROLES = {role.value: role for role in Role}
# QQ's own robots, as QQ's client lists their number ranges; older implementations have no is_robot.
_ROBOTS = (
    range(2854196301, 2854216400),
    range(3889000000, 3890000000),
    range(4010000000, 4020000000),
    range(3328144510, 3328144511),
    range(66600000, 66600001),
)


def is_robot_number(user_id: int) -> bool:
    """Tell whether a QQ number is one of QQ's own robots."""
    return any(user_id in numbers for numbers in _ROBOTS)


def read_members(rows: Sequence[Any], group_id: int | None = None) -> tuple[tuple[Member, ...], int]:
    """Return the members, each once, and how many rows could not be read, or say they are another group's.

    A row needs a positive `user_id` and a known `role`; other fields are read leniently.
    """
    members: dict[int, Member] = {}
    unread = 0
    for row in rows:
        member = _read(row)
        if member is None or _is_of_another(row, group_id):
            unread += 1
        else:
            members[member.user_id] = member
    return tuple(members.values()), unread


def _is_of_another(row: Mapping[str, Any], group_id: int | None) -> bool:
    """Tell whether a row says of itself that it belongs to another group; many say nothing."""
    return group_id is not None and str(row.get("group_id") or group_id) != str(group_id)


def _read(row: Any) -> Member | None:
    if not isinstance(row, Mapping):
        return None
    user_id, role = number(row.get("user_id")), row.get("role")
    known = _ROLES.get(role) if isinstance(role, str) else None
    if known is None or user_id is None:
        return None
    nickname, card, robot = row.get("nickname"), row.get("card"), row.get("is_robot")
    return Member(
        user_id,
        _clean(nickname) if nickname else "",
        _clean(card) if card else "",
        known,
        robot is True or (robot is None and is_robot_number(user_id)),
    )


def _clean(value: Any) -> str:
    """Return text that databases take: lone surrogates and NUL replaced. Cheap where nothing is wrong."""
    if not isinstance(value, str):
        return ""
    if value.isprintable():
        return value
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
