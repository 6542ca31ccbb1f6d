"""What a message says: who wrote it where, which words may be a command, which file came with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from plugins.fields import NOBODY, delivery_key, number, received_file
from regulation.model import Role
from services.ports import ReceivedFile


class Segment(Protocol):
    """A piece of a message as the adapter gives it."""

    type: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message's sender and place; `group_id` None in private."""

    account: int
    user_id: int
    group_id: int | None
    hint: Role | None


def seen_of(event: Any) -> Seen | None:
    """Return who wrote where, or None for senders that are nobody: anonymous, system, ourselves."""
    user_id, account = number(getattr(event, "user_id", None)), number(getattr(event, "self_id", None))
    if not user_id or not account or user_id in NOBODY or user_id == account:
        return None
    unreal = getattr(event, "sub_type", "") in ("anonymous", "notice")
    if unreal or getattr(event, "anonymous", None) is not None:
        return None
    in_group = getattr(event, "message_type", "") == "group"
    group_id = number(getattr(event, "group_id", None)) if in_group else None
    if in_group and not group_id:
        return None
    return Seen(account, user_id, group_id, _role(getattr(event, "sender", None)))


def message_key(event: Any, text: str) -> str:
    """Return what tells a command or file from every other: the message's id and sender, and what it says.

    Ids are short and come from implementations that begin anew; where there is none, the time stands in.
    """
    known = getattr(event, "message_id", None) or f"at{getattr(event, 'time', 0)}"
    return delivery_key(known, getattr(event, "user_id", 0), text)


def command_text(event: Any, account: int) -> tuple[str, bool] | None:
    """Return the text that may be a command and whether the bot was meant by @; None when it can't be.

    In a group it begins with `/` or @bot. What is quoted or forwarded is never read.
    """
    segments: list[Segment] = list(getattr(event, "message", None) or ())
    if getattr(event, "message_type", "") != "group":
        return text_of(segments, account), False
    if getattr(event, "to_me", False) and _names(getattr(event, "original_message", None) or (), account):
        return text_of(segments, account), True
    first = segments[0] if segments else None
    if first is None or first.type != "text":
        return None
    text = str(first.data.get("text", "")).lstrip()
    return (text_of(segments, account), False) if text[:1] in ("/", "／") else None


def text_of(segments: Iterable[Segment], account: int) -> str:
    """Return the words of a message: its text, and `@` with the QQ number of whoever else is named.

    The sign stays, so that a person is never taken for a group, a count or an employee number.
    """
    parts: list[str] = []
    for segment in segments:
        if segment.type == "text":
            parts.append(str(segment.data.get("text", "")))
        elif segment.type == "at" and not _is_at(segment, account):
            parts.append(f" @{str(segment.data.get('qq', ''))[:20]} ")
    # Half of a surrogate pair can't be stored by any database.
    return "".join(parts).encode("utf-8", "replace").decode()


def file_of(event: Any) -> ReceivedFile | None:
    """Return the file sent in a message, or None."""
    for segment in getattr(event, "message", None) or ():
        if segment.type in ("file", "onlinefile"):
            return received_file({**segment.data, "kind": segment.type})
    return None


def _names(segments: Iterable[Any], account: int) -> bool:
    return any(_is_at(segment, account) for segment in segments)


def _is_at(segment: Any, account: int) -> bool:
    return segment.type == "at" and str(segment.data.get("qq", "")) == str(account)


def _role(sender: Any) -> Role | None:
    role = getattr(sender, "role", None)
    return Role(role) if isinstance(role, str) and role in {one.value for one in Role} else None
