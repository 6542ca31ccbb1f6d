"""Number formats that show more than the number: 00000 shows 123 as 00123, "A"0000 as A0123."""

import re
from collections.abc import Mapping

# Row number as Excel shows it → column among the cells given → what the cell shows.
Shown = Mapping[int, Mapping[int, str]]
NOTHING_SHOWN: Shown = {}

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|(?:_.|\*.|\[(?:\$[^\]]*|[A-Z][a-z]+)\])|(.)', re.DOTALL)
_WHOLE = re.compile(r"(\d{1,15})(?:\.0+)?(?:[eE]\+?0+)?", re.ASCII)
# What Excel shows as it stands, without quotes.
_PLAIN = frozenset(" -+/():&'<>{}=^~!$")


def shows_zeros(code: str) -> bool:
    """Tell whether a format shows whole numbers with leading zeros, or with something before them."""
    return "0" in code and as_shown("1", code) not in (None, "1")


def as_shown(value: str, code: str) -> str | None:
    """Return what a format shows of a whole number, or None where that is the number, or no telling."""
    found = _WHOLE.fullmatch(value)
    parts = _parts(code) if found is not None else None
    if found is None or parts is None:
        return None
    digits = found[1].lstrip("0") or "0"
    places = sum(part is None for part in parts)
    digits = digits.zfill(places)
    shown, left = "", len(digits)
    for n, part in enumerate(parts):
        if part is not None:
            shown += part
            continue
        first = parts[:n].count(None) == 0
        take = len(digits) - places + 1 if first else 1
        shown += digits[len(digits) - left : len(digits) - left + take]
        left -= take
    return shown


def _parts(code: str) -> list[str | None] | None:
    """Return a format's text with None for each digit; None for a format that isn't of whole numbers."""
    parts: list[str | None] = []
    for quoted, escaped, plain in _TOKEN.findall(code.split(";")[0]):
        if plain == "0":
            parts.append(None)
        elif quoted or escaped or plain in _PLAIN:
            parts.append(quoted or escaped or plain)
        elif plain and not (plain == "#" and None not in parts):
            return None
    return parts if None in parts else None
