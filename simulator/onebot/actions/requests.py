"""Join requests and invitations: answering them, and listing those that wait."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from simulator.onebot import flags
from simulator.onebot.answers import ActionError, failure
from simulator.onebot.events import request_event
from simulator.onebot.params import BadParams
from simulator.qq.model import Happened, Request

if TYPE_CHECKING:
    from simulator.onebot.account import Account, Handler
    from simulator.onebot.params import Params
    from simulator.profiles import Profile

_NOTICES = frozenset({"request_raised", "left", "kicked", "role_changed"})
_LEFT = 13


def _sees(account: Account, request: Request) -> bool:
    """Whether the account sees a request to its groups, and so may answer it."""
    if request.kind != "group":
        return False
    if request.sub_type == "invite":
        return request.self_id == account.self_id
    group = account.world.groups.get(request.group_id)
    return group is not None and group.manages(account.self_id)


def newest(account: Account, limit: int | None = None) -> list[Happened]:
    """The newest notices of every kind that the account sees in QQ, settled requests among them."""
    found = (h for h in reversed(account.world.happened) if h.kind in _NOTICES and _is_shown(account, h))
    return list(itertools.islice(found, limit))


def _is_shown(account: Account, happened: Happened) -> bool:
    if happened.request is not None:
        return _sees(account, happened.request)
    group = account.world.groups.get(happened.group_id or 0)
    return group is not None and group.manages(account.self_id)


def _visible(account: Account) -> list[Request]:
    """The group requests the account sees in QQ, settled or not, newest first."""
    return [happened.request for happened in newest(account) if happened.request is not None]


def _no_such_request(profile: Profile, flag: str) -> ActionError:
    if profile.settled_again == "retcode_1":
        well_formed = len(flag.split("-")) >= 3
        return ActionError(1, status="ok") if well_formed else ActionError(profile.bad_params)
    return failure(profile, "no_request")


def _named(account: Account, params: Params) -> Request:
    """The request a call means, or what the implementation takes for it."""
    profile, flag = account.profile, params.text("flag")
    request = flags.find(profile, account.world.requests, flag)
    if profile.sub_type_matters and request is not None:
        sub_type = params.text("sub_type", params.text("type", ""))
        if ("add" if sub_type == "add" else "invite") != request.sub_type:
            request = None
    if request is None and profile.wrong_flag_hits_another:
        # Of that group, where the flag names one.
        open_ones = [r for r in reversed(_visible(account)) if r.verdict is None]
        kept = [r for r in open_ones if str(r.group_id) in flag] if profile.flag == "personal" else open_ones
        request = next(iter(kept), None)
    if request is None or request.kind != "group":
        raise _no_such_request(profile, flag)
    return request


async def set_group_add_request(account: Account, params: Params) -> None:
    """Let somebody in, or not; or accept an invitation."""
    world, profile = account.world, account.profile
    if profile.flag == "piped" and not isinstance(params.any("flag"), str):
        raise BadParams("flag")
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


def _entry(account: Account, request: Request) -> dict[str, Any]:
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
    who = {"uin": request.user_id, "nick": request.nickname}
    if request.sub_type == "invite" and profile.invited_names_bot:
        entry |= {"actor": request.user_id}
        who = {"uin": account.self_id, "nick": account.nickname}
    named = "invitor" if profile.pending_shape == "napcat" or request.sub_type == "invite" else "requester"
    entry |= {f"{named}_{name}": value for name, value in who.items()}
    if profile.pending_shape == "napcat":
        entry["requester_nick"] = request.nickname
    return entry


def _row(account: Account, happened: Happened) -> dict[str, Any]:
    """One notice of whatever kind, as SnowLuma lists it."""
    profile, request = account.profile, happened.request
    sequence = request.sequence if request is not None else int(happened.time * 1_000_000)
    kind = flags.type_of(request) if request is not None else _LEFT
    doubt = int(request is not None and request.filtered)
    group_id = happened.group_id or 0
    row: dict[str, Any] = {
        "request_id": sequence,
        "group_id": group_id,
        "group_name": account.world.groups[group_id].name if group_id in account.world.groups else "",
        "requester_uin": happened.user_id if profile.names_applicant else 0,
        "requester_nick": account.world.nickname_of(happened.user_id) if profile.names_applicant else "",
        "message": request.comment if request is not None else "",
        "flag": flags.listed_flag(profile, group_id, happened.user_id, sequence, kind, doubt),
    }
    if profile.marks_settled:
        settled = request is None or request.verdict is not None
        row |= {"checked": settled, "actor": (request.settled_by or 0) if request is not None else 0}
    return row


def _limit(account: Account, params: Params) -> int:
    profile = account.profile
    return params.integer("count", profile.listed) if profile.pending_shape == "napcat" else profile.listed


def _listed(account: Account, params: Params, filtered: bool | None) -> list[Request]:
    """``filtered``: only those QQ put among the doubtful ones, only the others, or None for both.

    Cut before it is filtered, as the real ones do: notices of other kinds count too.
    """
    profile = account.profile
    kept = [
        happened.request
        for happened in newest(account, _limit(account, params))
        if happened.request is not None
        and (filtered is None or happened.request.filtered == filtered)
        and not (profile.pending_hides_member_invited and happened.request.invitor_id)
    ]
    return kept[: max(0, len(kept) - params.missing)]


async def get_group_system_msg(account: Account, params: Params) -> dict[str, Any]:
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


async def get_group_requests(account: Account, params: Params) -> list[dict[str, Any]]:
    """Lagrange's list: events, settled ones among them, with nothing that tells them apart."""
    now = account.world.now()
    listed: Iterable[Request] = _listed(account, params, None)
    return [request_event(account.profile, account.self_id, now, request) for request in listed]


async def get_rows(account: Account, params: Params) -> list[dict[str, Any]]:
    """SnowLuma's list of the newest notices of every kind."""
    return [_row(account, happened) for happened in newest(account, account.profile.listed)]


async def get_filtered_requests(account: Account, params: Params) -> list[dict[str, Any]]:
    """The requests QQ put among the doubtful ones."""
    if account.profile.filtered_action_fails:
        raise failure(account.profile, "use_system_msg")
    if account.profile.pending_shape == "rows":
        return []
    return [_entry(account, request) for request in _listed(account, params, True)]


def of_profile(profile: Profile) -> dict[str, Handler]:
    """The listing actions under the profile's names."""
    listings = {"events": get_group_requests, "rows": get_rows}
    actions: dict[str, Handler] = {
        profile.pending_action: listings.get(profile.pending_shape, get_group_system_msg)
    }
    if profile.filtered_action is not None:
        actions[profile.filtered_action] = get_filtered_requests
    return actions


ACTIONS = {"set_group_add_request": set_group_add_request}
