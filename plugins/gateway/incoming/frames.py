"""One frame from an implementation, read and made harmless before NoneBot sees it.

The adapter closes the whole connection over a frame that is no JSON or is nested too deep, writes an
event that it can't read into the log at ERROR, and shows every message with a pattern that takes for
ever on some keys. Texts of other people's making go into databases that take neither half a
surrogate pair nor a NUL. So each of these ends here; what is left gets its `shape`.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from plugins.fields import LARGEST, json_type, text, whole
from plugins.gateway.incoming.shape import Odd, shaped

# QQ's own texts end at some 5,000 characters; a card or a forward may hold more, and nobody reads it.
LONG_FRAME = 40_000
LONGEST_TEXT = 12_000
LONGEST_CODES = 3_000
MOST_ITEMS = 500
DEEPEST = 24
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,40}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Half a pair, as JSON writes it: a first half without a second one after it, or the other way round.
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
    r"|\\u0000"
)

_QUOTATION = re.compile(r"\[CQ:reply,[^\[\]]*\](\[CQ:at,qq=(\d+)[^\[\]]*\])?")
_SIGNS = ("\\ud", "\\uD", "\\u0000")
_KINDS = ("message_type", "notice_type", "request_type", "meta_event_type")


def _unsaid(_what: str) -> None:
    """Say it to nobody."""


def read(frame: str | bytes, odd: Odd = _unsaid) -> dict[str, Any] | None:
    """Return an event or an answer to a call, fit to be handed on; None when it is neither.

    Whatever is not as the standard has it is said to `odd`, in words of ours.
    """
    try:
        told = frame.decode("utf-8-sig") if isinstance(frame, bytes) else frame
        data = json.loads(told)
        if not isinstance(data, dict):
            odd(f"a frame is {json_type(data)}")
            return None
        # Looking for what is rare first: the pattern alone takes a tenth of a second on a megabyte.
        if any(sign in told for sign in _SIGNS) and _HALF.search(told) is not None:
            data = _storable(data)
        return _event(data, told, odd) if "post_type" in data else data
    except (ValueError, RecursionError) as error:
        odd(f"a frame that can't be read: {type(error).__name__}")
        return None


def _event(data: dict[str, Any], frame: str, odd: Odd) -> dict[str, Any] | None:
    """Return an event that the adapter and every handler can read; None when it tells nothing."""
    if len(frame) > LONG_FRAME or frame.count("[") + frame.count("{") > MOST_ITEMS:
        data = _bounded(data, DEEPEST)
    self_id = whole(data.get("self_id"))
    if not _is_name(data["post_type"]) or self_id is None:
        types = json_type(data["post_type"]), json_type(data.get("self_id"))
        odd("an event with post_type {}, self_id {}".format(*types))
        return None
    data["self_id"] = self_id
    _name(data)
    data["time"] = _time(data.get("time"), odd)
    message = data.get("message")
    if type(message) is dict:
        # A message of one segment, not in a list.
        message = [message]
    if type(message) is list:
        data["message"] = _segments(message, self_id, odd)
    elif type(message) is str:
        data["message"] = _codes(message, self_id)
    return shaped(data, odd)


def _name(data: dict[str, Any]) -> None:
    """Leave an event only such names of its kind as the adapter can look its models up by."""
    own = data["post_type"].removesuffix("_sent") + "_type"
    for kind in _KINDS:
        if kind in data and (kind != own or not _is_name(data[kind])):
            del data[kind]
    if "sub_type" in data and (own not in data or not _is_name(data["sub_type"])):
        del data["sub_type"]


def _is_name(found: object) -> bool:
    # Also what the log shows as a name: a `</b>` in it would be taken for markup.
    return type(found) is str and _NAME.fullmatch(found) is not None


def _time(told: object, odd: Odd) -> int:
    """Return the event's time in Unix seconds; 0 when it makes no sense: nothing is decided by it."""
    found = int(told) if isinstance(told, float) and 0 <= told < LARGEST else whole(told)
    if found is not None and found >= 0:
        return found
    odd(f"time is {json_type(told)}")
    return 0


def _segments(message: Iterable[Any], account: int, odd: Odd) -> list[dict[str, Any]]:
    """Return the segments that can be read, without what a reply quotes.

    The adapter would ask QQ for each quoted message, of which nothing is ever read here. With the
    quotation goes the @ of its author that QQ puts behind it.
    """
    kept: list[dict[str, Any]] = []
    quoting, room = False, LONGEST_TEXT
    for found in message:
        segment = _segment(found, odd)
        if segment is None or room <= 0:
            continue
        kind, room = segment["type"], room - sum(len(str(value)) for value in segment["data"].values())
        of_quotation = quoting and kind == "at" and str(segment["data"].get("qq")) != str(account)
        quoting = kind == "reply"
        if not quoting and not of_quotation:
            kept.append(segment)
    return kept


def _codes(message: str, account: int) -> Any:
    """Return a message in CQ codes, likewise without what it quotes; a very long one as plain text."""
    if len(message) > LONGEST_CODES:
        # Reading CQ codes takes time that grows with the square of the length.
        return [{"type": "text", "data": {"text": message}}]
    if "[CQ:reply," not in message:
        return message
    return _QUOTATION.sub(lambda found: found[1] or "" if found[2] == str(account) else "", message)


def _segment(found: object, odd: Odd) -> dict[str, Any] | None:
    """Return a segment with the names and the text that the adapter can take; None when it tells nothing."""
    told: Mapping[str, Any] = found if isinstance(found, dict) else {}
    kind, data = told.get("type"), told.get("data")
    if not _is_name(kind) or not isinstance(data, dict):
        odd(f"a segment is {json_type(found)}, its type {json_type(kind)}, its data {json_type(data)}")
        return None
    made = {key: value for key, value in data.items() if _is_name(key)}
    if kind == "text":
        words = made.get("text")
        if not isinstance(words, str) and whole(words) is None:
            odd(f"the text of a segment is {json_type(words)}")
            return None
        made["text"] = text(words)
    return {"type": kind, "data": made}


def _bounded(value: Any, depth: int) -> Any:
    """Return a value of JSON with its texts, lists and depth cut to what anybody reads."""
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return None
    if isinstance(value, list):
        return [_bounded(one, depth - 1) for one in value[:MOST_ITEMS]]
    kept = list(value.items())[:MOST_ITEMS]
    return {key[:200]: _bounded(one, depth - 1) for key, one in kept}


def _storable(value: Any) -> Any:
    """Return a value of JSON whose texts any database takes."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("?", value)
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("?", key): _storable(one) for key, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value
