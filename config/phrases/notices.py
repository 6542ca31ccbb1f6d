"""Notices to owners, officers and members that a plan asks for."""

OWNER_NOTICE = {
    "plain": (
        "您好，群「{group}」还没有备案。请在 {due} 前备案：在群里发送\n"
        "/备案 用途=（写明用途） 范围=（全员或部门名）\n"
        "先由部门主管审核，再由行政部批准。发送「帮助 备案」看写法。"
    ),
    "with_requests": (
        "您好，群「{group}」还没有备案，有 {count} 个入群申请在等待，备案批准后才能自动审核。"
        "请在 {due} 前备案：在群里发送\n"
        "/备案 用途=（写明用途） 范围=（全员或部门名）\n"
        "发送「待办」可先处理等待的申请，「帮助 备案」看写法。"
    ),
    "in_review": (
        "您好，群「{group}」的备案正在审核，有 {count} 个入群申请在等待，批准后会自动审核。"
        "等不及的，可以发送「待办」先自行处理。"
    ),
    "stand_in": (
        "群「{group}」还没有备案，群主是群规自己的账号，群里没有管理员，请您代为备案。私聊我发送：\n"
        "备案 群={id} 用途=（写明用途） 范围=（全员或部门名）"
    ),
    "no_officer": (
        "群「{group}」还没有备案，群里没有能办理的群主或管理员。"
        "请在群里设一名管理员，由他发送「/备案 用途=… 范围=…」；或由行政部导入群登记表。"
    ),
    "fallback": "本群还没有备案，请群主发送「/帮助 备案」查看写法，或加我好友私聊。",
}

ESCALATION = {
    "removal_failed": (
        "V{id}：群「{group}」里的{who}应当退群，机器人没能移出（{why}），请群主或管理员在 {due} 前手动移出。"
    ),
    "see_private": "有一件群成员事项需要处理，请加我好友后发送「我的」查看。",
    "needs_right": "群「{group}」：机器人还不是管理员，改不了名片也移不了人。请把机器人设为管理员。",
    "card_failed": "群「{group}」：有群名片没能改成（{why}），请让本人手动修改。",
    "card_too_long": (
        "「{department}」加姓名超过 QQ 名片的长度（约 {most} 字节），放不下的人（如{name}）名片只要求写姓名。"
        "给这个部门一个简称（departments.aliases）就能写全。"
    ),
    "answer_failed": "J{id}：群「{group}」的入群申请答复没有生效（{why}），请在 QQ 里处理，或回复「同意 J{id}」重试。",
    "no_effect": "没有生效",
}

# To whoever asked for it.
NOT_DONE = {
    "card": "没能改好您在「{group}」的群名片：{why}。请发送「名片」看应有的写法，手动改一下。",
    "announcement": "没能在「{group}」发群公告：{why}。",
    "answer": "J{id}：您对「{group}」入群申请的答复没有生效：{why}。请在 QQ 里处理，或再回复一次。",
    "no_reason": "原因不明",
}

INTRODUCTION = (
    "您好，我是群规机器人：在本群核对入群身份、提醒群名片、移出离职人员，一切留有记录。\n"
    "请群主或管理员发送「/备案 用途=… 范围=…」备案，并把我设为管理员；发送「/帮助」看能用的命令。"
)

REFUSED_INVITE = "有人（QQ {user_id}）邀请机器人进群 {group_id}，邀请人不是在册员工，已拒绝。"

WITHHELD = {
    "people": "{people} 人",
    "in_groups": "{people} 人（共 {count} 人次）",
    "head": "R{id}：有 {count}待移出，超过安全上限（{why}），已整批暂缓，等您确认。",
    "line": "· {group}：{who}（QQ {qq}，{title}）",
    "more": "……另有 {count} 行，发送「待办 R{id}」看全部",
    "foot": "核对无误回复「同意 R{id}」，不对回复「驳回 R{id}」；24 小时内不处理就作废，一个也不移。",
    "public": "R{id}：有 {count}待移出，超过安全上限，已整批暂缓；请行政部私聊我发送「待办」查看。",
    "replaced": "（名单有变化，R{old} 作废，以这份为准）",
    "group_limit": "单群人数和比例都超限",
    "total_limit": "一小时内合计超限",
    "confirmed": "R{id} 已确认，{count}将逐个复核后移出。",
    "dropped": "R{id} 已驳回，不移出。若是名册有误，请尽快更正；情况没有变的，之后会再请您确认。",
    "settled": "R{id} 已由 {who} 于 {when} {how}。",
    "lapsed": "R{id} 超过 24 小时没有确认，已作废，没有移出任何人。",
    "word_confirmed": "同意",
    "word_dropped": "驳回",
    "word_lapsed": "作废（超时）",
    "word_replaced": "换成新的一批",
    "unknown": "没有这个编号，或者您无权处理。",
}

