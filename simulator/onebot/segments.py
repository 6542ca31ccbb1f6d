"""OneBot message segments: parsing what a bot sends, and writing CQ codes."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from simulator.qq.model import Segment

_CQ = re.compile(r"\[CQ:(?P<type>[a-zA-Z0-9_.-]+)(?P<params>(?:,[^\[\],]+=[^\[\],]*)*)\]")
_ESCAPES = (("&#91;", "["), ("&#93;", "]"), ("&#44;", ","), ("&amp;", "&"))


def text(content: str) -> Segment:
    """A text segment."""
    return {"type": "text", "data": {"text": content}}


def at(user_id: int) -> Segment:
    """A segment that mentions somebody."""
    return {"type": "at", "data": {"qq": str(user_id)}}


def parse(message: Any, *, literal: bool = False) -> list[Segment]:
    """Segments of whatever OneBot allows as ``message``: string with CQ codes, segment, or list.

    Raises ValueError for anything else.
    """
    if isinstance(message, str):
        return [text(message)] if literal else _parse_codes(message)
    if isinstance(message, dict):
        message = [message]
    if not isinstance(message, list):
        raise ValueError("message is neither a string nor segments")
    segments: list[Segment] = []
    for item in message:
        if isinstance(item, str):
            segments += _parse_codes(item)
        elif isinstance(item, dict) and isinstance(item.get("type"), str):
            segments.append({"type": item["type"], "data": item.get("data") or {}})
        else:
            raise ValueError("not a message segment")
    return segments


def _unescape(content: str) -> str:
    for code, character in _ESCAPES:
        content = content.replace(code, character)
    return content


def _parse_codes(message: str) -> list[Segment]:
    segments: list[Segment] = []
    position = 0
    for match in _CQ.finditer(message):
        if match.start() > position:
            segments.append(text(_unescape(message[position : match.start()])))
        pairs = (pair.split("=", 1) for pair in match["params"].split(",") if pair)
        segments.append({"type": match["type"], "data": {key: _unescape(value) for key, value in pairs}})
        position = match.end()
    if position < len(message):
        segments.append(text(_unescape(message[position:])))
    return segments


def raw(segments: list[Segment]) -> str:
    """The message as a string with CQ codes, as ``raw_message`` has it."""
    parts: list[str] = []
    for segment in segments:
        data = segment["data"]
        if segment["type"] == "text":
            parts.append(str(data["text"]).replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;"))
        else:
            parts.append(f"[CQ:{segment['type']}" + "".join(f",{k}={v}" for k, v in data.items()) + "]")
    return "".join(parts)


def plain(segments: list[Segment]) -> str:
    """What a person reads: texts, and ``@QQ`` for a mention."""
    parts: list[str] = []
    for segment in segments:
        if segment["type"] == "text":
            parts.append(str(segment["data"].get("text", "")))
        elif segment["type"] == "at":
            parts.append(f"@{segment['data'].get('qq', '')}")
    return "".join(parts)


def mentioned(segments: list[Segment]) -> tuple[int, ...]:
    """The QQ numbers mentioned, in order (``all`` left out)."""
    numbers = (str(s["data"].get("qq", "")) for s in segments if s["type"] == "at")
    return tuple(int(number) for number in numbers if number.isdigit())


def decode(source: str) -> bytes | None:
    """Bytes of a ``base64://`` source; None if it isn't one. Raises ValueError if it is broken."""
    if not source.startswith("base64://"):
        return None
    try:
        return base64.b64decode(source.removeprefix("base64://"), validate=True)
    except binascii.Error as error:
        raise ValueError("broken base64") from error


def attachment(segments: list[Segment], kind: str) -> tuple[bytes | None, str]:
    """Bytes and name of the first ``image`` or ``file`` segment sent as base64."""
    for segment in segments:
        if segment["type"] == kind:
            data = segment["data"]
            content = decode(str(data.get("file", "")))
            return content, str(data.get("name") or data.get("file_name") or "")
    return None, ""
