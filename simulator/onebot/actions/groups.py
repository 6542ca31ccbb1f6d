"""Reading groups and members, leaving, announcements."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from simulator.onebot.answers import RawJson, failure
from simulator.onebot.member_lists import list_text, member_data
from simulator.qq.model import Group, Happened

if TYPE_CHECKING:
    from simulator.onebot.account import Account
    from simulator.onebot.params import Params


def group_data(account: Account, group: Group) -> dict[str, Any]:
    """One group as this profile describes it."""
    count = max(group.most_members, len(group.members)) if account.profile.count_lags else len(group.members)
    counts = {"member_count": count, "max_member_count": group.max_member_count}
    known = {"group_id": group.group_id, "group_name": group.name, **counts}
    if account.profile.answer_shape == "napcat":
        return {"group_all_shut": 0, "group_remark": "", **known}
    if account.profile.owner_id == "zero":
        return {
            **known,
            "group_memo": "",
            "group_create_time": 0,
            "remark_name": "",
            "owner_id": 0,
            "is_top": False,
            "shut_up_all_timestamp": 0,
            "shut_up_me_timestamp": 0,
        }
    return {**known, "group_memo": "", "group_create_time": group.create_time, "group_level": 0}


def _own_group(account: Account, params: Params, error: str) -> Group:
    group_id = params.integer("group_id")
    group = account.world.groups.get(group_id)
    if group is None or account.self_id not in group.members:
        raise failure(account.profile, error, group_id=group_id)
    return group


async def get_group_list(account: Account, params: Params) -> list[dict[str, Any]]:
    """The groups the account is in."""
    groups = [g for g in account.world.groups.values() if account.self_id in g.members]
    kept = groups[: len(groups) - params.missing]
    return [group_data(account, group) for group in kept]


async def get_group_info(account: Account, params: Params) -> dict[str, Any]:
    """One group."""
    group = _own_group(account, params, "no_group")
    data = group_data(account, group)
    return data | {"owner_id": group.owner_id} if account.profile.owner_id == "zero" else data


async def get_group_member_list(account: Account, params: Params) -> RawJson:
    """All members; see :class:`simulator.onebot.member_lists.MemberLists` for how fresh."""
    group = _own_group(account, params, "no_member_list")
    members = account.member_lists.read(group)
    if account.profile.hides_roles:
        members = [dataclasses.replace(member, role="member") for member in members]
    if params.missing:
        members = members[: -params.missing]
    return list_text(account.profile, group.group_id, members)


async def get_group_member_info(account: Account, params: Params) -> dict[str, Any]:
    """One member, fresh."""
    group_id, user_id = params.integer("group_id"), params.integer("user_id")
    group = account.world.groups.get(group_id)
    member = group.members.get(user_id) if group and account.self_id in group.members else None
    if member is None:
        raise failure(account.profile, "no_member", group_id=group_id, user_id=user_id)
    return member_data(account.profile, group_id, member)


async def set_group_leave(account: Account, params: Params) -> None:
    """Leave; the owner with ``is_dismiss`` dissolves the group."""
    group = _own_group(account, params, "no_group")
    if params.boolean("is_dismiss", False) and group.owner_id == account.self_id:
        await account.world.dismiss(group.group_id)
    else:
        await account.world.leave(group.group_id, account.self_id)


async def send_group_notice(account: Account, params: Params) -> None:
    """Post an announcement; needs to be owner or admin."""
    group = _own_group(account, params, "no_group")
    content = params.text("content")
    if not group.manages(account.self_id):
        raise failure(account.profile, "no_right")
    world = account.world
    world.record(Happened(world.now(), "notice_posted", group.group_id, account.self_id, new=content))


ACTIONS = {
    "get_group_list": get_group_list,
    "get_group_info": get_group_info,
    "get_group_member_list": get_group_member_list,
    "get_group_member_info": get_group_member_info,
    "set_group_leave": set_group_leave,
    "_send_group_notice": send_group_notice,
}
