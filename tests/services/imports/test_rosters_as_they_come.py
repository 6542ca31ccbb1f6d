"""Rosters as HR staff and their systems produce them: each kind with several of its members."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from regulation.policy import Company, DepartmentNames, Policy, RegistryLimits
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal
from services.imports.reading.person import Person, Roster

DAY = date(2026, 11, 28)
HEAD = ("工号", "姓名", "部门")
ZHANG = ("A001", "张三", "市场部")
CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "rosters"
Rows = Sequence[Sequence[object]]


def take(data: bytes, policy: Policy | None = None) -> Roster:
    found = read_file(data, How(None, policy or Policy(), b"key", DAY))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    return found.content


def refused(data: bytes) -> str:
    found = read_file(data, How(None, Policy(), b"key", DAY))
    assert isinstance(found, Refusal), found
    assert "\n" not in found.reason
    return found.reason


def book(sheets: Mapping[str, Rows] | Rows, *, merge: Sequence[str] = (), formats: Any = None) -> bytes:
    """Make an .xlsx. `formats`: cell → number format."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    for name, rows in named.items():
        sheet: Worksheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    first: Any = made.worksheets[0]
    for cell, code in (formats or {}).items():
        first[cell].number_format = code
    for area in merge:
        first.merge_cells(area)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def csv(*lines: str) -> bytes:
    return "\r\n".join((*lines, "")).encode()


def one(data: bytes, policy: Policy | None = None) -> Person:
    roster = take(data, policy)
    assert roster.faults == []
    assert len(roster.people) == 1
    return roster.people[0]


def reasons(data: bytes, policy: Policy | None = None) -> dict[int, str]:
    """Return the rows with faults, beside one good row."""
    roster = take(data, policy)
    return {fault.row: fault.reason for fault in roster.faults}


# Headers


@pytest.mark.parametrize(
    ("header", "cell", "field", "value"),
    [
        ("在职状态", "离职", "status", "departed"),
        ("员工状态（必填）", "试用", "status", "probation"),
        ("是否在职", "否", "status", "departed"),
        ("在职", "N", "status", "departed"),
        ("在职标识", 1, "status", "regular"),
        ("是否离职", "是", "status", "departed"),
        ("离职标志", "0", "status", "regular"),
        ("在岗状态", "已离岗", "status", "departed"),
        ("账号状态", "已激活", "status", "regular"),
        ("离职时间", "2026-11-01 18:00:00", "departed_on", date(2026, 11, 1)),
        ("实际离职\n日期", "2026/11/1", "departed_on", date(2026, 11, 1)),
        ("入职时间(yyyy-MM-dd)", "2020-01-02", "hired_on", date(2020, 1, 2)),
        ("是否此部门主管(是/否)", "是", "is_head", True),
        ("是否部门负责人", "是;否", "is_head", True),
        ("QQ号码（选填）", "10001", "qqs", (10001,)),
        ("职位名称", "会计", "title", "会计"),
    ],
)
def test_knows_the_headers_of_usual_systems(header: str, cell: object, field: str, value: object):
    assert getattr(one(book([(*HEAD, header), (*ZHANG, cell)])), field) == value


@pytest.mark.parametrize(
    "header",
    [
        ("工号（必填）", "姓名（必填）", "部门（必填）"),
        ("*工号", "姓 名", "所在部门"),
        ("员工UserID", "姓名", "部门"),
        ("工号\n(文本)", "真实姓名", "主部门"),
        ("账号", "姓名", "部门名称"),
    ],
)
def test_knows_required_headers_however_they_are_marked(header: tuple[str, ...]):
    assert one(book([header, ZHANG]))[1:4] == ZHANG


def test_of_two_columns_for_one_field_the_better_called_counts():
    roster = take(book([("员工UserID", "姓名", "部门", "工号"), ("manager12", "张三", "市场部", "A001")]))
    assert roster.people[0].employee_no == "A001"
    assert any("没有用到的列：员工UserID" in note for note in roster.notes)


def test_says_which_column_served_by_an_uncommon_name():
    roster = take(book([("账号", "姓名", "部门"), ZHANG]))
    assert any("“账号”读作工号" in note for note in roster.notes)


