"""NapCat 4.18."""

from __future__ import annotations

from simulator.profiles.base import Profile

NAPCAT = Profile(
    name="napcat",
    app_name="NapCat.Onebot",
    app_version="4.18.19",
    flag="digits",
    invitor_id=False,
    pending_shape="napcat",
    pending_hides_member_invited=True,
    invited_names_bot=True,
    filtered_action="get_group_ignore_add_request",
    settled_again="ok",
    answer_without_right="ok",
    duplicate_requests=True,
    increase_operator="inviter_only",
    leave_operator="zero",
    dismissal="disband",
    rename_notice="notify",
    card_notice="on_speech",
    offline_notice=True,
    stale_member_list=True,
    kick_without_right="ok",
    kick_many="set_group_kick_members",
    card_without_right="error",
    card_seconds=0.05,
    card_failure_seconds=0.1,
    admin_without_right="ok",
    admin_default=False,
    answer_shape="napcat",
    texts={
        "bad_params": "Schema compilation error: Expected required property",
        "unknown_action": "不支持的Api {action}",
        "no_group": "getGroupDetailInfo fail",
        "no_member_list": "Failed to get group member list for group {group_id}",
        "no_member": "群({group_id})成员{user_id}不存在",
        "no_user": "get Uid Error",
        "card_refused": "设置群名片未生效",
        "no_request": "No such request",
        "send_failed": "无法获取用户信息",
        "send_group_failed": "sendMsg failed: 不在群中",
    },
)
