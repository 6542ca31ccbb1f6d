"""What the inbox says: lists, what settling answers, reminders; and early admission."""

EMPTY = "没有待您办理的事项。"
HEAD = "待您办理 {count} 项（早的在前）：{page}"
FOOT = "办理：同意 {sample}，或 驳回 {sample} 理由"
PUBLIC = "待办 {count} 项"
PUBLIC_EMPTY = "没有待办"
PUBLIC_SETTLED = "已办理 {done} 项"
PUBLIC_NOT_SETTLED = "没有办成"
AGE_DAYS = "已等 {days} 天"
AGE_HOURS = "已等 {hours} 小时"
AGE_MINUTES = "已等 {minutes} 分钟"
AGE_NOW = "刚刚"
UNTIL = "，{when} 前有效"

SETTLED_ALREADY = "{item} 已由 {who} 于 {when} {how}，不用再办了。"
SETTLED_ITSELF = "{item} 已由机器人于 {when} 自动{how}，不用再办了。"
SETTLED_NOW = "{item} 刚刚已由别人办理，不用再办了。"
NOW_WAITS = "这个群现在等您办的是 {item}。"
CHANGED = "{item} 和页面上显示的已经不一样了，这次没有办理。请看过现在的内容再办。"
SETTLED_BY_YOU = "{item} 您已于 {when} {how}，不用再办了。{now}"
STAGES = {"with_head": "现在等部门主管审核。", "with_admin": "现在等行政部批准。"}
STAFF_ONLY = "{item} 须由行政部办理。"
HOW = {
    "approve": "同意",
    "reject": "驳回",
    "head_approved": "同意",
    "consented": "同意",
    "refused": "驳回",
    "confirmed": "同意",
    "waived": "驳回",
    "dropped": "驳回",
    "upheld": "同意",
    "applied": "同意",
    "undone": "撤销",
    "approved": "同意",
    "returned": "退回",
    "with_admin": "同意",
    "withdrawn": "撤回",
    "closed": "关闭",
    "lapsed": "到期作废",
    "replaced": "并入新的一批",
    "elsewhere": "在 QQ 里处理",
    "ended": "结束",
    "paid": "缴清",
    "settled": "办理",
    "moved": "同意",
    "kept": "驳回",
    "appealed": "转为申诉",
}
BY_ITSELF = {"approve": "通过", "reject": "拒绝", "lapsed": "作废", "ended": "结束"}
MANY = 50
TOO_MANY = "一次最多办理 {most} 项。"