def test_an_emergency_contact_is_nobodys_own_phone():
    assert one(book([(*HEAD, "手机（紧急联系人）"), (*ZHANG, "13800001234")])).phone_hash is None


TWO_ROWS = [
    ("工号", "姓名", "部门", "日期", None),
    (None, None, None, "入职日期", "离职日期"),
    (*ZHANG, "2020-01-01", "2026-11-01"),
]


@pytest.mark.parametrize("merge", [(), ("D1:E1", "A1:A2", "B1:B2", "C1:C2")])
def test_reads_a_header_of_two_rows(merge: tuple[str, ...]):
    person = one(book(TWO_ROWS, merge=merge))
    assert (person.hired_on, person.departed_on) == (date(2020, 1, 1), date(2026, 11, 1))


def test_reads_a_group_of_columns_above_their_names():
    rows = [("基本信息", None, None, "离职", None), (*HEAD, "日期", "原因"), (*ZHANG, "2026-11-01", "个人")]
    assert one(book(rows, merge=("A1:C1", "D1:E1"))).departed_on == date(2026, 11, 1)
    halves = [("员工", None, "部门"), ("工号", "姓名", None), ZHANG]
    assert one(book(halves, merge=("A1:B1", "C1:C2")))[1:4] == ZHANG


def test_a_first_row_of_data_is_no_part_of_the_header():
    roster = take(book([(*HEAD, "职务"), ("A001", "张三", "市场部", "主管"), ("A002", "李四", "市场部", "")]))
    assert [(person.name, person.is_head) for person in roster.people] == [("张三", True), ("李四", False)]


@pytest.mark.parametrize(
    ("header", "cells", "heads"),
    [
        ("主管", ("李四", "", "周九"), None), ("部门负责人", ("周九", "周九", "/"), None),
        ("主管", ("是", "", "否"), [True, False, False]), ("部门负责人", ("", "", ""), [False, False, False]),
    ],
)  # fmt: skip
def test_a_column_of_supervisors_names_is_left_aside_and_said(
    header: str, cells: tuple[str, ...], heads: list[bool] | None
):
    people = [ZHANG, ("A002", "李四", "市场部"), ("A003", "王五", "市场部")]
    rows = [(*person, cell) for person, cell in zip(people, cells, strict=True)]
    roster = take(book([(*HEAD, header), *rows]))
    assert [person.is_head for person in roster.people] == (heads or [False] * 3)
    assert ("is_head" in roster.columns[0]) is (heads is not None)
    assert any("里面是人名" in note for note in roster.notes) is (heads is None)


def test_a_column_that_asks_for_yes_or_no_is_answered_so():
    data = book([(*HEAD, "主管(是/否)"), (*ZHANG, "李四"), ("A002", "李四", "市场部", "")])
    assert "是／否" in reasons(data)[2]


def test_reads_titles_and_notes_above_the_header():
    rows = [("XY 公司员工名册",), ("说明：部门按组织架构填写",), (), HEAD, ZHANG]
    assert one(book(rows, merge=("A1:C1", "A2:C2")))[0:2] == (5, "A001")


@pytest.mark.parametrize("levels", [("一级部门", "二级部门", "三级部门"), ("部门一", "部门二", "部门三")])
def test_joins_the_levels_of_a_department(levels: tuple[str, ...]):
    rows = [
        ("工号", "姓名", *levels),
        ("A001", "张三", "市场部", "华东组", ""),
        ("A002", "李四", "财务部", "-", None),
    ]
    assert [person.department for person in take(book(rows)).people] == ["市场部/华东组", "财务部"]


# Sheets


def test_reads_every_sheet_with_a_whole_header_and_says_which():
    roster = take(
        book(
            {
                "在职": [HEAD, ZHANG],
                "离职": [
                    (*HEAD, "离职日期"),
                    ("A002", "李四", "采购部", "2026-11-01"),
                    ("", "王五", "采购部", ""),
                ],
                "说明": [("这张表怎么填",)],
            }
        )
    )
    assert [(p.name, p.departed_on) for p in roster.people] == [("张三", None), ("李四", date(2026, 11, 1))]
    assert roster.notes[:2] == ["读了工作表：在职、离职", "没有读（没有完整的表头）：说明"]
    assert [(fault.row, "工作表“离职”" in fault.reason) for fault in roster.faults] == [(3, True)]
    assert roster.columns == [frozenset({"employee_no", "name", "department"})] * 1 + [
        frozenset({"employee_no", "name", "department", "departed_on"})
    ]


