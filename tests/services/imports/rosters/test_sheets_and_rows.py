"""Several sheets, and rows that are nobody's."""

import io
from datetime import date

import openpyxl
import pytest

from tests.services.imports.rosters.files import HEAD, ZHANG, book, one, reasons, refused, take


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
