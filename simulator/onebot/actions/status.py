"""Who and how the implementation is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.onebot.account import Account
    from simulator.onebot.params import Params


async def get_login_info(account: Account, params: Params) -> dict[str, Any]:
    """The account's QQ and nickname."""
    return {"user_id": account.self_id, "nickname": account.nickname}


async def get_version_info(account: Account, params: Params) -> dict[str, Any]:
    """Name and version of the implementation; the bot picks its profile by it."""
    profile = account.profile
    return {
        "app_name": profile.app_name,
        "protocol_version": "v11",
        "app_version": profile.app_version,
    }


async def get_status(account: Account, params: Params) -> dict[str, Any]:
    """Whether QQ is logged in."""
    return {"online": account.online, "good": account.online, "stat": {}}


async def can_send_image(account: Account, params: Params) -> dict[str, Any]:
    """Pictures can be sent."""
    return {"yes": True}


async def clean_cache(account: Account, params: Params) -> None:
    """Nothing one can see."""


ACTIONS = {
    "get_login_info": get_login_info,
    "get_version_info": get_version_info,
    "get_status": get_status,
    "can_send_image": can_send_image,
    "can_send_record": can_send_image,
    "clean_cache": clean_cache,
}
