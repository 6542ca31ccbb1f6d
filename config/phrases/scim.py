"""What is said of SCIM: tokens of senders, and what they sent."""

TOKENS = {
    "bad_name": "名称请写 1–{limit} 个字，例如 人事系统。",
    "exists": "已经有叫“{name}”的令牌，要换新的请先作废。",
    "added": "已为“{name}”生成令牌，只显示这一次，请马上填到发送方：",
    "unknown": "没有叫“{name}”的有效令牌。",
    "revoked": "“{name}”的令牌已作废，立即生效。",
    "none": "还没有令牌。",
    "line": "{name}　{text}",
    "made": "{made} 由 {by} 生成，{state}",
    "ended": "{at} 作废",
    "used": "最近使用 {at}",
    "unused": "还没有用过",
}

ASKED = "SCIM 说的改动超过安全上限，导入 I{id} 先等您同意：\n{text}"
ASKED_PUBLIC = "SCIM 说的改动超过安全上限，导入 I{id} 等待处理，名单已私聊行政部。"
WAITING = "导入 I{id} 等行政部同意：{counts}"
NUMBERLESS = "{count} 个人没有工号，只存着，没有进名册"
FAULTY = "错误 {count}（{why}）"