def test_one_number_on_two_sheets_stops_and_names_them():
    assert "工作表“甲”第 2 行和工作表“乙”第 2 行" in refused(book({"甲": [HEAD, ZHANG], "乙": [HEAD, ZHANG]}))


def test_a_sheet_of_leavers_without_dates_is_no_sheet_of_colleagues():
    data = book({"在职": [HEAD, ZHANG], "离职人员": [HEAD, ("A002", "李四", "采购部")]})
    roster = take(data)
    assert [person.name for person in roster.people] == ["张三"]
    assert "看不出是不是离职" in roster.faults[0].reason


def test_leaves_hidden_sheets_alone():
    made = openpyxl.load_workbook(
        io.BytesIO(book({"名册": [HEAD, ZHANG], "旧": [HEAD, ("A009", "周九", "市场部")]}))
    )
    made["旧"].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    assert one(out.getvalue()).name == "张三"


# Rows that are nobody's


@pytest.mark.parametrize(
    "row",
    [
        ("合计", 1, 1, 1), ("总计：", "", "", "1人"), ("小 计", "", "", ""), ("市场部小计", "", "3", ""),
        ("共 120 人", "", "", ""), ("", "合计", "", ""), ("制表人：李四", "", "审核：王五", ""),
        ("", "审批：", "", "日期：2026-11-01"), ("单位（盖章）：", "", "", ""), ("备注：以上为在编人员", "", "", ""),
        ("序号", "工号", "姓名", "部门"), ("", " 工 号", "姓名", "部门"),
    ],
)  # fmt: skip
def test_skips_and_says_totals_sign_offs_and_headers_again(row: tuple[object, ...]):
    rows = [("序号", *HEAD), (1, *ZHANG), row, (2, "A002", "李四", "市场部")]
    roster = take(book(rows))
    assert [person.name for person in roster.people] == ["张三", "李四"]
    assert roster.faults == []
    assert any("没有读：第 3 行" in note for note in roster.notes)


def test_a_remark_in_the_first_column_is_no_sign_off():
    rows = [("备注", *HEAD), ("说明：返聘", *ZHANG), ("负责人", "A002", "李四", "市场部")]
    assert [person.name for person in take(book(rows)).people] == ["张三", "李四"]


def test_another_table_below_with_its_columns_elsewhere_is_refused():
    assert "又有一个表头" in refused(
        book([HEAD, ZHANG, ("姓名", "工号", "部门"), ("李四", "A002", "市场部")])
    )


@pytest.mark.parametrize(
    "name",
    [
        "空缺", "待招", "（空缺）", "招聘中", "待招2人", "张三（已离职）", "张三(离职)", "张三-离职", "（辞职）张三", "张三 已离职",
        "张三已离职", "李四（试用）", "李四（待入职）", "李?", "买买提?阿不都", "欧阳\ufffd", "王□", "123", "#REF!", "李？",
    ],
)  # fmt: skip
def test_a_name_that_is_none_is_reported(name: str):
    assert list(reasons(book([HEAD, ("A001", name, "市场部"), ("A002", "李四", "市场部")]))) == [2]


@pytest.mark.parametrize(
    "name",
    ["王伟(小)", "张三(Tony)", "Tony 张三", "张三A", "大张伟", "空海", "任招娣", "离离", "尹正", "O'Neil"],
)
def test_a_name_that_is_one_is_none_of_these(name: str):
    assert one(book([HEAD, ("A001", name, "市场部")])).name == name


# Numbers


