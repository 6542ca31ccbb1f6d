"""What summaries, lists of violations, workbooks, spot checks and scheduled reports say."""

PICTURE = {
    "title": "违规汇总",
    "by_clause": "按条款（新增）",
    "by_department": "按部门（新增）",
    "trend": "近六个月",
    "none": "没有",
    "foot": "群规 · {at}",
    "unknown": " · 有 {n} 个群未能读全，情况未知，不计入",
}
TILES = ("新增", "改正", "逾期", "仍未结")
TREND = ("新增", "了结")
FINES = ("待定罚款（元）", "已确认（元）", "已免除（元）")
MONTH = "{month}月"
OTHERS = "其他 {n} 个部门"
NO_DEPARTMENT = "未知部门"

PERIOD = "{first} 至 {last}"
FILTER = {
    "department": "部门 {name}",
    "code": "条款 {code} {title}",
    "group": "群 {group}",
    "state": "状态 {name}",
    "unbound": "QQ {qq}（没有绑定员工）",
}
STATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "未结": (("open", "reminded", "overdue"), ()),
    "待处理": (("open",), ()),
    "已提醒": (("reminded",), ()),
    "逾期": (("overdue",), ()),
    "已结": (("closed",), ()),
    "已改正": ((), ("cured", "corrected")),
    "已移出": ((), ("removed",)),
    "已离群": ((), ("left",)),
    "已免除": ((), ("waived",)),
    "已撤销": ((), ("dismissed",)),
}
STATE_ALIASES = {
    "open": "未结",
    "未了结": "未结",
    "仍未结": "未结",
    "未处理": "待处理",
    "提醒": "已提醒",
    "reminded": "已提醒",
    "overdue": "逾期",
    "已逾期": "逾期",
    "超期": "逾期",
    "closed": "已结",
    "了结": "已结",
    "已了结": "已结",
    "已关闭": "已结",
    "改正": "已改正",
    "移出": "已移出",
    "免除": "已免除",
    "撤销": "已撤销",
}
UNKNOWN = {
    "时段": "没有“{word}”这个时段。可以写：{known}，或 2026-10-01..2026-10-15",
    "条款": "没有“{word}”这一条。有：{known}",
    "状态": "没有“{word}”这个状态。有：{known}",
    "群": "没有“{word}”这个群。相近的：{known}",
    "部门": "没有“{word}”这个部门。相近的：{known}",
    "month": "看不懂“{word}”：月份请写 {sample}，或 上月、本周",
    "word": "看不懂“{word}”。相近的：{known}",
}

SUMMARY_HEAD = "违规汇总 {heading}"
COUNTS = "新增 {opened}，改正 {cured}，逾期 {overdue}，仍未结 {open}"
BY_CLAUSE = "条款：{listed}"
BY_DEPARTMENT = "部门：{listed}"
BY_GROUP = "群：{listed}"
REST = "其余 {n} 项共 {count}"
FINES_LINE = "罚款：待定 {proposed} 元，已确认 {confirmed} 元，已免除 {waived} 元"
UNKNOWN_GROUPS = "有 {n} 个群未能读全，情况未知，不计入：{listed}{more}"
AND_MORE = "等"

STATUS = {"open": "待处理", "reminded": "已提醒", "overdue": "逾期", "closed": "已结"}
CLOSURES = {
    "cured": "自行改正",
    "removed": "已移出",
    "corrected": "机器人已改名片",
    "waived": "已免除",
    "left": "已离群",
    "dismissed": "已撤销",
    "dissolved": "群已解散",
    "unbound": "QQ 已不归本人",
}
DUE = "（{due} 前）"
NOT_TOLD = "未通知"
UNTOLD = f"（{NOT_TOLD}）"
LIST_HEAD = "违规 {heading}：{count} 件"
LIST_ALL = "未结和本月的"
LIST_LINE = "V{id} {code} {title} · {who}{group} · {status}"
LIST_NONE = "违规 {heading}：没有。"
LIST_PAGE = "第 {page}/{pages} 页"
LIST_TURN = "，下一页：{command} {next}"
LIST_NEXT = "，发送「下一页」接着看"
LIST_FOOT = "看一件：违规 V{id}"
NEXT = "还有，发送「下一页」接着看"
PUBLIC_DONE = "已登记"
PUBLIC_NOT_DONE = "没有办成"
NO_NEXT = "没有下一页了。"
PUBLIC_COUNT = "违规 {count} 件"
PUBLIC_ONE = "已查到"

