"""An event in the shape of the OneBot 11 standard: each field that the bot uses with its one type.

Implementations send numbers as text and the other way round, and leave fields out. The adapter makes a
bare `Event` of such a message, which no handler ever sees; so all of it ends here. What can be read is
read; what can't is left out and said to `odd`; a message without sender, place or words is no event.
Fields that nobody uses go no further.
"""

from collections.abc import Callable, Mapping
from typing import Any

from plugins.fields import json_type, text, whole

Odd = Callable[[str], None]
Read = Callable[[Any], Any]
Spec = Mapping[str, "Read | Spec"]
LONGEST_COMMENT = 2_000
LONGEST_TEXT = 300


def _count(value: Any) -> int | None:
    found = whole(value)
    return found if found is not None and found >= 0 else None


def _line(value: Any, longest: int = LONGEST_TEXT) -> str | None:
    return text(value)[:longest] if isinstance(value, str) or whole(value) is not None else None


def _long(value: Any) -> str | None:
    return _line(value, LONGEST_COMMENT)


def _truth(value: Any) -> bool | None:
    return {"true": True, "false": False, "1": True, "0": False}.get(str(value).lower())


_FIELDS: Spec = {
    **dict.fromkeys(("user_id", "group_id", "operator_id", "target_id", "invitor_id"), _count),
    **dict.fromkeys(("message_id", "font", "duration", "interval"), whole),
    **dict.fromkeys(("flag", "card_new", "card_old", "name", "name_new", "tag", "raw_message"), _line),
    "comment": _long,
    "sender": {
        **dict.fromkeys(("nickname", "card", "role", "level", "title", "sex", "area"), _line),
        **{"user_id": _count, "age": whole},
    },
    "anonymous": {"id": whole, "name": _line, "flag": _line},
    "file": {"id": _line, "name": _line, "size": _count, "busid": whole, "url": _long},
    "status": {"online": _truth, "good": _truth},
}
# Read before, by `frames`.
_KEPT = ("time", "self_id", "post_type", "message_type", "notice_type", "request_type", "meta_event_type")
# What the adapter's message asks for, and nobody of ours.
_MESSAGE = {"sub_type": "", "message_id": 0, "raw_message": "", "font": 0}
_NEEDED = {"private": ("user_id", "message"), "group": ("user_id", "group_id", "message")}


def shaped(data: Mapping[str, Any], odd: Odd) -> dict[str, Any] | None:
    """Return an event with each field of its one type, or None where what it needs can't be read."""
    kind = name_of(data)
    made = {name: data[name] for name in (*_KEPT, "sub_type") if name in data}
    is_message = data["post_type"] == "message"
    # A notice's own words: why the account was logged out.
    spec = {**_FIELDS, "message": _line} if data["post_type"] == "notice" else _FIELDS
    made |= _read_each(data, spec, lambda what: odd(f"{kind}: {what}"))
    if not is_message:
        return made
    return _message(data, made, kind, odd)


def name_of(data: Mapping[str, Any]) -> str:
    """Return the event's type, for the log: `notice.group_card`."""
    own = f"{str(data['post_type']).removesuffix('_sent')}_type"
    return ".".join(str(data[name])[:40] for name in ("post_type", own, "sub_type") if data.get(name))


def _message(data: Mapping[str, Any], made: dict[str, Any], kind: str, odd: Odd) -> dict[str, Any] | None:
    words = data.get("message")
    if isinstance(words, str | list):
        made["message"] = words
    needed = _NEEDED.get(str(data.get("message_type")))
    if needed is None:
        odd(f"{kind}: no private or group message")
        return None
    missing = [name for name in needed if name not in made]
    for name in missing:
        odd(f"{kind}: {name} is {json_type(data[name]) if name in data else 'missing'}, nothing can be done")
    if missing:
        return None
    if data.get("anonymous") is not None:
        made["anonymous"] = {"id": 0, "name": "", "flag": "", **made.get("anonymous", {})}
    return {**_MESSAGE, "sender": {}, **made}


def _read_each(data: Mapping[str, Any], spec: Spec, odd: Odd) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, read in spec.items():
        # Null is what implementations write for "none".
        if (value := data.get(name)) is None:
            continue
        taken = _object(value, read, name, odd) if isinstance(read, Mapping) else read(value)
        if taken is None:
            odd(f"{name} is {json_type(value)}")
        else:
            found[name] = taken
    return found


def _object(value: Any, spec: Spec, name: str, odd: Odd) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        return None
    found = _read_each(value, spec, lambda what: odd(f"{name}.{what}"))
    if not found:
        odd(f"{name} says nothing")
    return found