@pytest.mark.parametrize(
    ("value", "code", "number"),
    [
        (123, "00000", "00123"), (123456, "00000", "123456"), (123, '"A"0000', "A0123"), (123, "\\G0000", "G0123"),
        (123, "000-000", "000-123"), (123, "0", "123"), (123, "General", "123"), (1234, "#,##0", "1234"),
        (123, "00000;[Red]-00000", "00123"), (123, "[$-804]00000_ ", "00123"), ("00123", "00000", "00123"),
    ],
)  # fmt: skip
def test_reads_a_number_as_its_format_shows_it(value: object, code: str, number: str):
    assert one(book([HEAD, (value, "张三", "市场部")], formats={"A2": code})).employee_no == number
    old = xlwt.Workbook()
    sheet = old.add_sheet("名册")
    for at, title in enumerate(HEAD):
        sheet.write(0, at, title)
    for at, cell in enumerate((value, "张三", "市场部")):
        style = xlwt.easyxf(num_format_str=code) if at == 0 else xlwt.Style.default_style
        sheet.write(1, at, cell, style)
    out = io.BytesIO()
    old.save(out)
    assert one(out.getvalue()).employee_no == number


@pytest.mark.parametrize("cell", ['="00123"', "'00123", '"=""00123"""', "＇00123", "’00123", ' = "00123" '])
def test_reads_a_number_behind_its_guard(cell: str):
    roster = take(csv("工号,姓名,部门", f"{cell},张三,市场部"))
    assert [person.employee_no for person in roster.people] == ["00123"]
    assert any("单引号" in note for note in roster.notes)


@pytest.mark.parametrize("cell", ["1.23457E+08", "1E+05", "1.2e9"])
def test_an_exponent_is_no_number(cell: str):
    assert "科学计数法" in reasons(csv("工号,姓名,部门", f"{cell},张三,市场部", "A2,李四,市场部"))[2]


def test_one_number_merged_over_two_names_loses_nobody_in_silence():
    rows = [HEAD, ZHANG, (None, "李四", "市场部"), ("A003", "王五", "市场部")]
    roster = take(book(rows, merge=("A2:A3",)))
    assert [person.name for person in roster.people] == ["张三", "王五"]
    assert [(fault.row, "第 2 行" in fault.reason) for fault in roster.faults] == [(3, True)]


def test_a_person_over_two_merged_rows_is_one_and_what_is_left_out_is_said():
    rows = [
        (*HEAD, "QQ"),
        (*ZHANG, "10001"),
        (None, None, None, "10002"),
        ("A003", "王五", "市场部", "10003"),
    ]
    roster = take(book(rows, merge=("A2:A3", "B2:B3", "C2:C3")))
    assert [person.name for person in roster.people] == ["张三", "王五"]
    assert [fault.row for fault in roster.faults] == [3]


# Dates


@pytest.mark.parametrize(
    "cell", ["1900-01-00", "1900/1/0", "1900年1月0日", "1900-01-01", 0, "0", "00:00:00", date(1900, 1, 1)]
)
def test_a_blank_that_was_looked_up_is_no_date(cell: object):
    assert one(book([(*HEAD, "离职日期"), (*ZHANG, cell)])).departed_on is None


def test_zero_shown_as_a_date_is_no_date_and_said():
    roster = take(book([(*HEAD, "离职日期"), (*ZHANG, 0)], formats={"D2": "yyyy-mm-dd"}))
    assert roster.people[0].departed_on is None
    assert any("1900 年的日期是空值" in note for note in roster.notes)


def test_the_first_day_of_computers_is_reported():
    data = csv("工号,姓名,部门,离职日期", "A1,张三,市场部,1970-01-01", "A2,李四,市场部,")
    assert "空值" in reasons(data)[2]


@pytest.mark.parametrize("shown", [True, False])
def test_a_workbook_of_1904_counts_from_1904(shown: bool):
    made = openpyxl.Workbook()
    made.epoch = CALENDAR_MAC_1904
    sheet = made.worksheets[0]
    for row in ((*HEAD, "离职日期"), (*ZHANG, 45106)):
        sheet.append(list(row))
    if shown:
        sheet["D2"].number_format = "yyyy-mm-dd"
    out = io.BytesIO()
    made.save(out)
    assert one(out.getvalue()).departed_on == date(2027, 6, 30)


