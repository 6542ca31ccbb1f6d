"""The flag that names a request, as each implementation writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.profiles import Profile
from simulator.qq.model import Request

_SEQUENCE = re.compile(r"\d{10,}")
_TYPES = {"add": 1, "invited": 22, "invite": 2}


def type_of(request: Request) -> int:
    """QQ's number for this kind of request."""
    return _TYPES["invited" if request.sub_type == "add" and request.invitor_id else request.sub_type]


def flag_of(profile: Profile, request: Request) -> str:
    """The flag under which an account of this profile hears of the request."""
    sequence, group_id = request.sequence, request.group_id
    if request.kind == "friend" or profile.flag == "digits":
        return str(sequence)
    doubt = int(request.filtered)
    if profile.flag == "personal":
        return f"{request.sub_type}:{group_id}:u_{request.user_id}"
    if profile.flag == "piped":
        return f"{group_id}|{sequence}|{type_of(request)}|{doubt}"
    if profile.flag == "dashed":
        return f"{sequence}-{group_id}-{type_of(request)}-{doubt}"
    if profile.flag == "slreq":
        return f"slreq:1:{sequence}:{group_id}:{type_of(request)}:{doubt}"
    return f"{request.sub_type}/{group_id}/{request.user_id}/{sequence}"


def listed_flag(profile: Profile, group_id: int, user_id: int, sequence: int, kind: int, doubt: int) -> str:
    """The flag of a row in a list of notices of every kind; ``kind`` 13: somebody left."""
    if profile.flag == "personal":
        return f"{kind}:{group_id}:u_{user_id}"
    return f"slreq:1:{sequence}:{group_id}:{kind}:{doubt}"


def find(profile: Profile, requests: Mapping[int, Request], flag: str) -> Request | None:
    """The request a flag names, None if there is none."""
    if profile.flag == "personal":
        return next((r for r in reversed(list(requests.values())) if flag_of(profile, r) == flag), None)
    for number in _SEQUENCE.findall(flag):
        request = requests.get(int(number))
        if request is None:
            continue
        if flag_of(profile, request) == flag or (profile.numeric_flag_accepted and flag == number):
            return request
    return None
