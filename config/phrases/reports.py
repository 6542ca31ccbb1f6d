"""What summaries, lists of violations, workbooks, spot checks and scheduled reports say."""

PICTURE = {
    "title": "违规汇总",
    "by_clause": "按条款（新增）",
    "by_department": "按部门（新增）",
    "trend": "近六个月",
    "none": "没有",
    "foot": "群规 · {at}",
    "unknown": " · 有 {n} 个群未能读全，情况未知，不计入",
}
TILES = ("新增", "改正", "逾期", "仍未结")
FINES = ("待定罚款（元）", "已确认（元）", "已免除（元）")
MONTH = "{month}月"
OTHERS = "其他 {n} 个部门"
NO_DEPARTMENT = "（部门未知）"