def test_an_old_workbook_of_1904_too():
    old = xlwt.Workbook()
    old.dates_1904 = True
    sheet = old.add_sheet("名册")
    for at, (title, cell) in enumerate(zip((*HEAD, "离职日期"), (*ZHANG, 45106), strict=True)):
        sheet.write(0, at, title)
        sheet.write(1, at, cell)
    out = io.BytesIO()
    old.save(out)
    assert one(out.getvalue()).departed_on == date(2027, 6, 30)


# Errors and formulas


@pytest.mark.parametrize("code", [0x2A, 0x17, 0x07, 0x1D])
def test_an_error_in_an_old_workbook_is_no_empty_cell(code: int):
    old = xlwt.Workbook()
    sheet = old.add_sheet("名册")
    for at, title in enumerate((*HEAD, "离职日期")):
        sheet.write(0, at, title)
    for at, cell in enumerate(ZHANG):
        sheet.write(1, at, cell)
        sheet.write(2, at, f"{cell}二")
    sheet.row(1).set_cell_error(3, code)
    out = io.BytesIO()
    old.save(out)
    assert list(reasons(out.getvalue())) == [2]


@pytest.mark.parametrize("at", range(5))
def test_a_formula_nobody_calculated_is_reported_in_every_column(at: int):
    row: list[object] = [*ZHANG, "离职", "2026-11-01"]
    row[at] = '=IF(1,"离职","正式")'
    data = book([(*HEAD, "状态", "离职日期"), row, ("A002", "李四", "市场部", "正式", "")])
    assert "公式" in reasons(data)[2] or at == 4
    assert list(reasons(data)) == [2]


# Departments


@pytest.mark.parametrize(
    ("cell", "department", "also"),
    [
        ("XY公司/市场部；XY公司/采购部", "市场部", ("采购部",)),
        ("市场部,采购部", "市场部", ("采购部",)),
        ("市场部、采购部", "市场部", ("采购部",)),
        ("市场部\n采购部", "市场部", ("采购部",)),
        ("XY/市场部/华东组", "市场部/华东组", ()),
        ("XY集团 > XY科技有限公司 > 市场部", "市场部", ()),
        ("XY公司-市场部-华东组", "市场部/华东组", ()),
        ("市场部-华东组", "市场部/华东组", ()),
        ("IT-运维部", "IT-运维部", ()),
        ("XY公司", "XY公司", ()),
        ("XY上海分公司/市场部", "XY上海分公司/市场部", ()),
        ("国际业务拓展\n与战略合作部", "国际业务拓展与战略合作部", ()),
    ],
)
def test_reads_departments_as_each_writes_them(cell: str, department: str, also: tuple[str, ...]):
    person = one(book([HEAD, ("A001", "张三", cell)]))
    assert (person.department, person.also_in) == (department, also)


def test_one_or_several_is_asked_where_it_cannot_be_told():
    assert "几个" in reasons(book([HEAD, ("A001", "张三", "研发、测试部"), ("A002", "李四", "市场部")]))[2]


def test_a_department_that_is_called_so_is_one_whatever_stands_in_its_name():
    names = DepartmentNames(aliases={"行政人事部": ("行政、人事部",)})
    person = one(book([HEAD, ("A1", "张三", "行政、人事部")]), Policy(departments=names))
    assert (person.department, person.also_in) == ("行政人事部", ())


def test_an_alias_and_a_member_company_are_known():
    names = DepartmentNames(aliases={"行政部": ("行政",), "市场部": ("市场",)})
    policy = Policy(departments=names, company=Company(name="XY", keywords=("XY", "甲子")))
    assert one(book([HEAD, ("A1", "张三", "甲子有限公司/行政、市场")]), policy).also_in == ("市场部",)


# Statuses


@pytest.mark.parametrize(
    "word", ["在岗", "返聘", "产假", "病假", "停薪留职", "借调", "待离职", "转正", " 在 职 "]
)
def test_at_work(word: str):
    assert one(book([(*HEAD, "状态"), (*ZHANG, word)])).status == "regular"


@pytest.mark.parametrize("word", ["辞职", "辞退", "退休", "解除", "终止", "已离职", "除名"])
def test_has_left(word: str):
    assert one(book([(*HEAD, "状态"), (*ZHANG, word)])).status == "departed"


