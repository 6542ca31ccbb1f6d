"""What `我的` says: what is kept of the asker, what they answer for, and what they can do about it."""

MINE = {
    "none": "您的 QQ 还没有核实身份。请私聊我发送：绑定 姓名 工号 手机后四位",
    "record": "姓名 {name}，工号 {no}，部门 {department}，{status}",
    "identity": "实名：{day} {method}核实；手机号没有存，只留了核对后四位用的加密记号",
    "no_phone": "实名：{day} {method}核实；没有存您的手机号",
    "qqs": "绑定的 QQ：{listed}",
    "groups": "所在的群 {n} 个：{listed}",
    "no_groups": "所在的群：没有",
    "cases": "未结的事项 {n} 件：",
    "no_cases": "未结的事项：没有",
    "case": "V{id} {title} · {group}：{advice}{due}",
    "overdue": "（已逾期）",
    "frozen": "（申诉中）",
    "closed": "已了结的事项：{n} 件",
    "removed": "V{id} {title} · {group}：{at} 已被移出",
    "departed": "名册里您已离职。如有误，请联系行政部更正，或对下面记在您名下的事项提出申诉。",
    "fines": "罚单 {n} 张：",
    "no_fines": "罚单：没有",
    "fine": "P{id} {amount} 元 {state} · {title} · {group} · V{case}",
    "appeal": "如有异议，7 天内发送：申诉 V{id} 理由",
    "public": "群 {groups} 个，未结事项 {cases} 件，罚单 {fines} 张",
    "more": "等",
    "answerable": "您作为群主、管理员要负责的 {n} 件：",
    "answerable_more": "……另有 {n} 件，在群里发送 /群检查 查看",
    "answerable_public": "，负责的群有 {n} 件",
}
METHODS = {"roster": "按名册", "proof": "按您填写的信息", "admin": "由行政部"}
EMPLOYMENT = {"regular": "正式", "probation": "试用", "departed": "离职"}
ADVICE = {
    "C1": "请把群名片改成「{card}」，或在群里发送 /改名片",
    "M1": "请私聊我发送：绑定 姓名 工号 手机后四位",
    "M2": "您的部门不在本群的成员范围，请退群，或请群主调整范围",
    "M3": "试用期入群须部门主管同意，请联系群主提出",
    "L1": "离职后请退出本群",
    "T1": "调岗交接已完成，请退出原岗位的群",
    "D1": "本讨论组只限本公司人员，请退出",
    "F1": "请在群里发送 /备案 用途=… 范围=…",
    "F1.in_review": "备案已提交，等审核，不用再办",
    "F2.in_review": "备案变更已提交，等审核，不用再办",
    "F2": "备案与实际不符，请在群里发送 /备案变更",
    "F3.in_review": "已报批，等审核，不用再办",
    "F3": "群名含公司名称，请报行政部批准或改名",
    "S1.no_head": "请联系行政部在名册里登记本部门主管，再请他当管理员",
    "S1": "请把本部门主管设为管理员",
    "D2.in_review": "升级或延期已提交，等审核，不用再办",
    "D2": "请升级为正式群（/升级）、延期或解散",
}

# Of whoever is owner or admin themselves.
IN_OFFICE = "仍是群主或管理员，请先移交，再办退群"

# To owners and admins, where it isn't what the person concerned would do.
OFFICER_ADVICE = {
    "M1": "请提醒本人私聊我绑定，或移出",
    "M2": "请移出，或发送 /备案变更 调整范围",
    "M3": "请发送 提前入群 工号 理由，或移出",
    "L1": "请移出",
    "T1": "请移出",
    "D1": "请核实，或移出",
}
