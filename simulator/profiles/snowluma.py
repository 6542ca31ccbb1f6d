"""SnowLuma from 1.12, and 1.11, where a flag that matches nothing hits another request of the group."""

from __future__ import annotations

from dataclasses import replace

from simulator.profiles.base import Profile

SNOWLUMA = Profile(
    name="snowluma",
    app_name="SnowLuma",
    app_version="1.14.0",
    flag="slreq",
    invitor_id=False,
    pending_shape="rows",
    names_applicant=False,
    filtered_action="get_group_ignore_add_request",
    settled_again="error",
    answer_without_right="error",
    increase_operator="operator_or_inviter",
    card_notice="never",
    kick_without_right="error",
    kick_says_failed=True,
    card_without_right="error",
    admin_without_right="error",
    wants_file_hash=True,
    texts={
        "bad_params": "missing parameter {field}",
        "unknown_action": "unsupported action {action}",
        "no_request": "matching group request not found",
        "settled": "already agree msg by self",
        "file not found": "file not found",
    },
)
SNOWLUMA_1_11 = replace(
    SNOWLUMA,
    name="snowluma-1.11",
    app_version="1.11.1",
    flag="personal",
    numeric_flag_accepted=False,
    wrong_flag_hits_another=True,
    marks_settled=False,
    names_applicant=True,
    kick_says_failed=False,
)
