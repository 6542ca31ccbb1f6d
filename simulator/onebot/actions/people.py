"""Friends and strangers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.onebot import flags
from simulator.onebot.answers import failure

if TYPE_CHECKING:
    from simulator.onebot.account import Account
    from simulator.onebot.params import Params


async def get_friend_list(account: Account, params: Params) -> list[dict[str, Any]]:
    """The account's friends."""
    friends = sorted(account.world.friends.get(account.self_id, ()))
    return [
        {"user_id": user_id, "nickname": account.world.nickname_of(user_id), "remark": ""}
        for user_id in friends
    ]


async def get_stranger_info(account: Account, params: Params) -> dict[str, Any]:
    """Anybody who exists."""
    user_id = params.integer("user_id")
    if not account.world.knows(user_id):
        raise failure(account.profile, "no_user")
    return {
        "user_id": user_id,
        "uid": f"u_{user_id}",
        "nickname": account.world.nickname_of(user_id),
        "age": 0,
        "qid": "",
        "qqLevel": 0,
        "sex": "unknown",
        "long_nick": "",
        "reg_time": 0,
        "is_vip": False,
        "is_years_vip": False,
        "vip_level": 0,
        "remark": "",
        "status": 0,
        "login_days": 0,
    }


async def set_friend_add_request(account: Account, params: Params) -> None:
    """Accept or refuse a friend."""
    request = flags.find(account.profile, account.world.requests, params.text("flag"))
    if request is None or request.kind != "friend" or request.self_id != account.self_id:
        raise failure(account.profile, "no_request")
    if request.verdict is None:
        approve = params.boolean("approve", True)
        account.world.settle(request, approve, account.self_id, "", account.profile.join_delay)


ACTIONS = {
    "get_friend_list": get_friend_list,
    "get_stranger_info": get_stranger_info,
    "set_friend_add_request": set_friend_add_request,
}
