"""LLBot 8.1: flags are `group|seq|type|doubt`; its list shows the seq only, doubtful ones among them."""

from collections.abc import Sequence
from typing import Any

from plugins.gateway.calls import ignored_requests, llbot_kick_many, system_messages
from plugins.gateway.profiles.base import Profile, flag_of, is_open, number, request_of, rows, unique
from services.ports import PendingRequest

_ASKED_TO_JOIN = 7


def read_pending(answers: Sequence[Any]) -> list[PendingRequest]:
    """Write each flag as the event writes it, so that one request has one flag."""
    ordinary, doubtful = (*answers, None, None)[:2]
    marked = [row for row in rows(doubtful) if flag_of(row, "flag")]
    numbers = {flag_of(row, "flag").split("|")[1] for row in marked if flag_of(row, "flag").count("|") >= 1}
    found = [request_of(row, "user_id", flag_of(row, "flag"), "comment") for row in marked if is_open(row)]
    for row in rows(ordinary, "join_requests"):
        if is_open(row) and flag_of(row) not in numbers:
            flag = f"{number(row.get('group_id'))}|{flag_of(row)}|{_ASKED_TO_JOIN}|0" if flag_of(row) else ""
            found.append(request_of(row, "requester_uin", flag))
    return unique(found)


LLBOT = Profile(
    name="LLBot",
    app_names=("LLOneBot", "LLBot", "LLTwoBot"),
    pending_calls=(system_messages(), ignored_requests()),
    read_pending=read_pending,
    kick_many=llbot_kick_many,
    is_settled=lambda _retcode, text: "already" in text or "已" in text,
)
