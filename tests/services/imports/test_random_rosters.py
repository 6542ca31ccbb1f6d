"""Rosters put together at random from the pieces HR uses, around a known company: that company, or reported rows."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulation.policy import Policy
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.person import Roster

DAY = date(2026, 11, 28)


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


def write(sheet: Any, rows: Sequence[Sequence[object]], number: str) -> None:
    for cells in rows:
        sheet.append(list(cells))
        first = sheet.cell(sheet.max_row, 1)
        if isinstance(first.value, int) and number == "format":
            first.number_format = "00000"
        elif isinstance(first.value, str):
            # What begins with = is no formula here.
            first.data_type = "s"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), COMPANY, NUMBERS, DEPARTMENTS, LEFT, HEADERS)
def test_finds_exactly_that_company_or_reports_rows(
    data: st.DataObject,
    company: list[Colleague],
    number: str,
    department: str,
    left: str,
    header: tuple[str, ...],
):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    parts = data.draw(st.integers(1, min(2, len(company))), "sheets")
    for at in range(parts):
        rows: list[Sequence[object]] = [("XY 公司员工名册",)] * data.draw(st.integers(0, 3), "titles")
        rows.append(header)
        for one in company[at::parts]:
            rows.append(row(one, number, department, left))
            noise = data.draw(NOISE, "noise")
            rows += [header] if noise == "header" else [noise] if noise else []
        write(book.create_sheet(f"第{at + 1}页"), rows, number)
    if data.draw(st.booleans(), "a sheet of notes"):
        book.create_sheet("说明").append(["这张表怎么填"])
    out = io.BytesIO()
    book.save(out)
    found = read_file(out.getvalue(), How(None, Policy(), b"key", DAY))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    people = {
        (
            person.employee_no,
            person.name,
            person.department,
            bool(person.departed_on) or person.status == "departed",
        )
        for person in found.content.people
    }
    wanted = {(f"{one.number:05}", one.name, one.department, one.left) for one in company}
    assert people <= wanted
    assert len(wanted - people) == len(found.content.faults)
    assert found.content.faults == []
    assert found.content.doubts == []
