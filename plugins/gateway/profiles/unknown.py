"""An implementation without a profile: nothing is believed, and no recovered flag is approved.

SnowLuma may act on *another* applicant when a flag doesn't match, so an answer isn't repeated either.
"""

from collections.abc import Sequence
from typing import Any

from plugins.gateway.calls import system_messages
from plugins.gateway.profiles.base import Profile, flag_of, is_open, request_of, rows, unique
from services.ports import PendingRequest


def read_pending(answers: Sequence[Any]) -> list[PendingRequest]:
    """Read whichever of the known shapes it is."""
    found: list[PendingRequest | None] = []
    for row in rows(answers[0] if answers else None, "join_requests"):
        if not is_open(row):
            continue
        names = ("requester_uin", "user_id", "invitor_uin")
        applicant = next((name for name in names if row.get(name)), names[0])
        comment = "message" if "message" in row else "comment"
        found.append(request_of(row, applicant, flag_of(row, "flag") or flag_of(row), comment))
    return unique(found)


UNKNOWN = Profile(
    name="unknown",
    app_names=(),
    pending_calls=(system_messages(),),
    read_pending=read_pending,
    stale_lists=True,
    trusts_flags=False,
)
