"""What is said about modes, the pause, waivers, the bot's state and the list of groups."""

EVERYWHERE = "所有群"
GENERAL = "总模式"
IN_GROUP = "群 {group}"
NO_SUCH_GROUP = "没有找到这个群：群里要先有我。"

MODE_GENERAL = "总模式：{before} → {after}。每个群以群模式与总模式中较宽松的一个为准。"
MODE_GROUP = "群 {group}：{before} → {after}。{note}"
MODE_ALREADY = "{where}本来就是“{mode}”。{note}"
MODE_MILDER = "总模式是“{general}”，实际按“{effective}”。"
MODE_UNFILED = "这个群还没有备案，备案批准前只观察。"
MODE_OF = "群 {group}：现在按“{effective}”，{why}。{paused}"
MODE_WHY = "群模式“{own}”{default}与总模式“{general}”取较宽松的一个"
MODE_WHY_UNFILED = "还没有备案，备案批准前只观察"
MODE_DEFAULT = "（公司默认）"
MODE_PAUSED = "现在暂停中，“恢复”后才做。"
MODE_NOW = "总模式：{general}。写法：模式 观察|提醒|执行 [群=…]"

PAUSED_NOW = "已暂停：除回答行政部外，一切对外动作都停了。发送“恢复”继续。"
PAUSED_ALREADY = "本来就在暂停中。"
RESUMED = "已恢复：到期的事项会重新安排。"
PLANNED_ANEW = "暂停后重新安排"
NOT_PAUSED = "现在没有暂停。"

WAIVED = "已豁免：{who}，{code}（{title}），{where}，到 {until} 为止。"
WAIVED_ALREADY = "{who}，{code}（{title}）：已有同样的豁免，{where}，到 {until} 为止。"
WAIVER_TOO_LONG = "一次豁免最长 {days} 天。"
WAIVER_ABOUT_GROUP = "{code}（{title}）是对群的要求，不能按人豁免。"
WAIVER_ENDS = "豁免将到期：{who}的 {code}（{title}），{where}，最后一天是 {until}。"
YOUR_WAIVER_ENDS = "提醒：您在{where}的“{title}”豁免最后一天是 {until}，之后照常执行。"
WAIVER_LINE = "豁免：{who}的 {code}（{title}），{where}，到 {until}，理由：{reason}"

STATUS = {
    "mode": "总模式：{mode}",
    "paused": "暂停中：{who} 于 {when} 暂停",
    "running": "运行中，没有暂停",
    "accounts": "在线账号：{accounts}",
    "offline": "账号 {account} 连着，但没有登录 QQ",
    "pace": "账号 {account} 最近 24 小时移出 {used} 次，每日上限 {most} 次",
    "cannot_send": "账号 {account} 暂时发不出{kinds}",
    "others": "其他进程的账号：{accounts}",
    "no_accounts": "没有账号在线",
    "groups": "群：已备案 {filed}，审批中 {waiting}，未备案 {unfiled}，读不到 {unknown}",
    "unknown": "最近读不到的群：{groups}",
    "audited": "最近一次检查：{when}",
    "never_audited": "还没有检查过",
    "registry": "名册：{people} 人，更新于 {when}",
    "registry_none": "名册是空的：请私聊发给我名册文件",
    "registry_stale": "名册已超过 {days} 天没有更新：不会按它下结论",
    "superusers_gone": "超级用户{names}已离职，权限已停：请运维在 .env 的 SUPERUSERS 里换人",
    "backlog": "待发：{waiting} 件，{age}",
    "no_backlog": "没有待发的动作",
    "failed": "没有办成的动作：{count} 件",
    "well": "{act} {n} 次，都正常",
    "mixed": "{act} {n} 次：{parts}",
    "calendar": "{year} 年的放假和调休还没有公布：催办和期限先按法定节日和周末推算，公布后请更新程序，或写进 hours.holidays 和 hours.workdays",
    "late_removals": "到期未能移出：{count} 人",
    "will_be_late": "按现在的节奏和每日上限，有 {count} 人来不及按期移出：{names}",
    "skew": "时钟与 QQ 相差 {seconds} 秒：请校准系统时间",
    "inbox": "您的待办：{count} 项",
}

STATUS_TITLES = {
    "running": "运行",
    "accounts": "账号与连接",
    "groups": "群",
    "registry": "名册",
    "acts": "待发与动作",
    "inbox": "待办",
    "kept": "抽查、豁免与日历",
}

AGE_NOW, AGE_MINUTES, AGE_HOURS = "都是刚排上的", "最久的已等 {n} 分钟", "最久的已等 {n} 小时"

# What was asked of QQ, and how it went.
QQ_ACTS = {
    "send_group_msg": "发群消息",
    "send_private_msg": "发私聊",
    "upload_private_file": "发文件",
    "upload_group_file": "发群文件",
    "set_group_card": "改群名片",
    "set_group_kick": "移出成员",
    "set_group_kick_members": "成批移出成员",
    "batch_delete_group_member": "成批移出成员",
    "set_group_add_request": "答复入群申请",
    "set_friend_add_request": "答复好友申请",
    "_send_group_notice": "发群公告",
}
OTHER_ACT = "其他动作"
EFFECTS = {"ok": "正常 {n}", "ineffective": "没有生效 {n}", "error": "报错 {n}", "timeout": "超时 {n}"}
# What an account may be unable to send.
KINDS = {"picture": "图片", "file": "文件"}

GROUP_LINE = "{group} {name}｜{state}｜{mode}｜{members} 人｜未结 {cases}｜检查 {audited}{unknown}"
GROUP_UNKNOWN = "｜读不到：{why}"
GROUP_STATES = {
    "approved": "已备案 {number}",
    "with_head": "待部门主管",
    "with_admin": "待行政部",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "closed": "已关闭",
    "none": "未备案",
    "draft": "未备案",
    "exempt": "免备案",
    "gone": "已不在群里",
}
GROUPS_HEAD = "群 {total} 个：已备案 {approved}，审批中 {waiting}，未备案 {unfiled}，已关闭 {closed}。{page}"
NO_GROUPS = "还没有群：把我加进群里就会出现在这里。"
NEVER = "未检查"
