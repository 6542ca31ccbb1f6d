"""What the reports say that come by themselves."""

DAILY_KINDS = {
    "J": "入群申请",
    "B": "群备案",
    "E": "提前入群",
    "I": "导入",
    "Q": "QQ 归属",
    "R": "暂缓的移出",
    "P": "罚单",
    "S": "申诉",
}
DAILY = {
    "head": "早上好，行政部待办 {count} 项{late}：",
    "none": "早上好，行政部没有待办{late}。",
    "others": "另有 {n} 项等部门主管办理",
    "kind": "{what} {n} 项",
    "overdue": "逾期未结 {n} 件",
    "unknown": "未能读全的群 {n} 个",
    "calendar": "{year} 年的放假和调休还没有公布，催办和期限先按法定节日和周末推算",
    "foot": "请行政部私聊我发送「待办」办理。",
    "late": "（补发 {day} 的日报）",
}
MONTHLY = {
    "head": "{month} 违规月报",
    "late": "（机器人曾停机，补发）",
    "file": "违规月报-{month}.xlsx",
}
