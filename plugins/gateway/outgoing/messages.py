"""What is said, as OneBot segments: text always as text, so that CQ codes never act."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.phrases import gateway as say
from plugins.gateway.calls import Segment, picture

TEXT_LIMIT = 1800


def segments(parts: Sequence[Mapping[str, Any]], attachment: bytes | None = None) -> list[Segment]:
    """Return an outbox payload's `parts` as segments; `{"image": true}` is the attachment."""
    made: list[Segment] = []
    for part in parts:
        if "at" in part:
            made.append({"type": "at", "data": {"qq": str(part["at"])}})
        elif part.get("image") and attachment is not None:
            made.append(picture(attachment))
        elif part.get("text"):
            made.append({"type": "text", "data": {"text": str(part["text"])}})
    return made


def has_picture(message: Sequence[Segment]) -> bool:
    """Tell whether a message holds a picture."""
    return any(segment["type"] == "image" for segment in message)


def in_words(message: Sequence[Segment], why: str) -> list[Segment]:
    """Return what is left of a message whose picture can't be sent: its text, and one line of why."""
    kept = [segment for segment in message if segment["type"] != "image"]
    line = say.PICTURE_NOT_SENT.format(why=" ".join(why.split())[:60] or say.NO_REASON)
    return [*kept, {"type": "text", "data": {"text": f"\n{line}" if kept else line}}]


def split(message: Sequence[Segment]) -> list[list[Segment]]:
    """Cut a message into ones whose text QQ takes (under 2,000 characters), at line ends if possible."""
    made: list[list[Segment]] = [[]]
    room = TEXT_LIMIT
    for segment in message:
        if segment["type"] != "text":
            made[-1].append(segment)
            continue
        for piece in _pieces(segment["data"]["text"], room):
            if len(piece) > room and made[-1]:
                made.append([])
                room = TEXT_LIMIT
            made[-1].append({"type": "text", "data": {"text": piece}})
            room -= len(piece)
    return [part for part in made if part]


def _pieces(text: str, room: int) -> Iterator[str]:
    while len(text) > room:
        end = text.rfind("\n", 0, room)
        end = end if end > 0 else room
        if end > 0:
            yield text[:end]
        text, room = text[end:].lstrip("\n"), TEXT_LIMIT
    if text:
        yield text
