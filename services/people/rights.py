"""Who may do what: one table for chat commands and the console's pages alike.

A key is the name of a chat command, or of a page that has none. A right is looked up at the moment of
its use: see `services.people.roles`.
"""

from collections.abc import Collection, Mapping

from services.people.roles import Who

_ANYONE = frozenset({Who.ANYONE})
_EMPLOYEE = frozenset({Who.EMPLOYEE})
_OFFICER = frozenset({Who.OFFICER})
_STAFF = frozenset({Who.ADMIN_STAFF})
_SUPERUSER = frozenset({Who.SUPERUSER})
_SETTLERS = frozenset({Who.OFFICER, Who.HEAD, Who.ADMIN_STAFF})
_SOMEBODY = frozenset({Who.EMPLOYEE, Who.OFFICER, Who.HEAD, Who.ADMIN_STAFF, Who.SUPERUSER})

RIGHTS: Mapping[str, frozenset[Who]] = {
    **dict.fromkeys(("帮助", "绑定本人"), _ANYONE),
    "控制台": _SOMEBODY,
    **dict.fromkeys(("名片", "改名片"), _EMPLOYEE),
    **dict.fromkeys(("我的", "申诉"), frozenset({Who.EMPLOYEE, Who.FORMER})),
    **dict.fromkeys(("备案状态", "备案变更", "升级", "延期", "提前入群", "群公告"), _OFFICER),
    **dict.fromkeys(("待办", "同意", "驳回"), _SETTLERS),
    "群检查": _OFFICER,
    **dict.fromkeys(("备案", "解散"), frozenset({Who.OFFICER, Who.ADMIN_STAFF})),
    "移交完成": frozenset({Who.HEAD, Who.ADMIN_STAFF}),
    **dict.fromkeys(("模式", "暂停", "恢复", "状态", "群列表", "豁免"), _STAFF),
    **dict.fromkeys(("绑定", "解绑", "员工", "离职", "复职", "转岗", "撤销导入"), _STAFF),
    **dict.fromkeys(("违规汇总", "导出", "抽查"), _STAFF),
    **dict.fromkeys(("违规", "下一页", "罚单", "免除", "撤销", "已缴", "已退"), _STAFF),
    **dict.fromkeys(("授权", "撤权"), _SUPERUSER),
    # Pages that no command shows.
    **dict.fromkeys(("导入", "来源", "记录", "规定"), _STAFF),
    # A token goes on speaking for whoever holds it after its maker has left.
    "令牌": _SUPERUSER,
}

# Who has none of these has no page. Who has departed has none, whatever they may still say in chat.
PAGES = ("待办", "我的", "群检查", "群列表")


def may(who: Collection[Who], right: str) -> bool:
    """Tell whether people who are `who` have this right."""
    return not RIGHTS[right].isdisjoint(who)


def has_a_page(who: Collection[Who]) -> bool:
    """Tell whether the console has any page for people who are `who`."""
    return Who.FORMER not in who and any(may(who, page) for page in PAGES)
