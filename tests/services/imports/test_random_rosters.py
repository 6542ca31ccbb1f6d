"""Rosters put together at random from the pieces HR uses, around a known company: that company, or reported rows."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import openpyxl
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulation.policy import Policy
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.person import Roster

DAY = date(2026, 11, 28)
# The rows, and what is merged downwards: first and last row, column, counted from one.
Sheet = tuple[list[Sequence[object]], list[tuple[int, int, int]]]


class Colleague(NamedTuple):
    number: int
    name: str
    department: str
    left: bool


COMPANY = st.lists(
    st.builds(
        Colleague,
        st.integers(1, 99_999),
        st.text("张王李赵钱孙丽华芳伟", min_size=2, max_size=4),
        st.sampled_from(["市场部", "市场部/华东组", "采购部", "财务部/核算组"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one.number,
)
NUMBERS = st.sampled_from(["text", "format", "guard", "apostrophe"])
DEPARTMENTS = st.sampled_from(["{}", "XY公司/{}", " {} ", "XY／{}"])
LEFT = st.sampled_from(["status", "date", "serial", "both"])
NOISE = st.sampled_from(
    [(), ("合计", "", "", "", ""), ("制表人：李四", "", "", "", ""), "header", ("", "", "", "", "")]
)
HEADERS = st.sampled_from(
    [
        ("工号", "姓名", "部门", "状态", "离职日期"),
        ("*员工编号（必填）", "姓 名", "所在部门", "在职状态", "离职时间"),
        ("职工号", "真实姓名", "部门名称", "人员状态", "离职\n日期"),
    ]
)


def row(one: Colleague, number: str, department: str, left: str) -> list[object]:
    shown = f"{one.number:05}"
    cell: object = {"text": shown, "format": one.number, "guard": f'="{shown}"', "apostrophe": f"'{shown}"}[
        number
    ]
    status = "离职" if one.left and left in ("status", "both") else "在岗"
    day: object = ""
    if one.left and left != "status":
        # 2026-11-01, as people write it or as Excel counts it.
        day = 46327 if left == "serial" else "2026年11月1日"
    return [cell, one.name, department.format(one.department), status, day]


def double(header: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return a header over two rows, its last two columns under one."""
    return [(*header[:3], "情况", ""), ("", "", "", *header[3:])]


def xlsx(sheets: Sequence[Sheet], number: str) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for at, (rows, merged) in enumerate(sheets):
        sheet: Any = made.create_sheet(f"第{at + 1}页")
        for cells in rows:
            sheet.append(list(cells))
            first = sheet.cell(sheet.max_row, 1)
            if isinstance(first.value, int) and number == "format":
                first.number_format = "00000"
            elif isinstance(first.value, str):
                # What begins with = is no formula here.
                first.data_type = "s"
        for top, bottom, column in merged:
            sheet.merge_cells(start_row=top, end_row=bottom, start_column=column, end_column=column)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def xls(sheets: Sequence[Sheet], number: str) -> bytes:
    made = xlwt.Workbook()
    shown = xlwt.easyxf(num_format_str="00000") if number == "format" else xlwt.Style.default_style
    for at, (rows, merged) in enumerate(sheets):
        sheet: Any = made.add_sheet(f"第{at + 1}页")
        tops = {(top - 1, column - 1): bottom - 1 for top, bottom, column in merged}
        covered = {
            (row, column) for (top, column), bottom in tops.items() for row in range(top + 1, bottom + 1)
        }
        for y, cells in enumerate(rows):
            for x, cell in enumerate(cells):
                style = shown if x == 0 and isinstance(cell, int) else xlwt.Style.default_style
                if (y, x) in tops:
                    sheet.write_merge(y, tops[y, x], x, x, cell, style)
                elif cell != "" and (y, x) not in covered:
                    sheet.write(y, x, cell, style)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def csv_text(sheets: Sequence[Sheet], number: str) -> bytes:
    del number
    out = io.StringIO()
    csv.writer(out).writerows(sheets[0][0])
    return out.getvalue().encode("gb18030")


WRITERS: dict[str, Callable[[Sequence[Sheet], str], bytes]] = {"xlsx": xlsx, "xls": xls, "csv": csv_text}


def draw_sheet(
    data: st.DataObject,
    company: Sequence[Colleague],
    row_of: Callable[[Colleague], list[object]],
    *,
    merges: bool,
) -> Sheet:
    """Return the rows of one sheet, and the areas merged in it: neighbours of one department share its cell."""
    header = data.draw(HEADERS, "header")
    rows: list[Sequence[object]] = [("XY 公司员工名册",)] * data.draw(st.integers(0, 3), "titles")
    rows += double(header) if data.draw(st.booleans(), "two rows") else [header]
    merged: list[tuple[int, int, int]] = []
    merges = merges and data.draw(st.booleans(), "merges")
    before: Colleague | None = None
    for one in sorted(company, key=lambda one: one.department):
        cells = row_of(one)
        if merges and before is not None and before.department == one.department:
            cells[2] = ""
            merged[-1] = (merged[-1][0], len(rows) + 1, 3)
        else:
            merged.append((len(rows) + 1, len(rows) + 1, 3))
        rows.append(cells)
        before = one
        noise = () if merges else data.draw(NOISE, "noise")
        rows += [header] if noise == "header" else [noise] if noise else []
    return rows, [area for area in merged if area[0] < area[1]]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), COMPANY, NUMBERS, DEPARTMENTS, LEFT, st.sampled_from(sorted(WRITERS)))
def test_finds_exactly_that_company_or_reports_rows(
    data: st.DataObject, company: list[Colleague], number: str, department: str, left: str, kind: str
):
    parts = 1 if kind == "csv" else data.draw(st.integers(1, min(2, len(company))), "sheets")
    if kind == "csv" and number == "format":
        number = "guard"

    def row_of(one: Colleague) -> list[object]:
        return row(one, number, department, left)

    sheets = [draw_sheet(data, company[at::parts], row_of, merges=kind != "csv") for at in range(parts)]
    if kind != "csv" and data.draw(st.booleans(), "a sheet of notes"):
        sheets.append(([("这张表怎么填",)], []))
    found = read_file(WRITERS[kind](sheets, number), How(None, Policy(), b"key", DAY))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    people = {
        (one.employee_no, one.name, one.department, bool(one.departed_on) or one.status == "departed")
        for one in found.content.people
    }
    assert people == {(f"{one.number:05}", one.name, one.department, one.left) for one in company}
    assert found.content.faults == []
    assert found.content.doubts == []
