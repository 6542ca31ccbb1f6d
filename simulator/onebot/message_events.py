"""OneBot v11 events for messages, files and the connection itself."""

from __future__ import annotations

from typing import Any

from simulator.onebot.events import Event, notice
from simulator.qq.model import Group, Message, Segment, StoredFile


def _message(self_id: int, message: Message, message_type: str, sub_type: str) -> Event:
    return {
        "time": int(message.time),
        "self_id": self_id,
        "post_type": "message",
        "message_type": message_type,
        "sub_type": sub_type,
        "user_id": message.sender_id,
        "message_id": message.message_id,
        "message_seq": message.message_id,
        "real_id": message.message_id,
        "real_seq": str(message.message_id),
        "message": message.segments,
        "message_format": "array",
        "raw_message": message.raw,
        "font": 14,
    }


def group_message(self_id: int, message: Message, group: Group, role: str) -> Event:
    """A message in a group; ``role`` is what the implementation takes the sender's role for."""
    member = group.members[message.sender_id]
    event = _message(self_id, message, "group", "normal")
    event["group_id"] = group.group_id
    event["group_name"] = group.name
    event["sender"] = {
        "user_id": member.user_id,
        "nickname": member.nickname,
        "card": member.card,
        "role": role,
        "title": member.title,
    }
    return event


def private_message(self_id: int, message: Message) -> Event:
    """A private message: a friend's, or in a temporary session from a group."""
    temporary = message.temporary_from is not None
    event = _message(self_id, message, "private", "group" if temporary else "friend")
    sender: dict[str, Any] = {"user_id": message.sender_id, "nickname": message.nickname, "card": ""}
    if temporary:
        # LLBot names the group in the sender, NapCat beside it, with a source of 0.
        sender["group_id"] = event["group_id"] = message.temporary_from
        event["temp_source"] = 0
    event["sender"] = sender
    event["target_id"] = self_id
    return event


def file_segment(file: StoredFile, url: str | None, *, hashed: bool = False) -> Segment:
    """The segment in which NapCat, LLBot and (``hashed``) SnowLuma deliver a file."""
    data = {"file": file.name, "file_id": file.file_id, "file_size": str(len(file.data))}
    if hashed:
        data["file_hash"] = file.file_hash
    return {"type": "file", "data": data | ({"url": url} if url else {})}


def offline_file(self_id: int, at: float, file: StoredFile, url: str) -> Event:
    """The notice in which Lagrange and go-cqhttp deliver a file."""
    described = {"name": file.name, "size": len(file.data), "url": url}
    return notice(self_id, at, "offline_file", user_id=file.sender_id, file=described)


def lifecycle(self_id: int, at: float) -> Event:
    """The first event on each connection."""
    return {
        "time": int(at),
        "self_id": self_id,
        "post_type": "meta_event",
        "meta_event_type": "lifecycle",
        "sub_type": "connect",
    }


def heartbeat(self_id: int, at: float, seconds: float, online: bool) -> Event:
    """The event sent again and again while connected. Its ``interval`` is in milliseconds."""
    return {
        "time": int(at),
        "self_id": self_id,
        "post_type": "meta_event",
        "meta_event_type": "heartbeat",
        "status": {"online": online, "good": online},
        "interval": int(seconds * 1000),
    }
