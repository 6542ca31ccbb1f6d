"""Headers as usual systems and clerks write them."""

from datetime import date

import pytest

from tests.services.imports.rosters.files import HEAD, ZHANG, book, one, reasons, take


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
