"""What is said about requests that wait for a human."""

HELD = {
    "unknown": "没有这个编号，或者您无权处理。",
    "approved": "好的，J{id} 已同意，正在答复 QQ。",
    "still_unverified": "他的身份还没有核实，入群后须尽快私聊我绑定，逾期仍要退出本群。",
    "still_out_of_scope": "他不在本群备案的成员范围内，入群后仍会要求退出；要留下的，请先“备案变更”扩大范围。",
    "rejected": "好的，J{id} 已驳回，正在答复 QQ。",
    "contested": "J{id} 不能同意：这个 QQ 归谁还没有定，请先办理待办里的 QQ 归属（Q…）。",
    "departed": "J{id} 不能同意：{why}若已复职，请先发“复职 工号”。",
    "probation": (
        "J{id} 暂不能同意：申请人还在试用期，要先由{who}同意提前入群（E{item}），同意后这条申请就能放行。"
    ),
    "head": "群主部门的主管",
    "staff": "行政部",
    "settled_already": "J{id} 已由 {who} 于 {when} {how}。",
    "elsewhere": "J{id} 已在 QQ 里处理过了。",
    "word_approve": "同意",
    "word_reject": "驳回",
    "impersonation": (
        "提醒您：{when} 有另一个 QQ 号用您的姓名和工号申请加入群「{group}」，当时已暂缓。"
        "若不是您本人，请告诉行政部；若是您的新号，请联系行政部绑定。"
    ),
    "lapsed": "{line}\nQQ 里已有 {days} 天看不到这条申请，按失效处理；本人仍要入群的，请重新申请。",
    "wave": "群「{group}」10 分钟内有 {count} 个入群申请，超过上限，其余一律转人工；发送「待办」查看。",
    "default_reject": "申请未通过，请联系群主",
}