JOIN = "入群申请｜群 {group}｜QQ {qq}{nickname}{comment}{known}{near}{unseen}｜{advice}"
JOIN_NICKNAME = "（{nickname}）"
JOIN_COMMENT = "｜附言“{comment}”"
JOIN_KNOWN = "｜名册：{department} {name}（{status}）"
JOIN_UNKNOWN = "｜名册里对不上人"
# By row of the join gate's table: where no proof was looked at.
JOIN_UNREAD = dict.fromkeys((0, 1, 3), "｜附言还没有和名册核对") | {
    2: "｜群未备案，还没有核对身份",
    4: "｜附言没有写全，无从核对",
}
JOIN_UNSEEN = "｜QQ 的列表里已看不到，最后见到 {when}"
JOIN_NEAR = "，相近的有：{names}"
STATUS = {"regular": "正式", "probation": "试用", "departed": "已离职"}
JOIN_ADVICE = {
    0: "申请一时太多，请逐个核实",
    1: "名册不可用或申请不完整，请人工核实",
    2: "群还没有备案，请先备案",
    3: "多次验证不符，建议驳回",
    4: "没有写明姓名、工号和手机后四位，建议驳回",
    5: "验证不符或名册没有手机号，请人工核实",
    6: "此人已有别的 QQ，可能是冒用，须由行政部向本人核实；同意会放行，并把这个 QQ 也绑给他",
    7: "已离职，建议驳回",
    8: "不在本群成员范围，建议驳回",
    9: "试用期，须部门主管同意提前入群",
    10: "身份相符，建议同意",
}
JOIN_CONTESTED = "这个 QQ 归谁还没有定，请先办理待办里的 QQ 归属（Q…）"
GROUNDS = "\n依据：条款 {clause}，{why}（{verdict}）{registry}{read}"
GROUNDS_REGISTRY = "，名册第 {version} 版"
GROUNDS_READ = "，附言里读到：{read}"
VERDICTS = {"approve": "同意", "reject": "驳回", "hold": "待人工"}
FILING = "{route}｜群 {group}｜{kind}｜用途：{purpose}｜范围：{scope}｜群主 {owner}{discussion}{reserved}"
FILING_DISCUSSION = "｜议题：{issue}｜截止 {ends}"
FILING_RESERVED = "｜群名含公司字号“{word}”，须经行政部批准"
# What changes of a filing that is in force: each field before and after.
FILING_CHANGED = "{route}｜群 {group}｜{changes}{reason}{reserved}"
FILING_CHANGE = "{field}：{before} → {after}"
FILING_ADDED = "加 {names}"
FILING_LEFT = "减 {names}"
FILING_ADMINS = "管理员：{changes}"
REASON = "｜理由：{reason}"
FILING_UNSAID = "（未填）"
FILING_FIELDS = {
    "name": "群名",
    "owner_id": "群主",
    "kind": "类型",
    "purpose": "用途",
    "scope": "范围",
    "issue": "议题",
    "ends_on": "截止",
    "established_on": "成立",
}
FILING_ROUTES = {
    "first": "备案审核",
    "change": "备案变更",
    "upgrade": "升级为 QQ 群",
    "prolong": "讨论组延期",
    "register": "备案审核",
}
EARLY = "提前入群｜群 {group}｜{department} {name}（试用期）{reason}"
IMPORT = "导入 {file}｜{summary}"
BATCH = "待确认的移出：{count}｜群 {groups}"
BATCH_GROUPS = " 等 {groups} 个"
PENALTY = "罚单 {amount} 元｜{who}｜{code} {title}｜群 {group}｜V{case}"
APPEAL = "申诉 V{case} {title}｜群 {group}｜{who}：{reason}"

NEW = "有新的待办：\n{item}{line}\n办理：同意 {item}，或 驳回 {item} 理由"
NEW_IN_GROUP = "有一项待办要请您处理，请私聊我发送“待办”。"
REMIND = "您有 {count} 项待办，最早的 {item} {age}。发送“待办”查看。"
ESCALATE = "已等了 3 个工作日还没有人办理：\n{item}{line}\n应由 {who} 办理，请帮忙催办。"
NOBODY = "（没有找到可以办理的人）"

EARLY_ASKED = "已提交 E{id}，等部门主管同意；同意后会自动放行。"
EARLY_TO_STAFF = "已提交 E{id}：没有找到部门主管，转由行政部办理。"
EARLY_WAITS = "E{id} 已在等待，不用重复提交。"
EARLY_JOINED = "E{id} 已在等待，您的理由补上了；有结果会告诉您。"
EARLY_UNKNOWN = "名册里没有这名在职员工，或同名的不止一位，请写工号。"
EARLY_REGULAR = "这名员工已转正，不需要提前入群，可直接申请入群。"
EARLY_HAS = "这名员工在本群的提前入群已经同意过了，到 {until} 为止。"
EARLY_NOT_FILED = "这个群还没有批准的备案，请先备案。"
EARLY_CONSENTED = "E{id} 已同意：{name} 可提前进入群 {group}，到 {until} 为止。"
EARLY_GONE = "{name} 已离职，不能提前入群。请发“驳回 E{id}”。"
EARLY_REFUSED = "E{id} 已驳回。"
EARLY_TOLD_OWNER = "提前入群 E{id}（{name}）：部门主管已{how}。{reason}"
EARLY_REJECT_REASON = "试用期提前入群未获部门主管同意"
