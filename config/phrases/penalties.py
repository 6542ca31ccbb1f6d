"""What fines and appeals say: to admin staff, and privately to the person concerned."""

STATES = {
    "proposed": "待定",
    "confirmed": "已确认",
    "settled": "已缴",
    "waived": "已免除",
    "appealed": "申诉中",
    "to_refund": "待退款",
    "refunded": "已退款",
}

LIST_HEAD = "罚单 {period}：{count} 张，{amounts}"
LIST_AMOUNT = "{state} {amount} 元"
LIST_LINE = "P{id} {state} {amount} 元 {who} · {code} {title} · {group} · V{case}"
LIST_NONE = "罚单 {period}：没有。"
PAID_BEFORE = "（原已缴）"
LIST_FOOT = "确认：同意 P3（可写 P3-P9）；不罚：驳回 P3 理由；收到：已缴 P3；退还：已退 P3"
LIST_PUBLIC = "罚单 {count} 张"

PROPOSED = (
    "有新的待定罚单：{ids}（V{case} {code} {title}，群「{group}」）。确认回复「同意 P…」，不罚回复「驳回 P… 理由」，"
    "发送「罚单」看全部。"
)
CONFIRMED = "P{id} 已确认：{who} {amount} 元（V{case}），{told}。"
TOLD = "已安排私聊告知本人"
NOT_TOLD = "本人没有核实的 QQ，请当面告知"
WAIVED = "P{id} 已免除：{who} {amount} 元（V{case}）。"
NOT_OPEN = "P{id} 现在是“{state}”，不能{what}。"
ALREADY = "P{id} 已经{what}过了。"
WHAT = {"confirm": "确认", "waive": "驳回", "pay": "登记缴款", "refund": "登记退款"}
MANY = "共{what} {count} 张，合计 {amount} 元。"
PAID = "P{id} 已登记缴款：{who} {amount} 元。"
REFUNDED = "P{id} 已登记退款：{who} {amount} 元。"
TO_REFUND = "P{id} 已作废，{who}缴过的 {amount} 元要退还（V{case}）；退了请发送「已退 P{id}」。"
UNDONE = "您好，罚单 P{id}（{amount} 元，V{case}）已作废。{refund}"
UNDONE_REFUND = "您缴过的款会退还，行政部会联系您。"
REVIEWED = "您好，罚单 P{id}（{amount} 元，V{case}）正由行政部重新审核，结果会告诉您；审核期间不必缴款。"
STANDS = "您好，罚单 P{id}（{amount} 元，V{case}）重新审核后维持，您已缴清，不必再办。"
REFUND_TOLD = "您好，罚单 P{id}（V{case}）缴过的 {amount} 元已登记退还。如没有收到，请联系行政部。"
_OWN = "与您本人有关，请行政部其他同事办理；没有其他同事的，请超级用户办理。"
OWN_MATTER, OWN_WAIVER = f"{{item}} {_OWN}", f"这项豁免{_OWN}"

NOTICE = (
    "您好，行政部确认了一张罚单 P{id}：{amount} 元。\n"
    "事由：{code} {title}（制度 {clause}），群「{group}」{about}，逾期于 {overdue}，编号 V{case}。\n"
    "依据：{evidence}\n"
    "如有异议，请在 7 天内私聊我发送：申诉 V{case} 理由。申诉期间不执行。"
)
NOTICE_ABOUT = "，涉及 {who}"
NOTICE_FALLBACK = "有一份通知要当面给您，请私聊我发送「我的」。"

APPEALED = "已收到您对 V{case} 的申诉（S{id}）。在行政部答复之前，这件事不移出、不罚款。"
APPEAL_WAITS = "V{case} 的申诉（S{id}）正在处理，请等行政部答复。"
APPEAL_DECIDED = "V{case} 的申诉（S{id}）已有结论：{how}。如有新情况请直接联系行政部。"
APPEAL_LATE = "V{case} 的申诉期（{days} 天）已过，有疑问请直接联系行政部。"
APPEAL_NEEDS_REASON = "请写明理由，例如：申诉 V{case} 当天在休假，名片已改好。"
APPEAL_STAFF = "S{id}：{who}对 V{case}（{code} {title}，群「{group}」）提出申诉：{reason}\n成立回复「同意 S{id}」，不成立回复「驳回 S{id} 理由」。"
APPEAL_STAFF_PUBLIC = "收到一件申诉 S{id}，请行政部私聊我发送「待办」查看。"
APPEAL_PUBLIC = "申诉已收到"

UPHELD = "S{id} 申诉成立：V{case} 已撤销{undone}。"
GOES_ON, STAYS_WAIVED = "照常处理", "仍按已免除处理"
GOES_ON_UNTIL = "，期限顺延到 {due}"
UPHELD_REMOVED = "；本人已被移出该群，机器人拉不回来，请通知其重新申请"
REFUSED = "S{id} 申诉不成立：V{case} {then}。"
APPEAL_NOT_TOLD = "本人现在没有核实的 QQ，没能告诉本人，请当面告知。"
TELL_UPHELD = "您对 V{case} 的申诉成立：这件事已撤销{fines}。{rejoin}"
TELL_REFUND = "；已缴 {amount} 元会退给您"
TELL_REJOIN = "如已被移出群「{group}」，可以重新申请加入。"
TELL_REFUSED = "您对 V{case} 的申诉没有成立{reason}，{then}。有疑问请联系行政部。"
SETTLED_ALREADY = "S{id} 已经处理过了。"
APPEAL_HOW = {"upheld": "成立", "refused": "不成立", "waiting": "处理中"}

CASE_WAIVED = "V{case} 已免除{until}{penalties}。"
CASE_DISMISSED = "V{case} 已撤销{until}{penalties}。"
CASE_QUIET = "，到 {day} 为止不再提"
CASE_WAIVED_LATE = "V{case} 早已了结（{how}）{penalties}。"
CASE_DISMISSED_ALREADY = "V{case} 已经撤销过了。"
CASE_WAIVED_ALREADY = "V{case} 已经免除过了。"
CASE_NOTHING = "V{case} 早已了结（{how}），没有可以免除的罚单。"
CASE_PENALTIES = "，罚单 {ids} 作废"
CASE_REFUNDS = "，其中 {ids} 已缴，请退款后登记「已退」"
CASE_OTHERS = "；其他人的罚单 {ids} 请逐张决定（同意：维持，驳回：作废）"
REVIEW = "V{case} 因申诉 S{id} 成立而撤销。其他人的罚单 {ids} 请逐张决定：维持回复「同意 P…」，作废回复「驳回 P…」。"
