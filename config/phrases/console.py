"""What the console says besides the words on its pages: coming in, refusals, answers to acts."""

CODE = "控制台：{address}\n验证码 {code}，{minutes} 分钟内有效，只能用一次。请在登录页输入您的 QQ 号和验证码，不要告诉任何人。"
OFF = "控制台没有打开。"
NO_PAGE = "QQ {qq} 没有可看的页面：不是在职员工、群主、群管理员、部门主管或行政部人员。"
PRINTED = "{code}（{minutes} 分钟内有效，只能用一次；QQ {qq}，{address}）"
WRONG = "QQ 号或验证码不对，或者验证码已经过期。"
TOO_MANY = "试得太多了，请过一小时再来。"
CLOSED = "控制台没有开放：这里不是 https，验证码和名单会被别人看到。"
HOW_TO_OPEN = "请在前面放一个带 https 的代理，并把 CONSOLE_URL 写成 https 的地址；办法见 docs/deploy.zh.md。"
FOREIGN = "这个请求不是从控制台自己的页面发出的，没有照办。"
TOO_LARGE = "发来的内容太大，没有收。"
NOT_HERE = "没有这一页，或不归您看。"
FAILED = "这一步没有办成，已经记下，请稍后再试。"
NONE_CHOSEN = "还没有选中任何一项。"
NEEDS_REASON = "请写上理由。"
DAY_OVER = "免到的日期 {day} 已经过去，什么也没有改；请填今天或以后的日期，或不填。"
NEEDS_DAYS = "请写上天数和理由。"
NO_DAY = "日期要写成 2026-11-02 这样，没有照办。"
NO_QQ_NUMBER = "请写上 5 到 11 位的 QQ 号。"
NO_MODE = "请选观察、提醒或执行。"
NO_PERIOD = "看不懂这个时段：可以写 本月、上周、2026-10 或 2026-10-01..2026-10-15。"
NO_FILE = "请先选一个文件。"
READ = "已读完，记为 I{id}，还没有生效：请看下面的变化，再决定。"
MODE_SET = "这个群：{before} → {after}。"
MODE_ALREADY = "这个群本来就是“{mode}”。"
NO_PARAMETER = "没有这一项参数。"
TRIED_OUT = "试算"
TRY_OUT = "按 {groups} 个群最近一次读到的成员试算：会新增 {opened} 件，会了结 {closed} 件，期限会变的 {moved} 件。什么都没有改动。"
TRY_UNKNOWN = "另有 {n} 个群没有读全，算不了。"
TRY_LEFT_OUT = "时间到了，还有 {n} 个群没有算。"
WOULD = {"opened": "新增", "closed": "了结", "moved": "改期"}
MOVED = "期限 {was} → {now}"
YES, NO, NOTHING, BY_DEFAULT = "是", "否", "（没有）", "（默认算法）"

SOURCES = {"chat": "聊天", "console": "控制台", "terminal": "终端", "job": "自动", "qq": "QQ 里"}
TRAIL_COLUMNS = ("时间", "谁", "从哪里", "做了什么", "对象", "详情")
ACTIONS = {
    "announce": "发群公告",
    "appeal": "提出申诉",
    "appeal upheld": "申诉成立",
    "appeal refused": "申诉不成立",
    "batch_confirmed": "确认移出",
    "batch_dropped": "不移出",
    "case dismissed": "撤销违规",
    "case waived": "免除违规",
    "console.code": "要控制台验证码",
    "console.login": "登录控制台",
    "contest.kept": "QQ 归属不变",
    "contest.moved": "QQ 归属改动",
    "early_consented": "同意提前入群",
    "early_refused": "驳回提前入群",
    "employee.depart": "登记离职",
    "employee.forget": "清除个人信息",
    "employee.handover": "登记移交完成",
    "employee.rehire": "登记复职",
    "employee.transfer": "登记转岗",
    "filing_handed_in": "提交备案",
    "filing_closed": "关闭备案",
    "filing_head_approved": "备案：部门主管同意",
    "filing_approved": "批准备案",
    "filing_returned": "退回备案",
    "grant": "授权行政部",
    "revoke": "收回授权",
    "identity.bind": "绑定 QQ",
    "identity.unbind": "解绑 QQ",
    "identity.lock": "锁定验证",
    "identity.second": "另一个 QQ 验证",
    "import.apply": "导入生效",
    "import.drop": "放弃导入",
    "import.preview": "读取文件",
    "import.undo": "撤销导入",
    "invite_accepted": "接受邀请入群",
    "invite_refused": "谢绝邀请入群",
    "join_approved": "放行入群",
    "join_rejected": "驳回入群",
    "mode": "改模式",
    "names.applied": "部门改名生效",
    "names.dropped": "放弃部门改名",
    "pause": "暂停",
    "resume": "恢复",
    "scim.token.add": "生成令牌",
    "scim.token.revoke": "作废令牌",
    "waive": "豁免",
    "waiver_ended": "豁免到期",
    "penalty confirmed": "确认罚单",
    "penalty waived": "免除罚单",
    "penalty paid": "登记已缴",
    "penalty settled": "登记已缴",
    "penalty refunded": "登记已退",
    "penalty to_refund": "罚单待退",
    "penalty proposed": "罚单重新待定",
}
DETAILS = {
    "before": "原来",
    "after": "现在",
    "reason": "理由",
    "code": "条款",
    "until": "到",
    "group_id": "群",
    "employee_no": "工号",
    "method": "方式",
    "counts": "人数",
    "old": "原部门",
    "new": "新部门",
    "departed_on": "离职日",
    "handover_on": "移交日",
    "was": "原来",
    "route": "类别",
    "dropped": "取消动作",
    "appeal": "申诉",
    "id": "编号",
    "cases": "事项",
}
VALUES = {
    "method": {"roster": "名册", "proof": "本人核实", "admin": "行政部办理"},
    "route": {
        "first": "新备案",
        "change": "备案变更",
        "upgrade": "升级为 QQ 群",
        "prolong": "讨论组延期",
        "register": "登记表",
    },
}
EVERYWHERE = "全部"
NAMED = "{name}（{id}）"
COUNTS = {"altered": "改动", "doubts": "存疑"}
CHECKED = {"clean": "未见违规", "findings": "有违规", "unknown": "情况未知"}
SECTIONS = {
    "company": "公司",
    "departments": "部门",
    "registry": "名册",
    "card": "群名片",
    "reminders": "提醒",
    "hours": "工作时间",
    "deadlines": "期限",
    "membership": "入群",
    "discussion": "讨论组",
    "fines": "罚款",
    "safety": "安全上限",
    "pace": "节奏",
    "poll": "巡查",
    "join": "入群申请",
    "identity": "身份验证",
    "kick": "移出",
    "privacy": "个人信息",
    "sources": "名册来源",
}
