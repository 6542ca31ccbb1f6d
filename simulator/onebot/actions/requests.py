"""Join requests and invitations: answering them, and listing those that wait."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from simulator.onebot import flags
from simulator.onebot.answers import ActionError, failure
from simulator.onebot.events import request_event
from simulator.qq.model import Request

if TYPE_CHECKING:
    from simulator.onebot.actions import Handler
    from simulator.onebot.actions.params import Params
    from simulator.onebot.implementation import Implementation
    from simulator.profiles import Profile

LISTED = 50


def _sees(account: Implementation, request: Request) -> bool:
    """Whether the account sees a request to its groups, and so may answer it."""
    if request.kind != "group":
        return False
    if request.sub_type == "invite":
        return request.self_id == account.self_id
    group = account.world.groups.get(request.group_id)
    return group is not None and group.manages(account.self_id)


def _visible(account: Implementation) -> list[Request]:
    """The group requests the account sees in QQ, settled or not, newest first."""
    requests = reversed(account.world.requests.values())
    return [request for request in requests if _sees(account, request)]


def _no_such_request(profile: Profile, flag: str) -> ActionError:
    if profile.settled_again == "retcode_1":
        well_formed = len(flag.split("-")) >= 3
        return ActionError(1, status="ok") if well_formed else ActionError(profile.bad_params)
    return failure(profile, "no_request")


def _named(account: Implementation, params: Params) -> Request:
    """The request a call means, or what the implementation takes for it."""
    profile, flag = account.profile, params.text("flag")
    request = flags.find(profile, account.world.requests, flag)
    if profile.sub_type_matters and request is not None:
        sub_type = params.text("sub_type", params.text("type", ""))
        if ("add" if sub_type == "add" else "invite") != request.sub_type:
            request = None
    if request is None and profile.wrong_flag_hits_another:
        request = next((r for r in reversed(_visible(account)) if r.verdict is None), None)
    if request is None or request.kind != "group":
        raise _no_such_request(profile, flag)
    return request


async def set_group_add_request(account: Implementation, params: Params) -> None:
    """Let somebody in, or not; or accept an invitation."""
    world, profile = account.world, account.profile
    request = _named(account, params)
    if request.verdict is not None:
        if profile.settled_again == "ok":
            return
        if profile.settled_again == "retcode_1":
            raise ActionError(1, status="ok")
        raise failure(profile, "settled")
    if not _sees(account, request):
        if profile.answer_without_right == "ok":
            return
        raise failure(profile, "no_right")
    approve = params.boolean("approve", True)
    world.settle(request, approve, account.self_id, params.text("reason", ""), profile.join_delay)


def _entry(account: Implementation, request: Request) -> dict[str, Any]:
    profile, world = account.profile, account.world
    group = world.groups.get(request.group_id)
    entry: dict[str, Any] = {
        "request_id": request.sequence,
        "group_id": request.group_id,
        "group_name": group.name if group else "",
        "message": request.comment,
        "checked": request.verdict is not None and not profile.checked_unreliable,
        "actor": request.settled_by or 0,
    }
    if profile.pending_shape == "napcat":
        entry |= {"invitor_uin": request.user_id, "invitor_nick": request.nickname}
        entry["requester_nick"] = request.nickname
    elif request.sub_type == "invite":
        entry |= {"invitor_uin": request.user_id, "invitor_nick": request.nickname}
    else:
        entry |= {"requester_uin": request.user_id, "requester_nick": request.nickname}
    return entry


def _listed(account: Implementation, params: Params, filtered: bool | None) -> list[Request]:
    """``filtered``: only those QQ put among the doubtful ones, only the others, or None for both."""
    profile = account.profile
    kept = [
        request
        for request in _visible(account)
        if (filtered is None or request.filtered == filtered)
        and not (profile.pending_hides_member_invited and request.invitor_id)
    ]
    limit = params.integer("count", LISTED) if profile.pending_shape == "napcat" else LISTED
    return kept[: max(0, min(limit, len(kept)) - params.missing)]


async def get_group_system_msg(account: Implementation, params: Params) -> dict[str, Any]:
    """Requests and invitations, settled ones among them."""
    profile = account.profile
    listed = _listed(account, params, None if profile.pending_includes_filtered else False)

    def entries(sub_type: str) -> list[dict[str, Any]] | None:
        found = [_entry(account, request) for request in listed if request.sub_type == sub_type]
        return None if profile.empty_lists_are_null and not found else found

    data: dict[str, Any] = {
        "invited_requests": entries("invite"),
        "join_requests": entries("add"),
    }
    if profile.pending_shape == "napcat":
        data["InvitedRequest"] = data["invited_requests"]
    return data


async def get_group_requests(account: Implementation, params: Params) -> list[dict[str, Any]]:
    """Lagrange's list: events, settled ones among them, with nothing that tells them apart."""
    now = account.world.now()
    listed: Iterable[Request] = _listed(account, params, None)
    return [request_event(account.profile, account.self_id, now, request) for request in listed]


async def get_filtered_requests(account: Implementation, params: Params) -> list[dict[str, Any]]:
    """The requests QQ put among the doubtful ones, in NapCat's or LLBot's shape."""
    listed = _listed(account, params, True)
    if account.profile.pending_shape == "napcat":
        return [_entry(account, request) for request in listed]
    return [
        {
            "group_id": request.group_id,
            "user_id": request.user_id,
            "nickname": request.nickname,
            "comment": request.comment,
            "flag": flags.flag_of(account.profile, request),
            "checked": request.verdict is not None,
        }
        for request in listed
    ]


def of_profile(profile: Profile) -> dict[str, Handler]:
    """The listing actions under the profile's names."""
    listing = get_group_requests if profile.pending_shape == "events" else get_group_system_msg
    actions: dict[str, Handler] = {profile.pending_action: listing}
    if profile.filtered_action is not None:
        actions[profile.filtered_action] = get_filtered_requests
    return actions


ACTIONS = {"set_group_add_request": set_group_add_request}
