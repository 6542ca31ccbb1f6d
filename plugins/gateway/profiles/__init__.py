"""The implementations we know, chosen by the name and version that `get_version_info` tells."""

import re
from typing import Any

from plugins.gateway.profiles.base import Profile
from plugins.gateway.profiles.go_cqhttp import GO_CQHTTP
from plugins.gateway.profiles.lagrange import LAGRANGE
from plugins.gateway.profiles.llbot import LLBOT
from plugins.gateway.profiles.napcat import NAPCAT
from plugins.gateway.profiles.snowluma import SNOWLUMA, SNOWLUMA_1_11
from plugins.gateway.profiles.unknown import UNKNOWN

PROFILES = (GO_CQHTTP, LAGRANGE, LLBOT, NAPCAT, SNOWLUMA_1_11, SNOWLUMA, UNKNOWN)

__all__ = [
    "GO_CQHTTP", "LAGRANGE", "LLBOT", "NAPCAT", "PROFILES", "SNOWLUMA", "SNOWLUMA_1_11", "UNKNOWN",
    "Profile", "profile_of",
]  # fmt: skip


def profile_of(app_name: Any, version: Any = "") -> Profile:
    """Return the profile that goes by this name and version, else `UNKNOWN`.

    A version that can't be read counts as an old one: what is said of those is the more careful.
    """
    wanted = app_name.casefold() if isinstance(app_name, str) else ""
    found = re.search(r"\d+(?:\.\d+)+", version) if isinstance(version, str) else None
    numbers = tuple(int(part) for part in found[0].split(".")) if found is not None else (0,)
    for profile in PROFILES:
        named = wanted in (name.casefold() for name in profile.app_names)
        if named and (profile.before is None or numbers < profile.before):
            return profile
    return UNKNOWN
