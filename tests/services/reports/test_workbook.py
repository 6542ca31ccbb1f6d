"""Workbooks: opened again, with real dates and numbers, and nothing a spreadsheet would run."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from db.tables.base import ZONE
from regulation.deadlines import due_text
from regulation.summary import read_period
from services.app import App
from services.imports.register import REGISTER_COLUMNS
from services.reports import tables
from services.reports.workbook import Column, build, table_of
from tests.company import BUYER_HEAD, GONE, GROUP, OWNER, PLAIN, STRANGER, filed, settle_in
from tests.services.stories import add_case, add_penalty, overdue_case


async def _export(app: App, kind: str, word: str | None = None) -> Workbook:
    period = None if word is None else read_period(word, app.now())
    return load_workbook(io.BytesIO((await tables.export(app, kind, period, app.now())).data))


def _rows(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


async def test_violations_have_dates_as_dates_and_numbers_of_people_as_text(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    sheet = (await _export(app, "violations"))["违规"]
    (row,) = _rows(sheet)
    assert row["编号"] == "V1"
    assert (row["QQ"], row["工号"], row["群号"]) == (str(PLAIN), "A009", str(GROUP))
    assert row["发现时间"] == case.opened_at.replace(tzinfo=None)
    assert sheet["N2"].is_date
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:Q2"
    assert sheet.column_dimensions["L"].width > 30


@pytest.mark.parametrize("kind", tables.KINDS)
async def test_a_sheet_prints_one_page_wide_with_its_header_on_each(app: App, kind: str):
    await settle_in(app)
    sheet = (await _export(app, kind)).worksheets[0]
    fit = sheet.sheet_properties.pageSetUpPr
    assert fit is not None
    assert (sheet.page_setup.orientation, fit.fitToPage) == ("landscape", True)
    # A width of one page is the default of the format, and left out.
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.print_title_rows == "$1:$1"


async def test_a_case_that_nobody_was_told_of_has_no_deadline_but_says_so(app: App):
    await settle_in(app)
    due = datetime(2026, 3, 5, 23, 0, tzinfo=ZONE)
    async with app.database.transaction() as tx:
        for subject, told in (("1", None), ("2", app.now())):
            await add_case(tx, subject=subject, opened_at=app.now(), due_at=due, first_reminded_at=told)
    rows = _rows((await _export(app, "violations"))["违规"])
    assert [row["期限"] for row in rows] == ["未通知", due_text(due)]


async def test_a_violation_names_who_answers_for_it(app: App):
    await settle_in(app)
    await filed(app)
    gone = {"user_id": GONE, "employee_no": "A007", "reason": "departed", "data": {}}
    await overdue_case(app)
    await overdue_case(app, code="L1", **gone)
    fined = await overdue_case(app, code="T1", user_id=STRANGER, employee_no=None, data={})
    await add_penalty(app, fined, liable="A008", liable_user_id=BUYER_HEAD, liable_employee_no="A008")
    done = {"status": "closed", "closed_as": "left", "closed_at": app.now()}
    await overdue_case(app, code="M2", user_id=STRANGER, employee_no=None, data={}, **done)
    rows = _rows((await _export(app, "violations"))["违规"])
    assert [row["责任人"] for row in rows] == ["郑平", "王强、李雷", "吴总", None]


async def test_explains_itself(app: App):
    await settle_in(app)
    sheet = (await _export(app, "violations", "上月"))["说明"]
    notes = {str(row[0]): str(row[1]) for row in sheet.iter_rows(values_only=True)}
    assert notes["时段"] == "2026-02-01 至 2026-02-28"
    assert notes["导出时间"] == "2026-03-02 10:00"
    assert notes["名册版本"].startswith("第 ")
    assert (notes["筛选"], notes["行数"]) == ("无", "0")


@pytest.mark.dialects
async def test_a_period_narrows_what_is_exported(app: App):
    await settle_in(app)
    async with app.database.transaction() as tx:
        await add_case(tx, opened_at=datetime(2026, 1, 5, 10, 0, tzinfo=ZONE), subject="1")
        await add_case(tx, opened_at=app.now(), subject="2")
    assert len(_rows((await _export(app, "violations"))["违规"])) == 2
    assert [row["编号"] for row in _rows((await _export(app, "violations", "本月"))["违规"])] == ["V2"]


@pytest.mark.dialects
async def test_fines_have_amounts_as_numbers(app: App):
    await settle_in(app)
    await add_penalty(app, await overdue_case(app), amount=Decimal("12.50"))
    (row,) = _rows((await _export(app, "fines"))["罚单"])
    assert row["金额（元）"] == 12.5
    assert (row["编号"], row["违规编号"], row["QQ"], row["姓名"]) == ("P1", "V1", str(OWNER), "王强")


async def test_employees_keep_their_leading_zeros(app: App):
    await settle_in(app)
    found = _rows((await _export(app, "employees"))["名册"])
    assert [row["工号"] for row in found] == sorted(row["工号"] for row in found)
    gone = next(row for row in found if row["姓名"] == "周芳")
    assert (gone["状态"], gone["离职日期"]) == ("离职", datetime.fromisoformat("2026-02-01"))
    assert "手机" not in found[0]


@pytest.mark.dialects
async def test_filings_come_in_the_form_that_the_import_takes(app: App):
    await settle_in(app)
    await filed(app, established_on=date(2025, 5, 1))
    sheet = (await _export(app, "filings"))["备案"]
    (row,) = _rows(sheet)
    assert tuple(row) == REGISTER_COLUMNS
    assert (row["群号"], row["成员范围"], row["成立日期"]) == (
        str(GROUP),
        "市场部",
        datetime.fromisoformat("2025-05-01"),
    )


async def _workbook_of(texts: list[str], notes: list[tuple[str, str]]) -> Workbook:
    data, _ = await build([table_of("表", (Column("名字"),), [(text,) for text in texts])], notes)
    return load_workbook(io.BytesIO(data))


async def test_no_name_becomes_a_formula():
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "<r><t>1</t></r>"]
    book = await _workbook_of(evil, [("a", "=1")])
    cells = [row[0] for row in book["表"].iter_rows(min_row=2)]
    assert len(cells) == len(evil)
    assert all(cell.data_type == "s" and str(cell.value).startswith("'") for cell in cells)
    assert book["说明"]["B1"].value == "'=1"


async def test_odd_names_survive():
    odd = ["😀" * 3, "𠮷野家", "</t><f>1</f>", "a & b < c", " 空格 ", "两\n行", "x" * 40_000]
    book = await _workbook_of([*odd, "a\x00b\x0bc"], [])
    values = [row[0] for row in book["表"].iter_rows(min_row=2, values_only=True)]
    assert values[:6] == odd[:6]
    assert len(str(values[6])) <= 32_767
    assert values[7] == "abc"
