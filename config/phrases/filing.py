"""What is said about filings: asking for one, its steps, its state."""

NOT_NEEDED = "这个群不需要备案。"
OWNER_FIRST = "群主（QQ {owner}）还没有核实身份：请群主先私聊我“绑定 姓名 工号 手机后四位”，再来备案。"
NO_OWNER = "没有读到群主，请稍后再试。"
INCOMPLETE = "没有读到完整的成员列表（{why}），请稍后再试。"
APPROVED_ALREADY = "本群已备案（{number}）。群名、群主、管理员有变动请用“备案变更”。"
NOT_APPROVED = "本群还没有批准的备案，请先“备案”。"
NO_CHANGE = "群名、群主、管理员与备案一致，不用变更。"
SAME_WAITS = "{item} 已经提交过，内容一样，正等{whom}，不用再提交。"
WITH_HEAD = "部门主管（{heads}）审核"
WITH_STAFF = "行政部批准"
CHANGE_WAITS = "{item} 已经提交过，没有新的变动，正等行政部批准。"
ONLY_DISCUSSION = "“{name}”只用于备案为讨论组的群。"
PROLONGED_ALREADY = "这个讨论组已经延期过一次，不能再延；请“升级”或“解散”。"
PROLONG_DATE = "新的截止日期要晚于 {old}，且在 {latest} 以内。"

MISSING = {
    "用途": "“用途”至少写 4 个字，说清这个群做什么。例：用途=市场部日常沟通",
    "范围": "“范围”要写“全员”、部门（用逗号隔开）或 工号:A001。例：范围=市场部,采购部",
    "议题": "讨论组要写“议题”：这个组要解决什么问题。例：议题=新版怎么定价",
    "截止": "讨论组要写“截止”日期：从今天起 90 天以内。例：截止={sample}",
    "成立": "“成立”日期不能晚于今天。例：成立=2026-01-05",
}
SCOPE_UNKNOWN = "范围里的“{word}”没有找到{near}。"
SCOPE_NEAR = "，是不是{names}"
SCOPE_AMBIGUOUS = "范围里的“{word}”有好几个：{names}，请写全路径。"

SUBMITTED_HEAD = "已提交 {item}：群 {group}，等部门主管（{heads}）审核。"
SUBMITTED_STAFF = "已提交 {item}：群 {group}，等行政部批准。"
REPLACED = "先前的 {item} 已撤回。"
PUBLIC_SUBMITTED = "已提交，等待审核"
CLOSED_ALREADY = "本群的讨论组备案（{number}）已经关闭了，不用再{name}。"
DISSOLVED = "已关闭讨论组备案（{number}）{cases}。群要由群主自己解散。"
DISSOLVED_CASES = "和未结的 {n} 件事项"

HEAD_UNREACHED = "\n该由部门主管{heads}审核，但还没有核实的 QQ。请先给主管绑定：绑定 QQ 工号；或请超级用户办理。行政部在主管之后批准。"
HEAD_QUESTION = "请判断：这个群有必要吗？有没有已经能用的群？"
SAME_SCOPE = "同部门、同范围已备案的群：{groups}"
NO_SAME_SCOPE = "同部门没有同范围的已备案群。"

TO_ADMIN = "{item} 已同意，转行政部批准。"
APPROVED = "{item} 已批准：{number}。"
RETURNED = "{item} 已退回，会告诉群主。"
NOT_SETTLED = "{item} 没有办成：已不在这一步。"
OWNER_TO_ADMIN = "群 {group}的{what} {item}：部门主管已同意，等行政部批准。"
OWNER_APPROVED = "群 {group}的{what}已批准：{number}。{mode}"
OWNER_RETURNED = "群 {group}的{what} {item} 被退回。{reason}改好后可以再提交一次。"
REASON = "原因：{reason}。"
MODE_STARTS = "本群按“{mode}”管理。"
GROUP_APPROVED = "本群的{what}已批准：{number}。"
# By its route.
ASKED_FOR = {"first": "备案", "change": "备案变更", "upgrade": "升级", "prolong": "延期（到 {ends}）"}
PERSONAL_FALLBACK = "本群备案有新进展，请私聊我发送“备案状态 群={group}”。"

STATES = {
    "none": "还没有备案",
    "draft": "草稿",
    "with_head": "待部门主管审核",
    "with_admin": "待行政部批准",
    "approved": "已批准",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "closed": "已关闭",
}
STEPS = {
    "submitted": "提交",
    "head_approved": "部门主管同意",
    "approved": "行政部批准",
    "returned": "退回",
    "withdrawn": "撤回",
    "closed": "关闭",
    "replaced": "由新的备案接替",
}
NONE = "群 {group}还没有备案。写法：备案 用途=… 范围=…"
STATUS = "群 {group} 备案：{state}{number}"
STATUS_NUMBER = "（{number}）"
STATUS_BODY = "{kind}｜用途：{purpose}｜范围：{scope}｜群主 {owner}"
STATUS_DISCUSSION = "议题：{issue}｜截止：{ends}"
STATUS_STEP = "{when} {who} {step}{comment}"
STATUS_WAITING = "在审：{item}（{state}）"
