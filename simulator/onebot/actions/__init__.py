"""The actions a bot can call, one file per theme.

Each theme has ``ACTIONS``: name → ``async handler(account, params) -> data``. A handler raises
:class:`simulator.onebot.answers.ActionError` to fail, and BadParams for unreadable parameters.
"""

from __future__ import annotations

from simulator.onebot.account import Handler
from simulator.onebot.actions import files, groups, messages, moderation, people, requests, status
from simulator.profiles import Profile


def actions_of(profile: Profile) -> dict[str, Handler]:
    """The actions that an implementation of this profile has."""
    actions: dict[str, Handler] = {}
    for theme in (files, groups, messages, moderation, people, requests, status):
        actions |= theme.ACTIONS
    actions |= files.of_profile(profile) | requests.of_profile(profile)
    if profile.kick_many is not None:
        actions[profile.kick_many] = moderation.kick_many
    return actions
