"""An implementation without a profile: no recovered flag is approved, and no answer repeated."""

from collections.abc import Sequence
from typing import Any

from plugins.gateway.calls import system_messages
from plugins.gateway.profiles.base import Profile, flag_of, is_open, listing, request_of, rows
from services.ports import Pending


def read_pending(answers: Sequence[Any], account: int) -> Pending:
    """Read whichever of the known shapes it is."""
    return listing(
        [
            (
                is_open(row),
                request_of(row, applicant_of(row), flag_of(row, "flag") or flag_of(row), comment_of(row)),
            )
            for row in rows(answers[0] if answers else None, "join_requests")
        ]
    )


def applicant_of(row: Any) -> str:
    """Return the field that names who asks."""
    names = ("requester_uin", "user_id", "invitor_uin")
    return next((name for name in names if row.get(name)), names[0])


def comment_of(row: Any) -> str:
    """Return the field that holds what they wrote."""
    return "message" if "message" in row else "comment"


UNKNOWN = Profile(
    name="unknown",
    app_names=(),
    pending_calls=(system_messages(),),
    read_pending=read_pending,
    stale_lists=True,
    trusts_flags=False,
)
