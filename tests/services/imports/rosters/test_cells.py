"""Every spelling of a cell that people and Excel use; what can't be read is a plain line."""

from datetime import date, datetime

import pytest

from regulation.claims.digits import hash_digits
from regulation.policy import DepartmentNames
from services.imports.reading.noted import CellFault
from services.imports.reading.words import cells, dates
from tests.services.imports.rosters.plain import KEY, csv, read, refusal


def test_keeps_leading_zeros_of_text_and_reads_numbers_without_a_point(xlsx):
    roster = read(xlsx([["00123", "张三", "市场部"], [123.0, "李四", "市场部"], [456, "王五", "市场部"]]))
    assert [person.employee_no for person in roster.people] == ["00123", "123", "456"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_csv_in_each_encoding(encoding):
    roster = read(csv("工号,姓名,部门", "001,欧阳娜娜,市场部", encoding=encoding))
    assert [person.name for person in roster.people] == ["欧阳娜娜"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_reads_other_delimiters(delimiter):
    roster = read(csv(delimiter.join(("工号", "姓名", "部门")), delimiter.join(("1", "张三", "市场部"))))
    assert roster.people[0].department == "市场部"


def test_finds_the_header_in_the_tenth_row_and_not_below(xlsx):
    rows = [["1", "张三", "市场部"]]
    assert read(xlsx(rows, before=[["公司名册"]] * 9)).people[0].row == 11
    assert "表头" in refusal(xlsx(rows, before=[["公司名册"]] * 10))


def test_reads_every_header_name():
    for number in ("工号", "员工编号", "员工号", "employee_no", " 工 号 ", "EMPLOYEE_NO", "工号*"):
        for name in ("姓名", "员工姓名", "name"):
            for department in ("部门", "所属部门", "department"):
                roster = read(csv(f"备注,{department},{name},{number}", "x,市场部,张三,1"))
                assert roster.people[0][1:4] == ("1", "张三", "市场部")


@pytest.mark.parametrize(
    ("headers", "cell", "field", "value"),
    [
        (("状态", "员工状态", "status"), "实习", "status", "probation"),
        (("职务", "职位", "岗位", "title"), "会计", "title", "会计"),
        (("主管", "是否主管", "部门负责人", "is_head"), "是", "is_head", True),
        (("QQ", "QQ号", "qq", "ＱＱ号"), "10001;10002", "qqs", (10001, 10002)),
        (("手机", "手机号", "联系电话", "phone"), "13800008000", "phone_hash", hash_digits(KEY, "1", "8000")),
        (("入职日期",), "2026-3-2", "hired_on", date(2026, 3, 2)),
        (("转正日期",), "2026/03/02", "regularized_on", date(2026, 3, 2)),
        (("离职日期",), "20260302", "departed_on", date(2026, 3, 2)),
        (("移交完成日期", "handover_on"), "2026年3月2日", "handover_on", date(2026, 3, 2)),
        (("兼任部门", "also_in"), "采购部;市场部;财务部/核算组", "also_in", ("采购部", "财务部/核算组")),
    ],
)
def test_reads_every_optional_column_by_each_of_its_names(headers, cell, field, value):
    for header in headers:
        roster = read(csv(f"工号,姓名,{header},部门", f"1,张三,{cell},市场部"))
        assert getattr(roster.people[0], field) == value, header


def test_names_the_missing_columns():
    assert "部门" in refusal(csv("工号,姓名", "1,张三"))
    assert "工号" in refusal(csv("甲,乙", "1,2"))


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("正式", "regular"), ("在职", "regular"), ("转正", "regular"), ("试用", "probation"),
        ("实习", "probation"), ("离职", "departed"), ("已离职", "departed"), ("", ""),
        (" 试 用 ", "probation"),
    ],
)  # fmt: skip
def test_reads_each_status(xlsx, cell, status):
    assert read(xlsx([["1", "张三", "市场部", cell]])).people[0].status == status


def test_reports_an_unknown_status_with_its_row(xlsx):
    roster = read(xlsx([["1", "张三", "市场部", "休眠"], ["2", "李四", "市场部", "正式"]]))
    assert [(fault.row, "休眠" in fault.reason) for fault in roster.faults] == [(2, True)]
    assert len(roster.people) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "2026-3-2", "2026/3/2", "2026.3.2", "20260302", "2026年3月2日", "２０２６－３－２",
        "2026-03-02 00:00:00",
        46083, 46083.0, "46083", 20260302, datetime.fromisoformat("2026-03-02"), date(2026, 3, 2),
        "2026 年 3 月 2 日",
    ],
)  # fmt: skip
def test_reads_dates_in_usual_forms(cell):
    assert dates.day(cell, "离职日期") == date(2026, 3, 2)


@pytest.mark.parametrize("cell", ["", None, "-", "无", "9999-12-31", datetime.fromisoformat("2999-12-31")])
def test_reads_no_date(cell):
    assert dates.day(cell, "离职日期") is None


