"""The flag that names a request, as each implementation writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.profiles import Profile
from simulator.qq.model import Request

_SEQUENCE = re.compile(r"\d{10,}")
_PIPED_TYPES = {"add": 7, "invited": 5, "invite": 1}
_DASHED_TYPES = {"add": 1, "invited": 22, "invite": 2}


def flag_of(profile: Profile, request: Request) -> str:
    """The flag under which an account of this profile sees the request."""
    sequence, group_id = request.sequence, request.group_id
    if request.kind == "friend" or profile.flag == "digits":
        return str(sequence)
    kind = "invited" if request.sub_type == "add" and request.invitor_id else request.sub_type
    doubt = int(request.filtered)
    if profile.flag == "piped":
        return f"{group_id}|{sequence}|{_PIPED_TYPES[kind]}|{doubt}"
    if profile.flag == "dashed":
        return f"{sequence}-{group_id}-{_DASHED_TYPES[kind]}-{doubt}"
    return f"{request.sub_type}:{group_id}:{request.user_id}:{sequence}"


def find(profile: Profile, requests: Mapping[int, Request], flag: str) -> Request | None:
    """The request a flag names, None if there is none."""
    for number in _SEQUENCE.findall(flag):
        request = requests.get(int(number))
        if request is None:
            continue
        if flag_of(profile, request) == flag or (profile.numeric_flag_accepted and flag == number):
            return request
    return None
