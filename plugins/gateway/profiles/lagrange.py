"""Lagrange.OneBot v1: requests are listed as events, settled ones among them and not told apart."""

import re
from collections.abc import Sequence
from typing import Any

from plugins.gateway.calls import lagrange_requests
from plugins.gateway.profiles.base import Profile, flag_of, listing, number, request_of, rows
from services.ports import Pending, PendingInvitation


def read_pending(answers: Sequence[Any], account: int) -> Pending:
    """Read requests to join, and invitations of the bot; nothing says which are settled."""
    listed = [row for answer in answers for row in rows(answer) if flag_of(row, "flag")]
    found = [
        (True, request_of(row, "user_id", flag_of(row, "flag"), "comment", sure=False))
        for row in listed
        if row.get("sub_type") == "add"
    ]
    invited = [
        PendingInvitation(group_id, number(row.get("user_id")) or 0, flag_of(row, "flag"))
        for row in listed
        if row.get("sub_type") == "invite" and (group_id := number(row.get("group_id"))) is not None
    ]
    return listing(found, invited)


LAGRANGE = Profile(
    name="Lagrange",
    app_names=("Lagrange.OneBot",),
    pending_calls=(lagrange_requests(),),
    read_pending=read_pending,
    tells_settled=False,
    flags=re.compile(r"\d+-\d+-\d+(?:-\d)?"),
    fetches_by_id=False,
    is_settled=lambda retcode, _text: retcode == 1,
)
