"""Formulas and their errors; and whatever stands in a roster is read or reported."""

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulation.policy import Policy
from services.imports.reading import people
from services.imports.reading.files.sheet import Sheet
from services.imports.reading.find import read_file
from services.imports.reading.noted import CellFault, Refusal
from services.imports.reading.people import read_roster
from services.imports.reading.plain_rows import PlainRows
from services.imports.reading.tables.columns import find_header
from services.imports.reading.words import cells, dates
from tests.services.imports.rosters.plain import DAY, KEY, how, read


@pytest.mark.parametrize("column", range(1, 8))
def test_an_error_in_any_cell_is_no_empty_cell(column):
    """#N/A of a broken look-up in 离职日期 or 状态 must not pass for "still there"."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    # Typed for numbers; a cached value may be text.
    first: Any = book.add_worksheet("说明")
    first.write_formula(0, 0, "=1/0", None, "#DIV/0!")
    sheet: Any = book.add_worksheet("名 册&1")
    titles = ("工号", "姓名", "部门", "状态", "离职日期", "QQ", "手机")
    good = ("1", "张三", "市场部", "离职", 46083, "10001", "13800008000")
    for place, (title, value) in enumerate(zip(titles, good, strict=True), start=1):
        sheet.write(3, place, title)
        sheet.write(4, place, value)
        sheet.write(5, place, f"2{value}" if place in (1, 6) else value)
    sheet.write_formula(5, column, "=VLOOKUP(A1,Z:Z,2)", None, "#N/A")
    book.close()
    roster = read(out.getvalue())
    assert [person.row for person in roster.people] == [5]
    assert [fault.row for fault in roster.faults] == [6]


def test_a_cached_value_of_a_formula_is_read_and_an_error_is_not():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet: Any = book.add_worksheet()
    for column, title in enumerate(("工号", "姓名", "部门", "离职日期")):
        sheet.write(0, column, title)
    for row, (number, department, left) in enumerate(
        (("00123", "市场部", 46083), (124, "采购部", 0), ("125", "#REF!", "")), 1
    ):
        sheet.write_formula(row, 0, '=TEXT(A9,"00000")', None, number)
        sheet.write_formula(row, 1, '=B9&"三"', None, "张三")
        sheet.write_formula(row, 2, "=VLOOKUP(A2,Z:Z,1)", None, department)
        sheet.write_formula(row, 3, "=TODAY()", None, left)
    book.close()
    roster = read(out.getvalue())
    assert [(p.employee_no, p.name, p.department, p.departed_on) for p in roster.people] == [
        ("00123", "张三", "市场部", date(2026, 3, 2)), ("124", "张三", "采购部", None),
    ]  # fmt: skip
    assert [(fault.row, "#REF!" in fault.reason) for fault in roster.faults] == [(4, True)]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text(max_size=30), min_size=13, max_size=13), min_size=1, max_size=6))
def test_any_text_in_any_cell_is_read_or_reported(rows):
    header = (
        "工号",
        "姓名",
        "部门",
        "状态",
        "职务",
        "主管",
        "QQ",
        "手机",
        "入职日期",
        "转正日期",
        "离职日期",
        "移交完成日期",
        "兼任部门",
    )
    everything = [(1, header), *((number, row) for number, row in enumerate(rows, start=2))]
    sheet = Sheet(lambda: iter(everything), len(everything))
    found = find_header(sheet)
    assert found is not None
    roster = read_roster([(sheet, found)], Policy(), KEY, DAY)
    said = {person.row for person in roster.people} | {fault.row for fault in roster.faults}
    for number, row in everything[1:]:
        assert number in said or not any(cell.strip() for cell in row)


_DAYS = (
    "",
    "2026-3-2",
    date(2026, 3, 2),
    datetime.combine(DAY, time(8)),
    45_000.0,
    "0000-00-00",
    "至今",
    "3月",
    True,
)
_ODD_AND_PLAIN: Mapping[str, Sequence[object]] = {
    "工号": ("E1", "E2", "E3", 4.0, 5.5, "006", "'007", "0", "无", "E8 ", "", True),
    "姓名": ("张三", "李四", "张 三", "王伟（离职）", "待招", "Tony", "?伟", 7.0, "", "欧阳娜娜"),
    "部门": ("市场部", "市场部/华东组", "市场部；采购部", "", 3.0),
    "状态": ("", "正式", "离职", "外包", "试用"),
    "QQ": ("", "10001", 10002.0, "10003;10004", "1234", "10005@qq.com"),
    "手机": ("", "13812345678", 13812345679.0, "00000000000", "转 12", "12", 1e22),
    "入职日期": _DAYS,
    "离职日期": _DAYS,
    "备注": ("", "好", "离职"),
}


@given(st.lists(st.tuples(*map(st.sampled_from, _ODD_AND_PLAIN.values())), min_size=1, max_size=12))
def test_rows_read_many_at_a_time_are_read_as_each_by_itself(rows):
    everything = list(enumerate([tuple(_ODD_AND_PLAIN), *rows], start=1))
    sheet = Sheet(lambda: iter(everything), len(everything))
    found = find_header(sheet)
    assert found is not None
    together = read_roster([(sheet, found)], Policy(), KEY, DAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainRows, "read", lambda _, part: [None] * len(part))
        assert read_roster([(sheet, found)], Policy(), KEY, DAY) == together


def test_plain_rows_are_read_many_at_a_time():
    rows = [(n, (f"E{n}", "张三", "市场部", "正式", str(10_000 + n), 13812345678.0, "")) for n in range(2, 9)]
    sheet = Sheet(lambda: iter([(1, ("工号", "姓名", "部门", "状态", "QQ", "手机", "备注")), *rows]), 9)
    found = find_header(sheet)
    assert found is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people._PersonReader, "person", None)  # pyright: ignore[reportPrivateUsage]
        assert len(read_roster([(sheet, found)], Policy(), KEY, DAY).people) == len(rows)


@given(
    st.one_of(
        st.floats(),
        st.integers(),
        st.booleans(),
        st.datetimes(),
        st.dates(),
        st.times(),
        st.none(),
        st.text(),
    )
)
def test_any_cell_is_a_value_or_a_fault(cell):
    for reader, kind in (
        (lambda: dates.day(cell, "x"), date | None), (lambda: cells.qq_numbers(cell), tuple),
        (lambda: cells.phone_digits(cell), str | None), (lambda: cells.number(cell, "x"), str),
        (lambda: cells.words(cell, "x", 20), str), (lambda: cells.truth(cell, "x"), bool),
    ):  # fmt: skip
        with suppress(CellFault):
            assert isinstance(reader(), kind)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    found = read_file(data, replace(how(), kind=None))
    assert isinstance(found, Refusal) or found.kind
