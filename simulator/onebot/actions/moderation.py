"""Kicks, cards, admins: acts that need a right, and may lie."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from simulator.onebot.answers import failure

if TYPE_CHECKING:
    from simulator.onebot.account import Account
    from simulator.onebot.params import Params

DAY_SECONDS = 86_400


def _too_many_kicks(account: Account) -> bool:
    """Whether QQ quietly ignores this kick because of the ones before."""
    profile, now = account.profile, account.world.now()
    account.kicks = [then for then in account.kicks if then > now - DAY_SECONDS]
    hasty = bool(account.kicks) and now - account.kicks[-1] < profile.kick_gap
    account.kicks.append(now)
    return hasty or (profile.kicks_per_day > 0 and len(account.kicks) > profile.kicks_per_day)


def _kick(account: Account, group_id: int, user_id: int, refuse: bool) -> None:
    world, profile = account.world, account.profile
    if not world.knows(user_id):
        raise failure(profile, "no_user")
    group = world.groups.get(group_id)
    lies = profile.kick_without_right == "ok"
    if group is None or account.self_id not in group.members or user_id not in group.members:
        if lies:
            return
        raise failure(profile, "not_in_group")
    if not group.outranks(account.self_id, user_id):
        if lies:
            return
        raise failure(profile, "no_right")
    if not _too_many_kicks(account):
        world.kick(group_id, user_id, account.self_id, refuse)
        if profile.kick_says_failed:
            raise failure(profile, "kick failed")


async def set_group_kick(account: Account, params: Params) -> None:
    """Remove somebody."""
    group_id, user_id = params.integer("group_id"), params.integer("user_id")
    _kick(account, group_id, user_id, params.boolean("reject_add_request", False))


async def kick_many(account: Account, params: Params) -> None:
    """Remove several at once; who can't be removed stays (NapCat) or fails the call (LLBot)."""
    group_id = params.integer("group_id")
    named = "user_id" if account.profile.kick_many == "set_group_kick_members" else "user_ids"
    users, refuse = params.integers(named), params.boolean("reject_add_request", False)
    group = account.world.groups.get(group_id)
    if account.profile.kick_without_right == "error":
        for user_id in users:
            if group is None or not group.outranks(account.self_id, user_id):
                raise failure(account.profile, "no_right")
    for user_id in users:
        if group is not None and group.outranks(account.self_id, user_id):
            account.world.kick(group_id, user_id, account.self_id, refuse)


async def set_group_card(account: Account, params: Params) -> None:
    """Set somebody's card; without ``card`` it is emptied."""
    group_id, user_id = params.integer("group_id"), params.integer("user_id")
    card, world, profile = params.text("card", ""), account.world, account.profile
    group = world.groups.get(group_id)
    lies = profile.card_without_right == "ok"
    if group is None or account.self_id not in group.members or user_id not in group.members:
        if lies:
            return
        key = "no_member" if profile.card_seconds else "card_refused"
        raise failure(profile, key, group_id=group_id, user_id=user_id)
    if user_id != account.self_id and not group.outranks(account.self_id, user_id):
        if lies:
            return
        await asyncio.sleep(profile.card_failure_seconds)
        raise failure(profile, "card_refused" if profile.card_seconds else "no_right")
    now = world.now()
    hasty = now - account.last_card_at < profile.card_gap
    account.last_card_at = now
    if not hasty:
        world.set_card(group_id, user_id, card, account.self_id)
    await asyncio.sleep(profile.card_seconds)


async def set_group_admin(account: Account, params: Params) -> None:
    """Make somebody an admin, or not; only the owner may."""
    group_id, user_id = params.integer("group_id"), params.integer("user_id")
    group = account.world.groups.get(group_id)
    if group is None or group.owner_id != account.self_id or user_id not in group.members:
        if account.profile.admin_without_right == "ok":
            return
        raise failure(account.profile, "not_owner")
    enable = params.boolean("enable", account.profile.admin_default)
    await account.world.set_role(group_id, user_id, "admin" if enable else "member")


ACTIONS = {
    "set_group_kick": set_group_kick,
    "set_group_card": set_group_card,
    "set_group_admin": set_group_admin,
}
