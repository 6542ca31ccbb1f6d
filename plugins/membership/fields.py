"""An event's fields, read without trust: missing or mistyped ones are None, said once a type."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.app import App

log = logging.getLogger("qungui")
_LARGEST = 2**53
_complained: set[str] = set()


@dataclass(frozen=True, slots=True)
class Fields:
    """The raw fields of an event, with typed looks at them."""

    raw: Mapping[str, Any]

    def number(self, name: str) -> int | None:
        """Return a QQ or group number > 0, also when sent as text; None when there is none."""
        value = self.raw.get(name)
        if isinstance(value, str) and value.isdecimal() and len(value) < 17:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _LARGEST:
            return None
        return value

    def text(self, name: str) -> str:
        """Return a text, also of a number; empty when there is none. Lone surrogates are replaced."""
        value = self.raw.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""

    def kind(self) -> str:
        """Return the event's type, for the log: `notice.group_card`."""
        names = ("post_type", "notice_type", "request_type", "sub_type")
        return ".".join(text[:40] for name in names if (text := self.text(name)))


def read_fields(raw: Mapping[str, Any]) -> Fields:
    """Wrap an event's dictionary."""
    return Fields(raw)


def complain_once(app: App, fields: Fields, why: str) -> None:
    """Count an event that could not be read, and log it at WARNING once for each type."""
    app.tally.drop("unreadable")
    kind = fields.kind()
    if kind not in _complained and len(_complained) < 200:
        _complained.add(kind)
        log.warning("unreadable event %s: %s", kind, why)
