"""What was seen, said in one line (`违规 V12`, `audit --json`), and what to do about it.

`FINDINGS` is keyed `code.reason` and filled by the finding's `data`; `WHAT_TO_DO` is keyed by code.
No employee numbers, no phone digits. Names and cards are other people's text: escape what is filled in.
"""

FINDINGS: dict[str, str] = {
    "F1.never_filed": "群「{group_name}」还没有备案",
    "F1.returned": "群「{group_name}」的备案被退回，还没有重新提交",
    "F1.closed": "群「{group_name}」的备案已结束，群还在使用",
    "F1.in_review": "群「{group_name}」的备案已提交，正在审核",
    "F2.name": "群名是「{name_live}」，备案的是「{name_filed}」",
    "F2.owner": "群主是 {owner_live}，备案的是 {owner_filed}",
    "F2.admins": "管理员与备案不同：多出 {admins_added}；缺少 {admins_missing}",
    "F2.several": "与备案不同：{differences}",
    "F3.unfiled": "群名「{group_name}」含公司字号「{keyword}」，未经行政部批准",
    "F3.renamed": "群名改成了「{group_name}」，含公司字号「{keyword}」，未经行政部批准",
    "F3.in_review": "群名「{group_name}」含公司字号「{keyword}」，备案已提交，正在审核",
    "S1.no_supervisor": "{department} 没有主管或经理担任本群管理员；可设为管理员：{candidates}",
    "S1.no_head": "{department} 没有主管或经理担任本群管理员，名册里也没有登记该部门的主管",
    "M1.no_identity": "{name} 的实名还没有核实",
    "M1.not_in_registry": "{name} 不在现有名册里",
    "M2.out_of_scope": "{name}（{department}）不在本群备案的成员范围内",
    "M3.probation": "{name}（{department}）在试用期，没有提前入群的同意记录",
    "C1.not_set": "没有设置群名片，应为「{right}」",
    "C1.missing_department": "群名片「{card}」没有写部门，应为「{right}」",
    "C1.missing_name": "群名片「{card}」没有写姓名，应为「{right}」",
    "C1.wrong_department": "群名片「{card}」的部门不对，应为「{right}」",
    "C1.wrong_name": "群名片「{card}」不是真实姓名，应为「{right}」",
    "C1.wrong_order": "群名片「{card}」顺序不对，应为「{right}」",
    "C1.bad_format": "群名片「{card}」格式不对，应为「{right}」",
    "L1.departed": "{name}（{department}）已于 {departed_on} 离职，还在群里",
    "T1.handover_complete": "{name} 已由 {from} 调到 {to}，{handover_on} 移交完成，还在原岗位的群里",
    "D1.no_identity": "{name} 的实名还没有核实，讨论组里不能有公司以外的人",
    "D1.not_in_registry": "{name} 不在现有名册里，讨论组里不能有公司以外的人",
    "D2.past_end": "讨论组「{issue}」已过截止日期 {ends_on}",
    "D2.in_use": "讨论组「{issue}」最近 {window} 天里有 {active_days} 天在使用，属于经常使用",
}

WHAT_TO_DO: dict[str, str] = {
    "F1": "请群主在群里发送「/备案 用途=… 范围=…」，审核通过就好了。",
    "F2": "请群主发送「/备案变更」更新备案，或改回备案时的样子。",
    "F3": "请群主备案时报批这个群名，或换一个不含公司字号的群名。",
    "S1": "请群主把本部门的一位主管或经理设为管理员。",
    "M1": "请本人私聊机器人发送「绑定 姓名 工号 手机后四位」，核实后即可留在群里。",
    "M2": "如果工作需要留在群里，请群主发送「/备案变更」调整成员范围；否则请本人退群。",
    "M3": "如果工作需要提前入群，请群主发送「/提前入群 工号 理由」，由部门主管同意。",
    "C1": "请把群名片改成上面的样子；发送「/改名片」可以让机器人代改。",
    "L1": "请群主或管理员把离职人员移出群；如果登记有误，请联系行政部。",
    "T1": "请群主把已调岗的同事移出群；如果工作仍需要，请联系行政部。",
    "D1": "请本人私聊机器人发送「绑定 姓名 工号 手机后四位」；公司以外的人请退出。",
    "D2": "请发起人发送「/升级 用途=… 范围=…」转为备案群，或发送「/解散」结束讨论。",
}
