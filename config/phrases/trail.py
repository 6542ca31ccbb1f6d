"""What is said about the ledger: the record that shows what was changed by hand."""

WHOLE = "记录完整，没有被改动过。末行：{head}"
NO_SUCH_LINE = "记录里没有这一行：{head}。从那以后，记录被截断或重写过。"
EXPORTED = "已导出 {count} 行：{path}"
COLUMNS = ("行号", "表", "记录", "内容摘要", "链摘要")

LINE = "第 {seq} 行对不上："
NO_LINE = "有记录不是本程序写的："
WHY = {
    "chain": "这一行（{what}）被改动过，或密钥不是原来那一把",
    "missing": "这一行不见了（后面一行是{what}）",
    "changed": "{what}与当时记下的不一样",
    "gone": "{what}不见了",
    "unknown": "{what}",
}
SOURCES = {
    "appeals": "申诉 S{id}",
    "audit_trail": "操作记录 {id}",
    "case_events": "违规经过 {id}",
    "cases": "违规 V{id}",
    "early_admissions": "提前入群 E{id}",
    "filings": "备案 B{id}",
    "grants": "行政部授权",
    "join_requests": "入群申请 J{id}",
    "penalties": "罚单 P{id}",
    "removal_batches": "移出批次 R{id}",
    "spot_checks": "抽查 C{id}",
    "spot_draws": "抽查的抽签",
    "waivers": "豁免 {id}",
}
HEAD = "记录末行：{head}（请留存；日后可用 cli.py trail verify --head {head} 核对）"
