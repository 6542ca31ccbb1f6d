"""The implementations we know, chosen by the name that `get_version_info` tells."""

from typing import Any

from plugins.gateway.profiles.base import Profile
from plugins.gateway.profiles.go_cqhttp import GO_CQHTTP
from plugins.gateway.profiles.lagrange import LAGRANGE
from plugins.gateway.profiles.llbot import LLBOT
from plugins.gateway.profiles.napcat import NAPCAT
from plugins.gateway.profiles.unknown import UNKNOWN

PROFILES = (GO_CQHTTP, LAGRANGE, LLBOT, NAPCAT, UNKNOWN)

__all__ = ["GO_CQHTTP", "LAGRANGE", "LLBOT", "NAPCAT", "PROFILES", "UNKNOWN", "Profile", "profile_of"]


def profile_of(app_name: Any) -> Profile:
    """Return the profile that goes by this name, else `UNKNOWN`."""
    wanted = app_name.casefold() if isinstance(app_name, str) else ""
    named = (profile for profile in PROFILES for name in profile.app_names if name.casefold() == wanted)
    return next(named, UNKNOWN)
