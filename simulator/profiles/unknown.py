"""An implementation the bot has no profile for: a flag that doesn't match hits somebody else's request,
and the list of pending requests shows no flag."""

from __future__ import annotations

from simulator.profiles.base import Profile

UNKNOWN = Profile(
    name="unknown",
    app_name="SomeOneBot",
    app_version="1.0.0",
    flag="composed",
    numeric_flag_accepted=False,
    invitor_id=False,
    pending_shape="requester",
    wrong_flag_hits_another=True,
    answer_without_right="ok",
    increase_operator="zero",
    kick_without_right="ok",
    card_without_right="ok",
    admin_without_right="ok",
    temporary_session="never",
    texts={
        "bad_params": "missing parameter {field}",
        "unknown_action": "unsupported action {action}",
        "no_request": "request not found",
    },
)
