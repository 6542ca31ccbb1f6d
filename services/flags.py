"""What of a flag names a join request.

An event and a list may write one request's flag in two ways, and so do two implementations: QQ's own
number in it stays the same, whatever the account runs on.
"""

import re
from datetime import UTC, datetime, timedelta

_NUMBERED = (
    re.compile(r"\d+\|(\d+)\|\d+\|\d+"),  # LLBot: group|number|type|doubtful
    re.compile(r"(\d+)-\d+-\d+(?:-\d)?"),  # Lagrange: number-group-type-doubtful
    re.compile(r"slreq:1:(\d+):\d+:\d+:\d"),  # SnowLuma from 1.12: number, group, type, doubtful
)
_PERSONAL = re.compile(r"(?:add|invite|\d+):(\d+:u_.+)")  # SnowLuma before that: type, group, person


def key_of(flag: str) -> str:
    """Return what is the same in every form of a request's flag: its number where it has one."""
    found = (form.fullmatch(flag) for form in (*_NUMBERED, _PERSONAL))
    return next((match[1] for match in found if match is not None), flag)


def is_reused(flag: str) -> bool:
    """Tell whether a person's next request for the group has the same flag."""
    return _PERSONAL.fullmatch(flag) is not None


# QQ's number is the moment of asking, in microseconds; accounts of ours may have one each for one request.
_MOMENT = re.compile(r"\d{16}")
_TOGETHER = timedelta(minutes=1)
# By our own clock, which may be some minutes off.
_ABOUT = timedelta(minutes=10)


def is_same(flag: str, other: str, heard_at: datetime) -> bool:
    """Tell whether a flag may name the request of another flag, which was heard at a moment.

    The same person may have asked before or since: that is another request, as far as the numbers tell.
    """
    mine, others = _asked_at(flag), _asked_at(other)
    if mine is None or key_of(flag) == key_of(other):
        return True
    return mine - heard_at <= _ABOUT if others is None else abs(mine - others) <= _TOGETHER


def is_newer(flag: str, other: str, heard_at: datetime) -> bool:
    """Tell whether a flag surely names a later request than another flag, which was heard at a moment."""
    mine, others = _asked_at(flag), _asked_at(other)
    if mine is None:
        return False
    return mine - heard_at > _ABOUT if others is None else mine - others > _TOGETHER


def _asked_at(flag: str) -> datetime | None:
    key = key_of(flag)
    if _MOMENT.fullmatch(key) is None:
        return None
    return datetime.fromtimestamp(int(key) / 1_000_000, UTC)
