"""The calls of OneBot v11 that this project makes, and nothing else: action, parameters, patience.

A test holds every one against NapCat's published schema.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Segment = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `timeout` is how many seconds an answer may take."""

    action: str
    params: dict[str, Any]
    timeout: float = 10.0


def version_info() -> Call:
    """Which implementation is it."""
    return Call("get_version_info", {}, 5.0)


def friend_list() -> Call:
    """Ask who the account's friends are."""
    return Call("get_friend_list", {})


def group_list() -> Call:
    """Which groups is the account in."""
    return Call("get_group_list", {"no_cache": True}, 20.0)


def group_info(group_id: int) -> Call:
    """A group's name and member count."""
    return Call("get_group_info", {"group_id": group_id, "no_cache": True})


def member_list(group_id: int) -> Call:
    """All members of a group."""
    return Call("get_group_member_list", {"group_id": group_id, "no_cache": True}, 20.0)


def member_info(group_id: int, user_id: int) -> Call:
    """One member."""
    return Call("get_group_member_info", {"group_id": group_id, "user_id": user_id, "no_cache": True})


def system_messages() -> Call:
    """Requests and invitations (NapCat, LLBot, go-cqhttp)."""
    return Call("get_group_system_msg", {"count": 500}, 10.0)


def ignored_requests() -> Call:
    """Requests that QQ put among the doubtful ones (NapCat, LLBot)."""
    return Call("get_group_ignore_add_request", {}, 20.0)


def lagrange_requests() -> Call:
    """Requests and invitations (Lagrange)."""
    return Call("get_group_requests", {}, 20.0)


def answer_request(flag: str, *, approve: bool, reason: str = "", sub_type: str = "add") -> Call:
    """Let an applicant in or not; or accept an invitation (`sub_type` invite)."""
    params: dict[str, Any] = {"flag": flag, "sub_type": sub_type, "approve": approve}
    if reason and not approve:
        params["reason"] = reason[:30]
    return Call("set_group_add_request", params)


def answer_friend(flag: str, *, approve: bool) -> Call:
    """Accept or refuse a friend."""
    return Call("set_friend_add_request", {"flag": flag, "approve": approve})


def kick(group_id: int, user_id: int) -> Call:
    """Remove one member; they may ask to join again."""
    return Call("set_group_kick", {"group_id": group_id, "user_id": user_id, "reject_add_request": False})


def napcat_kick_many(group_id: int, user_ids: Sequence[int]) -> Call:
    """Remove several (NapCat)."""
    people = [str(user_id) for user_id in user_ids]
    params = {"group_id": group_id, "user_id": people, "reject_add_request": False}
    return Call("set_group_kick_members", params, 20.0)


def llbot_kick_many(group_id: int, user_ids: Sequence[int]) -> Call:
    """Remove several (LLBot)."""
    return Call("batch_delete_group_member", {"group_id": group_id, "user_ids": list(user_ids)}, 20.0)


def set_card(group_id: int, user_id: int, card: str) -> Call:
    """Write a member's card."""
    # NapCat looks whether it took before it answers: a second as a rule, at worst over twenty.
    return Call("set_group_card", {"group_id": group_id, "user_id": user_id, "card": card}, 45.0)


def group_message(group_id: int, message: Sequence[Segment]) -> Call:
    """Say something in a group."""
    return Call("send_group_msg", {"group_id": group_id, "message": list(message)}, 15.0)


def private_message(user_id: int, message: Sequence[Segment], group_id: int | None = None) -> Call:
    """Write to somebody; with `group_id` in a temporary session through that group."""
    params: dict[str, Any] = {"user_id": user_id, "message": list(message)}
    if group_id is not None:
        params["group_id"] = group_id
    return Call("send_private_msg", params, 15.0)


def private_file(user_id: int, name: str, data: bytes, group_id: int | None = None) -> Call:
    """Send a file to somebody; its bytes travel in the call."""
    params: dict[str, Any] = {"user_id": user_id, "file": _in_words(data), "name": name, "upload_file": True}
    if group_id is not None:
        params["group_id"] = group_id
    return Call("upload_private_file", params, 120.0)


def group_file(group_id: int, name: str, data: bytes) -> Call:
    """Put a file into a group (scheduled reports to the admin group only)."""
    params = {"group_id": group_id, "file": _in_words(data), "name": name, "upload_file": True}
    return Call("upload_group_file", params, 120.0)


def get_file(file_id: str) -> Call:
    """A file somebody sent."""
    return Call("get_file", {"file_id": file_id}, 60.0)


def private_file_url(file_id: str, file_hash: str | None = None) -> Call:
    """Ask where a file that somebody sent can be fetched; SnowLuma wants the hash that its event named."""
    params = {"file_id": file_id} if file_hash is None else {"file_id": file_id, "file_hash": file_hash}
    return Call("get_private_file_url", params)


def group_notice(group_id: int, text: str) -> Call:
    """Post an announcement."""
    params = {
        "group_id": group_id,
        "content": text,
        "pinned": 0,
        "type": 1,
        "confirm_required": 0,
        "is_show_edit_card": 0,
        "tip_window_type": 0,
    }
    return Call("_send_group_notice", params, 15.0)


def picture(data: bytes) -> Segment:
    """A picture in a message; its bytes travel in the call."""
    return {"type": "image", "data": {"file": _in_words(data)}}


def _in_words(data: bytes) -> str:
    return "base64://" + base64.b64encode(data).decode("ascii")
