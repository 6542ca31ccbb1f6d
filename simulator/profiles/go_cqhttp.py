"""go-cqhttp of 2024-05."""

from __future__ import annotations

from simulator.profiles.base import Profile

GO_CQHTTP = Profile(
    name="go-cqhttp",
    app_name="go-cqhttp",
    app_version="v1.2.0",
    flag="digits",
    pending_shape="requester",
    empty_lists_are_null=True,
    settled_again="error",
    sub_type_matters=True,
    answer_without_right="error",
    increase_operator="zero",
    leave_operator="user",
    card_notice="never",
    kick_without_right="error",
    card_without_right="ok",
    admin_without_right="error",
    file_arrives="notice",
    upload="path",
    failed=100,
    bad_params=100,
    unknown_action=1404,
    answer_shape="go-cqhttp",
    texts={
        "bad_params": "BAD_PARAM|缺少参数 {field}",
        "unknown_action": "API_NOT_FOUND|API不存在",
        "no_group": "GROUP_NOT_FOUND|群聊不存在",
        "no_member_list": "GROUP_NOT_FOUND|群聊不存在",
        "no_member": "MEMBER_NOT_FOUND|群员不存在",
        "no_user": "USER_NOT_FOUND|用户不存在",
        "not_in_group": "MEMBER_NOT_FOUND|群员不存在",
        "no_right": "NOT_MANAGEABLE|机器人权限不足",
        "not_owner": "PERMISSION_DENIED|或者没有权限",
        "no_request": "FLAG_NOT_FOUND|FLAG不存在",
        "settled": "FLAG_HAS_BEEN_CHECKED|消息已被处理",
        "send_failed": "SEND_MSG_API_ERROR|请参考 go-cqhttp 端输出",
        "send_group_failed": "SEND_MSG_API_ERROR|请参考 go-cqhttp 端输出",
        "no_file": "OPEN_FILE_ERROR|打开文件失败",
    },
)
