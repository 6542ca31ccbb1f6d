"""Lagrange.OneBot v1."""

from __future__ import annotations

from simulator.profiles.base import Profile

LAGRANGE = Profile(
    name="lagrange",
    app_name="Lagrange.OneBot",
    app_version="0.0.3",
    flag="dashed",
    numeric_flag_accepted=False,
    pending_action="get_group_requests",
    pending_shape="events",
    pending_includes_filtered=True,
    marks_settled=False,
    settled_again="retcode_1",
    answer_without_right="ok",
    increase_operator="inviter_only",
    leave_operator="zero",
    dismissal="disband",
    rename_notice="group_name_change",
    card_notice="never",
    offline_notice=True,
    kick_without_right="ok",
    card_without_right="ok",
    admin_without_right="ok",
    admin_default=True,
    temporary_session="never",
    file_arrives="notice",
    upload_error_is_status=True,
    failed=-1,
    bad_params=200,
    unknown_action=404,
    answer_shape="bare",
)