STORY = {
    "head": "V{id} {code} {title}（制度 {clause}）· {status}{frozen}",
    "frozen": "，申诉中",
    "who": "当事人：{who}{qq}{department}",
    "qq": "（QQ {qq}）",
    "department": " · {name}",
    "group": "群：{name}（{id}）",
    "seen": "所见：{what}",
    "basis": "依据：{at} 读到的成员列表，名册第 {version} 版",
    "due": "期限：{due}",
    "no_due": "期限：未通知，送达之后才开始计",
    "previous": "此前同类：V{id}",
    "fines": "罚单：{listed}",
    "fine": "P{id} {who} {amount} 元 {state}",
    "more": "……中间另有 {n} 条记录",
}
EVENTS = {
    "opened": "{at} 发现",
    "seen": "{at} 再次看到：{what}",
    "told": "{at} 已告知 {to}（送达）",
    "reminded": "{at} 已提醒 {to}（送达）",
    "undelivered": "{at} 提醒 {to} 没有送达：{result}",
    "overdue": "{at} 逾期",
    "acted": "{at} {act}：{result}",
    "withheld": "{at} 移出暂缓，待确认 R{batch}",
    "penalty": "{at} 罚单 P{id} {state}{by}",
    "appeal": "{at} 申诉 S{id} {state}{by}",
    "closed": "{at} 了结：{how}{by}",
    "dismissed": "{at} 改记：{how}{by}",
    "ended": "{at} 已不再看到；再发生另立一件",
    "other": "{at} {kind}",
}
# Whoever is in the group that a case is about.
THE_GROUP = "群里的人"
ROSTER_UNDONE = "（名册撤销）"
EVENT_BY = "（{who}）"
ACTS = {"remove": "移出", "set_card": "改名片"}
RESULTS = {
    "done": "成功",
    "unconfirmed": "没有生效",
    "failed": "失败",
    "dropped": "取消",
    "dead": "失败",
}
APPEALS = {"waiting": "提出", "upheld": "成立", "refused": "不成立"}

COLUMNS = {
    "id": "编号",
    "code": "条款",
    "title": "事项",
    "status": "状态",
    "closed_as": "了结方式",
    "group_id": "群号",
    "group": "群名称",
    "user_id": "QQ",
    "employee_no": "工号",
    "name": "姓名",
    "department": "部门",
    "detail": "所见",
    "liable": "责任人",
    "opened_at": "发现时间",
    "due_at": "期限",
    "overdue_at": "逾期时间",
    "closed_at": "了结时间",
    "case": "违规编号",
    "amount": "金额（元）",
    "state": "状态",
    "proposed_at": "提出时间",
    "settled_at": "决定时间",
    "settled_by": "决定人",
    "paid_at": "缴款时间",
    "refunded_at": "退款时间",
    "reason": "理由",
    "is_head": "主管",
    "hired_on": "入职日期",
    "regularized_on": "转正日期",
    "departed_on": "离职日期",
    "also_in": "兼任部门",
    "handover_on": "移交完成日期",
    "figure": "项目",
    "count": "数量",
    "month": "月份",
    "opened": "新增",
    "closed": "了结",
    "checked_at": "抽查时间",
}
SHEETS = {
    "violations": "违规",
    "fines": "罚单",
    "filings": "备案",
    "employees": "名册",
    "summary": "汇总",
    "by_clause": "按条款",
    "by_department": "按部门",
    "by_group": "按群",
    "trend": "近六个月",
    "spot_checks": "抽查",
    "notes": "说明",
}
NOTES = {
    "what": "内容",
    "period": "时段",
    "filters": "筛选",
    "made_at": "导出时间",
    "registry": "名册版本",
    "rows": "行数",
    "no_filters": "无",
    "all_time": "全部",
    "version": "第 {version} 版",
}
YES = "是"
FILE_NAME = "{what}-{stamp}.xlsx"
EXPORTED = "{what}，{rows} 行，见文件。"
EXPORTED_ALL = "{what}不分时段，导出的是全部。"
EXPORT_PUBLIC = "导出完成，文件只私聊发送"
EXPORT_WHICH = "没有“{word}”这种表。有：{known}"

SPOT = {
    "head": "抽查 {count} 个群：",
    "clean": "C{id} {group}：未见违规{last}",
    "findings": "C{id} {group} {n} 项：{by_code}{last}",
    "unknown": "C{id} {group}：情况未知（{why}）",
    "pending": "C{id} {group}：由我的另一个账号在查，查完另发报告，一般在一分钟内",
    "quiet": "，其中 {n} 项已免除、撤销或豁免",
    "better": "，比上次少 {n}",
    "worse": "，比上次多 {n}",
    "same": "，与上次相同",
    "first": "，首次抽查",
    "late": "（原定 {at}，机器人未运行，现补查）",
    "again": "，稍后重查",
    "unknown_word": "读不全成员列表",
    "over": "当月机器人未运行，没有查到",
    "reviewed": "{month} 的抽签已重做核对，详情已私聊。",
    "none_filed": "还没有已备案的群，没有可抽查的。",
    "public": "抽查 {count} 个群：{clean} 个未见违规，{findings} 个有违规，{unknown} 个未知",
    "public_pending": "，{pending} 个还在查",
    "coverage": "{month} 抽查：应查 {all} 个群，已查 {done} 个{missing}",
    "missing": "，还差 {n} 个：{listed}",
    "done_line": "{group}（{at}）",
    "dates": "抽查日期：{listed}",
    "more": "等 {n} 个",
}

TERMINAL = {
    "saved": "已保存 {path}（{rows} 行）",
    "saved_file": "已保存 {path}",
    "cannot_write": "{path}：写不了（{why}）",
    "bad_month": "--month 应写成 2026-11 这样的月份，不是 {word}",
    "no_group": "没有群 {group} 的记录：请核对群号，机器人要先在群里",
    "clean": "没有未结的违规。",
    "unknown": "群 {group}：情况未知（{why}）",
    "line": "V{id} {code} {group} {who} {status} {due} {what}",
}
