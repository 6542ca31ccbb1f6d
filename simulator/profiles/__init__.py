"""How each OneBot v11 implementation behaves, as data.

To add one: a file here with a :class:`Profile`, and a line in ``PROFILES``.
"""

from __future__ import annotations

from simulator.profiles.base import Profile
from simulator.profiles.go_cqhttp import GO_CQHTTP
from simulator.profiles.lagrange import LAGRANGE
from simulator.profiles.llbot import LLBOT
from simulator.profiles.napcat import NAPCAT
from simulator.profiles.snowluma import SNOWLUMA, SNOWLUMA_1_11
from simulator.profiles.unknown import UNKNOWN

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (NAPCAT, LLBOT, LAGRANGE, GO_CQHTTP, SNOWLUMA_1_11, SNOWLUMA, UNKNOWN)
}

__all__ = [
    "GO_CQHTTP",
    "LAGRANGE",
    "LLBOT",
    "NAPCAT",
    "PROFILES",
    "SNOWLUMA",
    "SNOWLUMA_1_11",
    "UNKNOWN",
    "Profile",
]
