"""Numbers as their format shows them, dates that are none, errors and formulas."""

import io
from datetime import date

import openpyxl
import pytest
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.services.imports.rosters.files import HEAD, ZHANG, book, csv, one, reasons, take


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
