"""NapCat 4.18: stale first list; in its list of requests `invitor_uin` is the applicant."""

from collections.abc import Sequence
from typing import Any

from plugins.gateway.calls import ignored_requests, napcat_kick_many, system_messages
from plugins.gateway.profiles.base import Profile, flag_of, is_open, request_of, rows, unique
from services.ports import PendingRequest


def read_pending(answers: Sequence[Any]) -> list[PendingRequest]:
    """Read the ordinary list and that of doubtful requests: both have one shape."""
    return unique(
        [
            request_of(row, "invitor_uin", flag_of(row))
            for answer in answers
            for row in rows(answer, "join_requests")
            if is_open(row)
        ]
    )


NAPCAT = Profile(
    name="NapCat",
    app_names=("NapCat.Onebot", "NapCat"),
    pending_calls=(system_messages(), ignored_requests()),
    read_pending=read_pending,
    stale_lists=True,
    kick_many=napcat_kick_many,
)