# What a plan's `Tell` says, by template; fields are the finding's own, plus {group} and {ids}.
NOTICES = {
    "notice.F2": "群「{group}」：{what}。请改回来，或在群里发送「/备案变更」报行政部批准，{due} 前完成。（{ids}）",
    "notice.F3": "群名称「{group}」含有公司名称，须经行政部批准。请在 {due} 前改名，或发送「/备案变更」报批。（{ids}）",
    "notice.S1.no_head": "群「{group}」要有一位本部门的主管当管理员，名册里还没有登记{department}的主管。请联系行政部在名册里登记，再请他当管理员，{due} 前完成。（{ids}）",
    "notice.S1": "群「{group}」还没有本部门的主管当管理员，请在 {due} 前把本部门一位主管设为管理员{such_as}。（{ids}）",
    "notice.D2": "群「{group}」：{what}。请在 {due} 前发送「/升级 用途=… 范围=…」转为正式的群，或者「/解散」。（{ids}）",
    "last_call.D2": "讨论组「{group}」的处理期限是 {due}，到期将记为逾期。请发送「/升级 …」或「/解散」。（{ids}）",
    "notice.M1": "群「{group}」里有 {count} 人还没有核实身份：{people}。请提醒他们私聊我「绑定 姓名 工号 手机后四位」，{due} 前没有核实的，按规定要退出本群。（{ids}）",
    "notice.M1.staying": "群「{group}」里有 {count} 人还没有核实身份：{people}。请在 {due} 前私聊我「绑定 姓名 工号 手机后四位」核实；不是您本人的，请提醒他们。（{ids}）",
    "notice.M2": "群「{group}」里有 {count} 人不在备案的成员范围：{people}。请在 {due} 前处理，或发送「/备案变更」调整范围。（{ids}）",
    "notice.M3": "群「{group}」里有 {count} 人还在试用期：{people}。需要留下的，请发送「提前入群 工号 理由」请部门主管同意，{due} 前完成。（{ids}）",
    "notice.D1": "讨论组「{group}」里有 {count} 人身份不明：{people}。请在 {due} 前核实或请其退出。（{ids}）",
    "notice.fallback": "本群有一件管理事项需要处理，请加我好友后发送「我的」查看。",
    "verify": "您好，您在群「{group}」里还没有核实身份。请直接回复我：\n绑定 姓名 工号 手机后四位\n{due} 前没有核实，按规定要请您暂时退出本群。",
    "verify.staying": "您好，您在群「{group}」里还没有核实身份。请在 {due} 前直接回复我：\n绑定 姓名 工号 手机后四位",
    "verify.fallback": "您好，请加我好友，私聊发送「绑定 姓名 工号 手机后四位」核实身份，谢谢。",
    "cannot_remove.right": "群「{group}」：{people}应当退群（{title}，{clause}）。机器人没有移出的权限，请您在 {due} 前手动移出。（{ids}）",
    "cannot_remove.mode": "群「{group}」：{people}应当退群（{title}，{clause}）。本群没有交给机器人处理，请您在 {due} 前手动移出。（{ids}）",
    "cannot_remove.fallback": "本群有成员变动需要处理，请加我好友后发送「我的」查看。",
    "card_intro": "大家好，本群的群名片统一为「{format}」。发送「/名片」看自己的该怎么写，发送「/改名片」由机器人代改。接下来几天会分批提醒，改好的就不再打扰。",
    "cannot_set_card": "群「{group}」有 {count} 人的群名片逾期没有改好：{people}。机器人没有改名片的权限，请把机器人设为管理员，或请您手动改。（{ids}）",
    "hand_over": "群「{group}」的{role}{people}应当退群（{title}，{clause}），但在任的{role}不能直接移出。请先安排移交{role}，再处理退群。（{ids}）",
}
SUCH_AS = "，如{people}"
DUE_SOON = "尽快"
