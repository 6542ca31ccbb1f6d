"""What was seen, said in one line (`违规 V12`, `audit --json`).

`FINDINGS` is keyed `code.reason` and filled by the finding's `data`.
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
    "F2.in_review": "与备案不同的有{differences}，备案变更已提交，正在审核",
    "F3.unfiled": "群名「{group_name}」含公司字号「{keyword}」，未经行政部批准",
    "F3.renamed": "群名改成了「{group_name}」，含公司字号「{keyword}」，未经行政部批准",
    "F3.in_review": "群名「{group_name}」含公司字号「{keyword}」，备案已提交，正在审核",
    "S1.no_supervisor": "{department} 没有主管或经理当本群管理员；可设为管理员：{candidates}",
    "S1.no_head": "{department} 没有主管或经理当本群管理员，名册里也没有登记该部门的主管",
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
    "D2.in_review": "讨论组「{issue}」已提交升级或延期，正在审核",
    "D2.past_end": "讨论组「{issue}」已过截止日期 {ends_on}",
    "D2.in_use": "讨论组「{issue}」最近 {window} 天里有 {active_days} 天在使用，属于经常使用",
}

LET_IN_BY = "{what}（由 {let_in_by} 放行入群）"
"""Said of M1, M2, M3 and D1 where QQ told who let them in."""