@pytest.mark.parametrize("cell", ["2026-13-01", "2026-02-30", "明天", "1", 12, "20261345", "3月2日", True])
def test_refuses_what_is_no_date(cell):
    with pytest.raises(CellFault):
        dates.day(cell, "离职日期")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (123456789.0, (123456789,)), ("123456789", (123456789,)), ("１２３４５６７８９", (123456789,)),
        ("10001;10002", (10001, 10002)), ("10001；10002", (10001, 10002)), ("10001, 10001", (10001,)),
        ("123456789.0", (123456789,)), ("", ()), ("无", ()), (10001, (10001,)),
    ],
)  # fmt: skip
def test_reads_qq_numbers(cell, found):
    assert cells.qq_numbers(cell) == found


@pytest.mark.parametrize("cell", ["1234", "abc", "-10001", "123456789012", 1e20, "10001.5", "10001;x"])
def test_refuses_what_is_no_qq_number(cell):
    with pytest.raises(CellFault):
        cells.qq_numbers(cell)


@pytest.mark.parametrize(
    "cell",
    ["13800138000", 13800138000.0, "+86 138-0013-8000", "138 0013 8000", "１３８００１３８０００", "8000"],
)
def test_keeps_only_a_hash_of_the_last_four_digits(xlsx, cell):
    person = read(xlsx([["A1", "张三", "市场部", "", "", cell]])).people[0]
    assert person.phone_hash == hash_digits(KEY, "A1", "8000")
    assert "8000" not in repr(person)


def test_joins_merged_cells_and_skips_merged_and_empty_rows(xlsx):
    rows = [
        ["市场部人员", None, None],
        ["1", "张三", "市场部"],
        ["2", "李四", None],
        [None, None, None],
        ["3", "王五", "采购部"],
    ]
    roster = read(xlsx(rows, merge=("A2:C2", "C3:C4")))
    assert [(person.name, person.department) for person in roster.people] == [
        ("张三", "市场部"), ("李四", "市场部"), ("王五", "采购部"),
    ]  # fmt: skip
    assert roster.faults == []


def test_reads_department_paths_and_aliases(xlsx):
    names = DepartmentNames(aliases={"行政部": ("行政",)}, renamed={"市场部": "营销部"})
    rows = [["1", "张三", "行政"], ["2", "李四", "市场部 / 华东组"], ["3", "王五", "市场部／华东组"]]
    found = [person.department for person in read(xlsx(rows), names).people]
    assert found == ["行政部", "营销部/华东组", "营销部/华东组"]


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("经理", True), ("市场部经理", True), ("市场总监", True), ("产品经理", False), ("客户经理", False),
        ("经理助理", False), ("", False), ("部门经理", True), ("采购部经理", False),
    ],
)  # fmt: skip
def test_knows_heads_by_title_only_without_a_column(xlsx, title, head):
    names = DepartmentNames(aliases={"市场部": ("市场",)})
    roster = read(xlsx([["1", "张三", "市场部", title]], ("工号", "姓名", "部门", "职务")), names)
    assert roster.people[0].is_head is head
    with_column = xlsx([["1", "张三", "市场部", title, "否"]], ("工号", "姓名", "部门", "职务", "主管"))
    assert read(with_column, names).people[0].is_head is False


@pytest.mark.parametrize("old", ["市场部", "总部/市场部"])
def test_a_renamed_departments_head_is_known_by_the_title_of_before(xlsx, old):
    """HR renames the department first and the titles some day."""
    new = old.replace("市场部", "营销部")
    names = DepartmentNames(aliases={"市场部": ("市场",)}, renamed={old: new})
    titles = ("市场部经理", "市场总监", "营销部经理", "产品经理")
    rows = [[f"{n}", "张三", new, title] for n, title in enumerate(titles, start=1)]
    roster = read(xlsx(rows, ("工号", "姓名", "部门", "职务")), names)
    assert [person.is_head for person in roster.people] == [True, True, True, False]


@pytest.mark.parametrize(
    ("cell", "head"),
    [
        ("是", True),
        ("Y", True),
        (1, True),
        (True, True),
        ("否", False),
        ("n", False),
        (0, False),
        ("", False),
    ],
)
def test_reads_the_column_of_heads(xlsx, cell, head):
    roster = read(xlsx([["1", "张三", "市场部", cell]], ("工号", "姓名", "部门", "是否主管")))
    assert roster.people[0].is_head is head


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "@SUM(A1)",
        "-2+3",
        "张\x00三",
        "张\x07三",
        "\u202e三张",
        "#N/A",
        "",
        " ",
        "\u200b",
        "字" * 201,
    ],
)
def test_reports_a_name_that_is_none(name):
    line = '1,"' + name.replace('"', '""') + '",市场部'
    roster = refusal(csv("工号,姓名,部门", line))
    assert "第 2 行" in roster


def test_keeps_minority_names_as_written(xlsx):
    rows = [["1", "阿依古丽·买买提", "市场部"], ["2", "Ana María", "市场部"], ["3", "𠮷野家", "市场部"]]
    assert [person.name for person in read(xlsx(rows)).people] == ["阿依古丽·买买提", "Ana María", "𠮷野家"]
