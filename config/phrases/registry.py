"""What is said about employees, identities and rights."""

IDENTITY = {
    "refused": "没能核实。请核对姓名、工号、手机后四位后再试；多次不成请联系行政部。",
    "incomplete": "请按这样写：绑定 姓名 工号 手机后四位，例如：绑定 张三 1024 0012",
    "whole_number": "只要手机号的后四位，不用发整个号码：绑定 姓名 工号 手机后四位，例如：绑定 张三 1024 0012",
    "ask_staff": "这次不能自动核实，请联系行政部办理。",
    "bound": "{name}，您的 QQ 已核实。",
    "already": "您的 QQ 已经核实过了。",
    "locked_qq": "QQ {qq} 在 24 小时内多次核实不成，已锁定 24 小时。",
    "locked_no": "工号 {no} 在 24 小时内多次被人核实不成，已锁定 24 小时（已核实的 QQ 不受影响）。",
    "locked_public": "有人多次核实身份不成，已锁定 24 小时，详情已私聊行政部。",
    "second_qq": "QQ {qq} 用正确的信息要求绑定 {name}（{no}），但此人已有核实过的 QQ，没有绑定。"
    "确是本人请发：绑定 {qq} {no}",
    "second_qq_known": "有另一个 QQ 用您的信息要求核实身份，没有通过。若是您本人，请联系行政部；若不是，请留意。",
    "staff_bound": "已绑定：QQ {qq} ↔ {name}（{no}）。",
    "staff_same": "QQ {qq} 本来就绑定{name}（{no}），不用再绑。",
    "staff_moved": "已绑定：QQ {qq} ↔ {name}（{no}）；原来属于 {before}。",
    "renumbered": "原工号 {former} 名下的违规、罚单、申诉、调岗移交已随本人转过来。",
    "renumbered_undone": "名下的违规、罚单、申诉、调岗移交已转回原工号 {former}。",
    "rights_left": "行政部的权限还在原工号 {former}：要用的，请超级用户发“授权 {no}”，再发“撤权 {former}”。",
    "renumbered_perhaps": (
        "两人同名：若是同一人换了工号，请再发 绑定 {qq} {no} 原工号={former}，原工号名下的违规和罚单才随本人转过来。"
    ),
    "standing": (
        "以这个 QQ 记在{name}名下的 {cases} 还在案：未结的会按“QQ 已不归本人”结案，罚单不变；"
        "若当初就绑错了，请发“撤销 {first} 绑错了人”。"
    ),
    "standing_more": "{cases} 等 {count} 件",
    "not_former": "工号 {former} 还绑定着别的 QQ，不能当作原工号；若绑错了，请先解绑。",
    "own_former": "工号 {former} 可能是您本人原来的，不能由您转给别人；请行政部其他同事或超级用户办理。",
    "unbound": "已解绑 QQ {qq}（{name}，{no}）。",
    "nobody": "QQ {qq} 没有绑定任何人。",
    "departed": "{name}（{no}）已离职，不能绑定。",
}

STAFF = {
    # What every line begins with that records something.
    "unknown": "名册里没有工号 {no}。",
    "nobody": "名册里没有“{value}”。",
    "several": "“{value}”有 {count} 人：{listed}。请用工号。",
    "alike": "没有叫“{value}”的员工，相近的：{listed}。请用工号。",
    "unbound": "QQ {qq} 没有绑定任何员工。要绑定请发：绑定 {qq} 工号",
    "departed": "已记录：{name}（{no}）{day} 离职。\n{groups}",
    "departs": "已记录：{name}（{no}）{day} 离职，到那天 0 时生效。\n{groups}",
    "departed_already": "{name}（{no}）已记为 {day} 离职。",
    "is_departed": "{name}（{no}）已离职。",
    "not_departed": "{name}（{no}）没有离职记录。",
    "stays": "已记录：{name}（{no}）原定 {day} 的离职取消，照常在职。{back}",
    "rehired": "已记录：{name}（{no}）复职。{back}",
    "transferred": "已记录：{name}（{no}）{old} → {new}，移交未完成期间两个部门都算。",
    "there_already": "{name}（{no}）已在{path}。",
    "handed_over": "已记录：{name}（{no}）{day} 移交完成，{old}的群会按规定退出。",
    "hands_over": "已记录：{name}（{no}）将于 {day} 移交完成（{old}）。",
    "no_transfer": "{name}（{no}）没有未完成的移交。",
    "no_department": "没有“{name}”这个部门{near}。",
    "which_department": "“{name}”有好几个：{paths}，请写完整路径。",
    "near": "，是不是“{name}”",
    "not_admin_department": "{name}（{no}）不在{department}，不能授权。",
    "not_verified": "{name}（{no}）还没有核实的 QQ，不能授权。",
    "granted": "已授权：{name}（{no}）。",
    "granted_already": "{name}（{no}）已有授权，现在绑定的 QQ 都算。",
    "you_granted": "您好，您已获授权办理行政部的事项：私聊我发送“待办”看等您办的，“帮助”看能用的命令。",
    "you_revoked": "您好，您办理行政部事项的授权已收回。如有疑问，请联系管理机器人的同事。",
    "revoked": "已撤权：{name}（{no}）。",
    "not_granted": "{name}（{no}）没有授权。",
}

