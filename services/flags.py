"""What of a flag names a join request.

An event and a list may write one request's flag in two ways, and so do two implementations: QQ's own
number in it stays the same, whatever the account runs on.
"""

import re

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
