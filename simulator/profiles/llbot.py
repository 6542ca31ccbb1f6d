"""LLBot (LLOneBot) 8.1."""

from __future__ import annotations

from simulator.profiles.base import Profile

LLBOT = Profile(
    name="llbot",
    app_name="LLOneBot",
    app_version="8.1.7",
    flag="piped",
    pending_shape="requester",
    pending_hides_member_invited=True,
    pending_includes_filtered=True,
    filtered_action="get_group_ignore_add_request",
    settled_again="error",
    answer_without_right="error",
    duplicate_requests=True,
    duplicate_increases=True,
    increase_operator="operator_or_inviter",
    leave_operator="user",
    dismissal="group_dismiss",
    card_notice="on_second_speech",
    owner_id="zero",
    card_or_nickname=True,
    kick_without_right="error",
    kick_many="batch_delete_group_member",
    card_without_right="error",
    admin_without_right="error",
    file_segment_url=True,
    get_file_gives="url",
    texts={
        "bad_params": "$.{field} missing required value",
        "unknown_action": "{action} API 不存在",
        "no_group": "群不存在",
        "no_member_list": "群成员列表获取失败",
        "no_member": "群成员未找到",
        "no_user": "无法获取用户信息",
        "not_in_group": "member not in group",
        "no_right": "no permission",
        "card_refused": "not member",
        "not_owner": "not owner",
        "no_request": "request not found",
        "settled": "request already handled",
        "send_failed": "发送失败，请先添加对方为好友",
        "send_group_failed": "发送失败，不在群中",
    },
)