@pytest.mark.parametrize("word", ["外包", "劳务", "顾问", "待入职", "已停用"])
def test_a_word_nobody_knows_is_reported_until_the_policy_settles_it(word: str):
    data = book([(*HEAD, "状态"), (*ZHANG, word), ("A002", "李四", "市场部", "正式")])
    assert "registry.status_words" in reasons(data)[2]
    own = Policy(registry=RegistryLimits(status_words={word: "probation", "正式": "departed"}))
    assert [person.status for person in take(data, own).people] == ["probation", "departed"]


# Phones


@pytest.mark.parametrize(
    "cell", ["00000000000", "11111111111", "12345678901", "010-88886666转12", "021-5555666 ext. 8012", "无"]
)
def test_what_is_no_phone_of_anybody_gives_no_digits(cell: str):
    assert one(book([(*HEAD, "手机"), (*ZHANG, cell)])).phone_hash is None


def test_a_phone_as_an_exponent_is_reported():
    assert (
        "科学计数法" in reasons(csv("工号,姓名,部门,手机", "A1,张三,市场部,1.38E+10", "A2,李四,市场部,"))[2]
    )


# A text that was cut


@pytest.mark.parametrize(
    ("header", "whole", "half"),
    [
        ("QQ", "123456789", "1234567"), ("手机", "13800001234", "138000012"), ("离职日期", "2026-11-15", "2026-11-1"),
        ("QQ", "123456789", ""), ("职务", "市场经理", "市场"),
    ],
)  # fmt: skip
def test_the_last_row_of_a_cut_text_is_reported(header: str, whole: str, half: str):
    start = csv(f"工号,姓名,部门,{header}", f"A001,张三,市场部,{whole}")
    assert list(reasons(start + f"A002,李四,采购部,{half}".encode())) == [3]
    assert reasons(start + f"A002,李四,采购部,{half}\r\n".encode()) == {}
    assert reasons(start + f"A002,李四,采购部,{whole[:-1]}8".encode()) == {}


def test_a_row_cut_before_its_last_column_is_reported():
    data = csv("工号,姓名,部门,QQ", "A001,张三,市场部,10001") + "A002,李四,采".encode()
    assert list(reasons(data)) == [3]
    assert list(reasons(data[:-1])) == [3]


# What was called .xls


def test_reads_a_page_of_html():
    page = """<html><head><meta charset="gb2312"></head><body><table><caption>名册</caption>
      <tr><th>工号</th><th>姓名<br>（必填）</th><th>部门</th></tr>
      <tr><td>00123</td><td>&nbsp;张三</td><td rowspan=2>市场部</td></tr>
      <tr><td>00124</td><td>李四</td></tr></table></body></html>"""
    roster = take(page.encode("gb18030"))
    assert [person[1:4] for person in roster.people] == [
        ("00123", "张三", "市场部"),
        ("00124", "李四", "市场部"),
    ]


XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style></Styles>
<Worksheet ss:Name="Sheet1"><Table>
<Row><Cell><Data ss:Type="String">工号</Data></Cell><Cell><Data ss:Type="String">姓名</Data></Cell>
<Cell><Data ss:Type="String">部门</Data></Cell><Cell><Data ss:Type="String">离职日期</Data></Cell></Row>
<Row ss:Index="3"><Cell ss:StyleID="s1"><Data ss:Type="Number">123</Data></Cell><Cell><Data ss:Type="String">张三</Data></Cell>
<Cell><Data ss:Type="String">市场部</Data></Cell><Cell><Data ss:Type="DateTime">2026-11-01T00:00:00.000</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_reads_the_xml_of_2003():
    person = one(XML.encode())
    assert (person.row, person.employee_no, person.departed_on) == (3, "00123", date(2026, 11, 1))


@pytest.mark.parametrize(
    "data",
    [
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", b"<html><frameset><frame src=x></frameset></html>",
        XML[:400].encode(), XML.replace("?>", "?><!DOCTYPE x [<!ENTITY a 'b'>]>", 1).encode(),
    ],
)  # fmt: skip
def test_or_says_to_save_it_as_xlsx(data: bytes):
    assert ".xlsx" in refused(data)


def test_a_spreadsheet_of_another_kind_says_so_too():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    assert ".xlsx" in refused(out.getvalue())


