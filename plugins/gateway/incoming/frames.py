"""One frame from an implementation, read and made harmless before NoneBot sees it.

The adapter closes the whole connection over a frame that is no JSON or is nested too deep, writes an
event that it can't read into the log at ERROR, and shows every message with a pattern that takes for
ever on some keys. Texts of other people's making go into databases that take neither half a
surrogate pair nor a NUL. So each of these ends here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

# QQ's own texts end at some 5,000 characters; a card or a forward may hold more, and nobody reads it.
LONG_FRAME = 40_000
LONGEST_TEXT = 12_000
LONGEST_CODES = 3_000
MOST_ITEMS = 500
DEEPEST = 24
_LARGEST = 2**53
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


def read(frame: str | bytes) -> dict[str, Any] | None:
    """Return an event or an answer to a call, fit to be handed on; None when it is neither."""
    try:
        text = frame.decode("utf-8-sig") if isinstance(frame, bytes) else frame
        data = json.loads(text)
        if not isinstance(data, dict):
            return None
        # Looking for what is rare first: the pattern alone takes a tenth of a second on a megabyte.
        if any(sign in text for sign in _SIGNS) and _HALF.search(text) is not None:
            data = _storable(data)
        return _event(data, text) if "post_type" in data else data
    except (ValueError, RecursionError):
        return None


def _event(data: dict[str, Any], text: str) -> dict[str, Any] | None:
    """Return an event with all that NoneBot's own fields need; None when it tells nothing."""
    if len(text) > LONG_FRAME or text.count("[") + text.count("{") > MOST_ITEMS:
        data = _bounded(data, DEEPEST)
    self_id = data.get("self_id")
    if isinstance(self_id, str) and self_id.isascii() and self_id.isdecimal() and len(self_id) < 17:
        self_id = data["self_id"] = int(self_id)
    if not _is_name(data["post_type"]) or type(self_id) is not int:
        return None
    _name(data)
    data["time"] = _time(data.get("time"))
    message = data.get("message")
    if type(message) is list:
        data["message"] = _segments(message, self_id)
    elif type(message) is str:
        data["message"] = _codes(message, self_id)
    return data


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


def _time(told: object) -> int:
    """Return the event's time in Unix seconds; 0 when it makes no sense: nothing is decided by it."""
    return int(told) if isinstance(told, int | float) and 0 <= told < _LARGEST else 0


def _segments(message: Iterable[Any], account: int) -> list[dict[str, Any]]:
    """Return the segments that can be read, without what a reply quotes.

    The adapter would ask QQ for each quoted message, of which nothing is ever read here. With the
    quotation goes the @ of its author that QQ puts behind it.
    """
    kept: list[dict[str, Any]] = []
    quoting = False
    for segment in message:
        if not _is_segment(segment):
            continue
        kind = segment["type"]
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


def _is_segment(found: object) -> bool:
    if type(found) is not dict:
        return False
    segment: Mapping[str, Any] = found
    kind, data = segment.get("type"), segment.get("data")
    if type(kind) is not str or type(data) is not dict or _NAME.fullmatch(kind) is None:
        return False
    if kind == "text" and type(data.get("text")) is not str:
        return False
    return all(_NAME.fullmatch(key) for key in data)


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
