"""What the command framework itself says: help, suggestions, refusals, and how a field is written."""

NEUTRAL = "没有这一项，或不归您办理。发送“帮助”可以看到您能用的命令。"
VERIFY_FIRST = "还没有核实您的身份。请私聊我发送：绑定 姓名 工号 手机后四位"
GLUED = "“{name}”后面请空一格，例如：{example}"
TOO_MANY = "您发得有点快，请过一分钟再试。"
FAILED = "这一步没有办成，已经记下，请稍后再试；一直不行请联系行政部。"
QQ_FAILED = "没有办成：{why}。请稍后再试。"
SUGGEST = "是不是想用“{name}”？发送“帮助 {name}”可以看写法。"
ADDRESSED = "我在。发送“帮助”可以看到您能用的命令。"
ONLY_GROUP = "“{name}”请在群里用。"
ONLY_PRIVATE = "“{name}”请私聊我用。"
WHICH_GROUP = "请写明是哪个群，例如：{name} 群={group}"
SENT_PRIVATELY = "详情已私聊您。"
NOT_SENT = "私聊没能送达，请先加我为好友，或直接私聊我再发一次“{name}”。"
FILE_NOT_SENT = "文件没能送达（{why}），请稍后再试。"
FILE_UNCLEAR = "文件可能已经送到（{why}）；没有收到的话，请再发一次。"

MISSING = "还差“{field}”。例：{example}"
UNREADABLE = "“{field}”请写{kind}。例：{example}"
HELP_UNKNOWN = "没有“{name}”这个命令，或不归您用。发送“帮助”可以看到您能用的命令。"
UNREADABLE_ITEM = "请写{what}编号，例如：{example}"
TOO_LONG = "“{field}”太长了，最多 {limit} 字。"
EXTRA = "后面的“{word}”看不懂。例：{example}"
UNKNOWN_KEY = "没有“{key}”这一项{near}。例：{example}"
NEAR_KEY = "，是不是想写“{name}”"
NOT_WITH = "写了“{other}”，“{word}”就用不上了，请去掉一个。例：{example}"
ONLY_WITH = "“{field}”只用于{other}={value}：请补写 {other}={value}，或去掉“{field}”。"
TWICE = "“{field}”写了两次。例：{example}"

# By the letter of an id, what it is the number of; all that can stand in an inbox together.
INBOX_ITEM = "待办里的"
ITEM_OR = "或"
ITEMS = {
    "J": "入群申请",
    "B": "备案",
    "E": "提前入群",
    "I": "导入",
    "Q": "QQ 归属",
    "R": "移出批次",
    "V": "违规",
    "P": "罚单",
    "S": "申诉",
    "C": "抽查",
}
KINDS = {
    "review": "“复核”二字",
    "text": "上内容",
    "scope": "“全员”，或部门（用逗号隔开）、工号:A001",
    "qq": " QQ 号，5–11 位数字",
    "employee": "工号或姓名",
    "date": "年月日，如 2026-11-02、11-02 或 今天",
    "past": "年月日，如 2026-01-05",
    "days": "数字，如 30",
    "period": "月份或起止日期，如 本月、2026-10 或 2026-10-01..2026-10-15",
    "code": "条款号或名称，如 C1 或 群名片",
    "group": "群号或群名",
    "department": "部门名",
    "mode": "观察、提醒 或 执行",
    "number": "数字",
    "kind": " QQ群 或 讨论组",
    "command": "命令名",
}
SAMPLES = {
    "text": "说明",
    "scope": "全员",
    "qq": "123456789",
    "employee": "1024",
    "date": "2026-11-02",
    "past": "2026-01-05",
    "days": "30",
    "period": "本月",
    "code": "C1",
    "group": "700001",
    "item": "J12",
    "items": "J12",
    "department": "市场部",
    "mode": "提醒",
    "number": "3",
    "kind": "讨论组",
    "command": "待办",
}

HELP_TITLE = "您在这里可以用："
HELP_LINE = "{name}{fields}：{help}"
HELP_THEME = "{title}：{names}"
HELP_FOOT_GROUP = "群里以 / 开头或 @我；“帮助 命令”看写法。"
HELP_FOOT_PRIVATE = "直接发命令就行；“帮助 命令”看写法。"
HELP_ONE = "{name}{fields}\n{help}"
HELP_ALIASES = "也可写：{names}"
HELP_EXAMPLES = "例：{examples}"

TABLE_HEAD = "| 命令 | 谁 | 在哪 | 做什么 |\n|---|---|---|---|"
WHERE = {"anywhere": "群、私聊", "group": "群", "private": "私聊"}

# Everyday words one character away from a command: no reason to answer ordinary talk.
EVERYDAY = frozenset((
    "同学", "同事", "同样", "同时", "满意", "愿意", "注意", "生意", "帮忙", "帮我",
    "帮他", "名字", "名单", "照片", "图片", "回复", "待会", "等待", "代办", "怎办",
    "状况", "模样", "公式", "形式", "方式", "正式", "升职", "离开", "在职", "导航",
    "罚款", "抽空", "检查", "备注", "备用", "方案", "答案", "档案", "解决", "解答",
    "长期", "短期", "日期", "到期", "推迟", "延迟", "暂时", "授课", "排除", "删除",
    "解除", "申请", "绑架",
))  # fmt: skip