# A departure that nobody reads


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("人员情况", "已离职"),
        ("备注", "11月辞职"),
        ("离职原因", "个人"),
        ("最后工作日", "2026-10-01"),
        ("备注", "已除名"),
    ],
)
def test_a_departure_in_an_unused_column_is_a_doubt(header: str, cell: str):
    roster = take(book([(*HEAD, header), (*ZHANG, cell), ("A002", "李四", "市场部", "")]))
    assert roster.doubts == [f"第 2 行“{header}”"]
    assert any("离职" in note and "第 2 行" in note for note in roster.notes)
    told = take(book([(*HEAD, header, "状态"), (*ZHANG, cell, "离职")]))
    assert told.doubts == []


@pytest.mark.parametrize(
    ("header", "cell"),
    [("备注", "返聘"), ("离职流程", "否"), ("离职原因", "/"), ("最后工作日", ""), ("备注", "在职")],
)
def test_what_says_nothing_of_a_departure_is_none(header: str, cell: str):
    assert take(book([(*HEAD, header), (*ZHANG, cell)])).doubts == []


def test_an_answer_to_a_question_is_no_remark_on_a_name():
    assert one(book([(*HEAD, "是否离职"), ("A001", "张三(1)", "市场部", "否")])).status == "regular"


def test_a_title_that_speaks_of_leavers_is_a_doubt():
    assert take(book([("2026年11月离职人员",), HEAD, ZHANG])).doubts


# Hired again under a new number


@pytest.mark.parametrize("order", [1, -1])
def test_of_one_who_left_and_one_at_work_the_qq_is_the_latters(order: int):
    rows = [(*ZHANG, "离职", "10001"), ("A009", "张三", "市场部", "正式", "10001")][::order]
    roster = take(book([(*HEAD, "状态", "QQ"), *rows]))
    assert {person.employee_no: person.qqs for person in roster.people} == {"A001": (), "A009": (10001,)}
    assert any("QQ 归在职的" in note for note in roster.notes)


@pytest.mark.skipif(not CASES.is_dir(), reason="the handed inputs are not here")
def test_the_handed_inputs():
    expected: dict[str, list[tuple[str, str, str]]] = {
        "01": [("A001", "张三", "市场部")], "02": [("A001", "张三", "市场部")],
        "03": [("A001", "张三", "市场部"), ("A002", "李四", "采购部")],
        "04": [("A001", "张三", "市场部"), ("A002", "李四", "市场部")], "05": [("A001", "张三", "市场部")], "07": [],
        "11": [("00123", "张三", "市场部")], "12": [("00123", "张三", "市场部")], "14": [("00123", "张三", "市场部")],
        "16": [("A001", "张三", "市场部/华东组")], "19": [("00123", "张三", "市场部")], "20": [],
        "22": [("A001", "张三", "市场部")], "23": [("A001", "张三", "市场部")], "26": [],
    }  # fmt: skip
    for path in sorted(CASES.iterdir()):
        wanted = expected.get(path.name[:2])
        if wanted is None:
            continue
        found = read_file(path.read_bytes(), How(None, Policy(), b"key", DAY))
        people = (
            found.content.people if isinstance(found, Found) and isinstance(found.content, Roster) else []
        )
        assert [person[1:4] for person in people] == wanted, path.name


@pytest.mark.skipif(not CASES.is_dir(), reason="the handed inputs are not here")
@pytest.mark.parametrize(
    ("case", "field", "values"),
    [
        ("01", "departed_on", [True]), ("02", "departed_on", [True]), ("15", "department", ["市场部"] * 3),
        ("15", "also_in", [("采购部",)] * 3), ("18", "status", [*["regular"] * 3, "departed", "regular"]),
        ("23", "departed_on", [date(2027, 6, 30)]), ("25", "department", ["国际业务拓展与战略合作部"]),
    ],
)  # fmt: skip
def test_what_the_handed_inputs_say_of_people(case: str, field: str, values: list[object]):
    path = next(path for path in CASES.iterdir() if path.name.startswith(case))
    found = [getattr(person, field) for person in take(path.read_bytes()).people]
    assert [bool(value) for value in found] == values if values == [True] else found == values
