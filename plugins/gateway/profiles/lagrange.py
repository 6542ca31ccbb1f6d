"""Lagrange.OneBot v1: requests are listed as events, settled ones among them and not told apart."""

from collections.abc import Sequence
from typing import Any

from plugins.gateway.calls import lagrange_requests
from plugins.gateway.profiles.base import Profile, flag_of, request_of, rows, unique
from services.ports import PendingRequest


def read_pending(answers: Sequence[Any]) -> list[PendingRequest]:
    """Read requests to join; invitations of the bot are left out."""
    return unique(
        [
            request_of(row, "user_id", flag_of(row, "flag"), "comment")
            for answer in answers
            for row in rows(answer)
            if row.get("sub_type") == "add"
        ]
    )


LAGRANGE = Profile(
    name="Lagrange",
    app_names=("Lagrange.OneBot",),
    pending_calls=(lagrange_requests(),),
    read_pending=read_pending,
    tells_settled=False,
    fetches_by_id=False,
    is_settled=lambda retcode, _text: retcode == 1,
)
