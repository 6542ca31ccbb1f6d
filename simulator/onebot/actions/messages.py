"""Sending and reading messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.onebot import segments
from simulator.onebot.answers import failure
from simulator.onebot.params import BadParams
from simulator.qq.model import Message, Segment, Shown

if TYPE_CHECKING:
    from simulator.onebot.account import Account
    from simulator.onebot.params import Params


def show(account: Account, group_id: int | None, user_id: int | None, parts: list[Segment]) -> int:
    """Display something in QQ, to people and to the other accounts in the group; its message id."""
    world = account.world
    file, filename = segments.attachment(parts, "file")
    image, _ = segments.attachment(parts, "image")
    now = world.now()
    world.shown.append(
        Shown(
            now, account.self_id, group_id, user_id, parts, segments.plain(parts),
            file, filename, image, segments.mentioned(parts),
        )
    )  # fmt: skip
    message = Message(
        world.next_message_id(), now, account.self_id, account.nickname, parts,
        "" if image or file else segments.raw(parts), group_id, user_id or 0,
    )  # fmt: skip
    world.keep_message(message)
    for other in world.watchers(world.groups[group_id]) if group_id is not None else ():
        if other.self_id != account.self_id:
            other.hear(message)
    world.changed()
    return message.message_id


def _parts(account: Account, params: Params) -> list[Segment]:
    try:
        parts = segments.parse(params.any("message"), literal=params.boolean("auto_escape", False))
        for kind in ("image", "file"):
            segments.attachment(parts, kind)
    except ValueError:
        raise BadParams("message") from None
    if not parts:
        raise BadParams("message")
    if not account.profile.sends_pictures and segments.attachment(parts, "image")[0] is not None:
        raise failure(account.profile, "rich media transfer failed")
    return parts


def may_write_to(account: Account, user_id: int, group_id: int | None) -> bool:
    """Friends always; others in a temporary session, if the implementation and the person allow one."""
    world, how = account.world, account.profile.temporary_session
    if user_id in world.friends.get(account.self_id, ()):
        return True
    if how == "after_their_word":
        written = (m for m in world.messages.values() if m.group_id is None and m.sender_id == user_id)
        return any(message.target_id == account.self_id for message in written)
    if group_id is None or how == "never":
        return False
    group = world.groups.get(group_id)
    together = group is not None and account.self_id in group.members and user_id in group.members
    return together and user_id not in world.no_temporary_sessions


async def send_group_msg(account: Account, params: Params) -> dict[str, Any]:
    """Say something in a group."""
    group_id, parts = params.integer("group_id"), _parts(account, params)
    group = account.world.groups.get(group_id)
    if group is None or account.self_id not in group.members:
        raise failure(account.profile, "send_group_failed")
    return {"message_id": show(account, group_id, None, parts)}


async def send_private_msg(account: Account, params: Params) -> dict[str, Any]:
    """Write to somebody in private; ``group_id`` asks for a temporary session."""
    user_id, parts = params.integer("user_id"), _parts(account, params)
    group_id = params.integer("group_id") if "group_id" in params else None
    if not may_write_to(account, user_id, group_id):
        raise failure(account.profile, "send_failed")
    return {"message_id": show(account, None, user_id, parts)}


async def send_msg(account: Account, params: Params) -> dict[str, Any]:
    """Either, by ``message_type``, or by what is given."""
    kind = params.text("message_type", "private" if "user_id" in params else "group")
    return await (send_group_msg if kind == "group" else send_private_msg)(account, params)


def _data(message: Message) -> dict[str, Any]:
    kind = "private" if message.group_id is None else "group"
    data: dict[str, Any] = {
        "time": int(message.time),
        "message_type": kind,
        "message_id": message.message_id,
        "real_id": message.message_id,
        "message_seq": message.message_id,
        "sender": {"user_id": message.sender_id, "nickname": message.nickname},
        "message": message.segments,
        "raw_message": message.raw,
        "font": 14,
        "user_id": message.sender_id,
    }
    return data if message.group_id is None else {**data, "group_id": message.group_id}


async def get_msg(account: Account, params: Params) -> dict[str, Any]:
    """One message again."""
    message = account.world.messages.get(params.integer("message_id"))
    if message is None:
        raise failure(account.profile, "消息不存在")
    return _data(message)


async def delete_msg(account: Account, params: Params) -> None:
    """Recall a message."""
    if account.world.messages.pop(params.integer("message_id"), None) is None:
        raise failure(account.profile, "消息不存在")


async def get_group_msg_history(account: Account, params: Params) -> dict[str, Any]:
    """The last messages of a group, oldest first."""
    group_id, count = params.integer("group_id"), params.integer("count", 20)
    found = [m for m in account.world.messages.values() if m.group_id == group_id]
    return {"messages": [_data(message) for message in found[-count:]]}


ACTIONS = {
    "send_group_msg": send_group_msg,
    "send_private_msg": send_private_msg,
    "send_msg": send_msg,
    "get_msg": get_msg,
    "delete_msg": delete_msg,
    "get_group_msg_history": get_group_msg_history,
}
