"""OneBot v11 events: what an account of a given profile is told of what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.onebot.flags import flag_of
from simulator.profiles import Profile
from simulator.qq.model import Happened, Request

Event = dict[str, Any]
Builder = Callable[[Profile, int, Happened], Event | None]


def kind_of(event: Event) -> str:
    """Dotted path of an event: ``request.group.add``."""
    post_type = event["post_type"]
    detail = event.get(f"{post_type}_type", "")
    sub_type = event.get("sub_type")
    return f"{post_type}.{detail}.{sub_type}" if sub_type else f"{post_type}.{detail}"


def notice(self_id: int, at: float, notice_type: str, **fields: Any) -> Event:
    """A notice with the fields every event has."""
    return {
        "time": int(at),
        "self_id": self_id,
        "post_type": "notice",
        "notice_type": notice_type,
        **fields,
    }


def card_notice(self_id: int, at: float, group_id: int, user_id: int, old: str, new: str) -> Event:
    """The notice that a card changed."""
    return notice(self_id, at, "group_card", group_id=group_id, user_id=user_id, card_new=new, card_old=old)


def request_event(profile: Profile, self_id: int, at: float, request: Request) -> Event:
    """The event of a request, also used in Lagrange's list of pending ones."""
    event: Event = {
        "time": int(at),
        "self_id": self_id,
        "post_type": "request",
        "request_type": request.kind,
    }
    if request.kind == "group":
        event |= {"sub_type": request.sub_type, "group_id": request.group_id}
    event |= {
        "user_id": request.user_id,
        "comment": request.comment,
        "flag": flag_of(profile, request),
    }
    if profile.invitor_id and request.kind == "group" and request.sub_type == "add":
        event["invitor_id"] = request.invitor_id
    return event


def _raised(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    assert happened.request is not None
    return request_event(profile, self_id, happened.time, happened.request)


def _joined(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    operator = {
        "zero": 0,
        "inviter_only": happened.inviter_id,
        "operator_or_inviter": happened.operator_id or happened.inviter_id,
    }[profile.increase_operator]
    return notice(
        self_id, happened.time, "group_increase", sub_type=happened.how or "approve",
        group_id=happened.group_id, user_id=happened.user_id, operator_id=operator,
    )  # fmt: skip


def _gone(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    if happened.kind == "left":
        sub_type = "leave"
        operator = happened.user_id if profile.leave_operator == "user" else 0
    else:
        sub_type = "kick_me" if happened.user_id == self_id else "kick"
        operator = happened.operator_id
    return notice(
        self_id, happened.time, "group_decrease", sub_type=sub_type,
        group_id=happened.group_id, user_id=happened.user_id, operator_id=operator,
    )  # fmt: skip


def _dismissed(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    fields = {
        "group_id": happened.group_id,
        "user_id": happened.operator_id,
        "operator_id": happened.operator_id,
    }
    if profile.dismissal == "disband":
        return notice(self_id, happened.time, "group_decrease", sub_type="disband", **fields)
    if profile.dismissal == "group_dismiss":
        return notice(self_id, happened.time, "group_dismiss", **fields)
    return None


def _role_changed(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    sub_type = "set" if happened.new == "admin" else "unset"
    return notice(
        self_id, happened.time, "group_admin", sub_type=sub_type,
        group_id=happened.group_id, user_id=happened.user_id,
    )  # fmt: skip


def _renamed(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    if profile.rename_notice == "notify":
        return notice(
            self_id, happened.time, "notify", sub_type="group_name",
            group_id=happened.group_id, user_id=happened.operator_id, name_new=happened.new,
        )  # fmt: skip
    if profile.rename_notice == "group_name_change":
        return notice(
            self_id, happened.time, "group_name_change", group_id=happened.group_id, name=happened.new
        )
    return None


def _befriended(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    return notice(self_id, happened.time, "friend_add", user_id=happened.user_id)


def _offline(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    if not profile.offline_notice:
        return None
    return notice(
        self_id, happened.time, "bot_offline", user_id=self_id, tag="BotOfflineEvent",
        message="你的帐号当前登录已失效，请重新登录。",
    )  # fmt: skip


_BUILDERS: Mapping[str, Builder] = {
    "request_raised": _raised,
    "joined": _joined,
    "left": _gone,
    "kicked": _gone,
    "dismissed": _dismissed,
    "role_changed": _role_changed,
    "renamed": _renamed,
    "friend_added": _befriended,
    "offline": _offline,
}


def build(profile: Profile, self_id: int, happened: Happened) -> Event | None:
    """The event for what happened, None if implementations of this profile keep silent."""
    builder = _BUILDERS.get(happened.kind)
    return builder(profile, self_id, happened) if builder else None