# What becomes of somebody who departs, in one group: by the words of the plan.
OUTLOOK = {
    "no_qq": "没有核实过的 QQ，认不出在哪些群里；请群主自行核对。",
    "nowhere": "不在我见过的任何群里。",
    "removed": "移出",
    "withheld": "超过移出的安全上限，等行政部确认（R…）后移出",
    "officer": "是{role}，不会自动移出；请部门主管和行政部先安排移交",
    "no_right": "我不是管理员，会请群主、管理员移出",
    "not_enforcing": "“{mode}”模式，会请群主、管理员移出",
    "observed": "“观察”模式，只记录",
    "unfiled": "还没有备案，只记录",
    "lost": "我不在群里了，不能处理；请群主手动移出",
    "waived": "有豁免，暂不移出",
    "protected": "受保护，不移出",
    "paused": "现在已暂停，恢复后再处理",
    "incomplete": "还没有读全成员，读全后再处理",
    "registry_empty": "名册为空，暂不处理",
    "registry_stale": "名册太旧，导入新的名册后再处理",
    "clock": "本机时间和 QQ 对不上，校准后再处理",
    "not_found": "暂不处理",
}

BACK = {
    "asked": "已请这些群的群主请回：{groups}。",
    "owner": "群「{group}」：{people}先前按名册移出，现已更正或复职。请您重新邀请入群；本人重新申请时，当场审核。",
    "fallback": "本群有先前移出的成员需要请回，请加我好友后发送「待办」。",
}

CARD = {
    "who": "{name}（{no}）{department} · {title}",
    "head": "部门主管",
    "also_in": "兼任：{paths}",
    "hired": "入职 {day}",
    "regularized": "转正 {day}",
    "departed": "离职 {day}",
    "known": "得知 {day}",
    "contact": "手机：{phone}；QQ：{qqs}",
    "phone_known": "有",
    "phone_unknown": "无",
    "no_qq": "无",
    "qq": "{qq}（{method}，{day}）",
    "roster": "名册",
    "proof": "本人核实",
    "admin": "行政部",
    "move": "调岗：{old} → {new}（{since} 起，{done}）",
    "open": "移交未完成",
    "done": "{day} 移交完成",
    "no_groups": "没有在任何群里见过。",
    "left_all": "已退出全部 {count} 个群：{times}",
    "inside": "在 {count} 个群：{groups}",
    "left": "已退出 {count} 个群：{times}",
    "cases": "未结：{cases}",
    "role_owner": "（群主）",
    "role_admin": "（管理员）",
}

FILING_FIELDS = {
    "name": "群名称",
    "purpose": "用途",
    "scope": "成员范围",
    "department": "部门",
    "owner_id": "群主",
    "admin_ids": "管理员",
    "established_on": "成立日期",
    "kind": "类型",
    "issue": "议题",
    "ends_on": "截止",
    "mode": "模式",
}

FORGET = {
    "unknown": "没有工号 {no} 的记录",
    "active": "{name}（{no}）没有离职，不能清除",
    "too_early": "{name}（{no}）{day} 离职，要满 {days} 天才能清除（{until} 起）",
    "ask": "将清除 {name}（{no}）的个人信息，{cases} 项事项以代号保留；不能恢复。确认请加 --yes",
    "done": "已清除 {name}（{no}）的个人信息，{cases} 项事项以代号 {pseudonym} 保留",
}
