"""What implementations send, read without trust: the one reader of fields for every plugin.

Nothing here raises, whatever type a field has. What says nothing is None (a number) or empty (a text).
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.app import App
from services.ports import ReceivedFile

log = logging.getLogger("qungui")
# Above, JSON's numbers are no longer exact everywhere.
LARGEST = 2**53
MOST_ODDITIES = 200
_JSON_TYPES = {
    "NoneType": "null",
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "str": "text",
    "list": "list",
    "dict": "object",
}


def whole(value: object) -> int | None:
    """Return a whole number within ±2**53, also one written as text or as `7.0`; else None."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 17 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -LARGEST < value < LARGEST:
        return value
    return None


# QQ's own senders: anonymous people, and the system.
NOBODY = frozenset({0, 10000, 1000000, 80000000})


def number(value: object) -> int | None:
    """Return a QQ, group or sequence number, 0 < n < 2**53; else None."""
    found = whole(value)
    return found if found is not None and found > 0 else None


def text(value: object) -> str:
    """Return a text, also of a whole number, else ''. Half surrogate pairs, which nobody stores, become ?."""
    if isinstance(value, str):
        return value if value.isprintable() else value.encode("utf-8", "replace").decode()
    found = whole(value)
    return "" if found is None else str(found)


def json_type(value: object) -> str:
    """Return what JSON calls the type of a value."""
    return _JSON_TYPES.get(type(value).__name__, "object")


def odd(app: App, what: str) -> None:
    """Log an oddity of an implementation at WARNING, the first time it is met. `what` holds words of ours."""
    if what not in app.tally.oddities and len(app.tally.oddities) < MOST_ODDITIES:
        app.tally.oddities.add(what)
        log.warning("odd input: %s", what)


@dataclass(frozen=True, slots=True)
class Fields:
    """The raw fields of an event, with typed looks at them."""

    raw: Mapping[str, Any]

    def number(self, name: str) -> int | None:
        """Return a QQ or group number > 0; None when there is none."""
        return number(self.raw.get(name))

    def text(self, name: str) -> str:
        """Return a text; empty when there is none."""
        return text(self.raw.get(name))

    def kind(self) -> str:
        """Return the event's type, for the log: `notice.group_card`."""
        names = ("post_type", "notice_type", "request_type", "sub_type")
        return ".".join(told[:40] for name in names if (told := self.text(name)))


def unreadable(app: App, fields: Fields, why: str) -> None:
    """Count an event that nothing can be done about, and log it once for each type."""
    app.tally.drop("unreadable")
    odd(app, f"{fields.kind()}: {why}")


def received_file(data: Mapping[str, Any]) -> ReceivedFile:
    """Return a file as a segment or a notice describes it."""
    fields = {str(key): text(value) for key, value in data.items() if isinstance(value, str | int)}
    names, sizes = ("name", "file_name", "fileName", "file"), ("file_size", "fileSize", "size")
    name = next((fields[key] for key in names if fields.get(key)), "")
    size = number(next((fields[key] for key in sizes if fields.get(key)), "")) or 0
    return ReceivedFile(name.replace("\\", "/").rsplit("/", 1)[-1][:200], size, fields)


def delivery_key(known: object, user_id: object, said: str) -> str:
    """Return what tells a message from every other: its id or time (`known`), who sent it, what it says."""
    return f"{str(known)[:30]}:{user_id}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"[:80]
