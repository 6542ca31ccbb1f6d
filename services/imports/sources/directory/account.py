"""What an account's raw attributes say of its person: left, and when.

Read raw: a library that makes dates of `accountExpires` shows "never" as 1601 or as the year 9999.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from db.tables.base import ZONE

# By their folded names.
Attributes = Mapping[str, Sequence[bytes]]

_DISABLED = 2
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_NEVER = ("", "0", "9223372036854775807")
# What lies beyond is no date that somebody set.
_LAST_YEAR = 2199


def _text(attributes: Attributes, name: str) -> str:
    values = attributes.get(name)
    return values[0].decode().strip() if values else ""


def is_disabled(attributes: Attributes) -> bool:
    """Tell whether AD's account is switched off."""
    flags = _text(attributes, "useraccountcontrol")
    return flags.lstrip("-").isdecimal() and int(flags) & _DISABLED != 0


def expires_on(attributes: Attributes) -> str:
    """Return the first day on which AD's account is no longer good from its start, as ISO text.

    "" for never; a value that is no number is returned as it stands, to be told as a fault of its row.
    """
    value = _text(attributes, "accountexpires")
    if value in _NEVER or not value.isdecimal():
        return "" if value in _NEVER else value
    try:
        at = (_EPOCH + timedelta(microseconds=int(value) // 10)).astimezone(ZONE)
    except OverflowError:
        return ""
    day = at.date() if at.time() == datetime.min.time() else at.date() + timedelta(days=1)
    return "" if day.year > _LAST_YEAR else day.isoformat()
