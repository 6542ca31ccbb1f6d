"""Workbooks as Excel wrote them before 2007 (BIFF), and behind a password: real files, read through the import."""

import io
import logging
from datetime import date

import msoffcrypto.format.ooxml
import msoffcrypto.method.ecma376_agile
import pytest
import xlwt

from regulation.claims.digits import digest_digits
from services.app import App
from services.imports import apply as imports
from services.imports.model import Preview, Refusal

HEADER = ("工号", "姓名", "部门", "状态", "职务", "QQ", "手机", "入职日期", "离职日期")


def xls(*, sheets: int = 1) -> bytes:
    """A roster with a title, merged departments, text numbers, float QQs, serial dates and formulas."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    sheet.write_merge(0, 0, 0, 8, "某公司员工名册")
    for column, title in enumerate(HEADER):
        sheet.write(2, column, title)
    sheet.write_merge(3, 4, 2, 2, "市场部/华东组")
    people = (
        (3, "00123", "张三", "正式", "经理", 123456789.0, "13800138000", 43831, None),
        (4, "00456", "欧阳 娜娜", "试用", "", 10001, 13800138001.0, date(2025, 6, 1), None),
        (6, 789.0, "阿依古丽·买买提", "离职", "", "10002;10003", "", 44197.0, date(2026, 2, 28)),
    )
    for row, number, name, status, title, qq, phone, hired, departed in people:
        for column, value in ((0, number), (1, name), (3, status), (4, title), (5, qq), (6, phone)):
            sheet.write(row, column, value)
        sheet.write(row, 7, hired, day)
        if departed is not None:
            sheet.write(row, 8, departed, day)
    sheet.write(6, 2, "采购部")
    # A formula nobody has calculated yet has no value: the row says so, or leaves the field empty.
    sheet.write(7, 0, "00999")
    sheet.write(7, 1, xlwt.Formula('"李"&"雷"'))
    sheet.write(7, 2, "采购部")
    for extra in range(1, sheets):
        book.add_sheet(f"说明{extra}").write(0, 0, "说明")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_reads_a_workbook_of_the_old_kind(app: App):
    data = xls(sheets=3)
    assert data.startswith(b"\xd0\xcf\x11\xe0")
    made = await imports.preview_file(app, data, "名册.dat", by="terminal", source="terminal")
    assert isinstance(made, Preview), made
    assert made.counts["added"] == 3
    assert [fault.row for fault in made.faults] == [8]
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "applied"
    people = app.registry.by_no
    assert set(people) == {"00123", "00456", "789"}
    assert [people[no].name for no in ("00123", "00456", "789")] == ["张三", "欧阳娜娜", "阿依古丽·买买提"]
    assert [people[no].department for no in ("00123", "00456", "789")] == [
        "市场部/华东组", "市场部/华东组", "采购部",
    ]  # fmt: skip
    assert people["00123"].is_head
    assert (people["00123"].hired_on, people["00456"].hired_on) == (date(2020, 1, 1), date(2025, 6, 1))
    assert (people["789"].hired_on, people["789"].departed_on) == (date(2021, 1, 1), date(2026, 2, 28))
    assert app.registry.qqs_of("00123") == (123456789,)
    assert set(app.registry.qqs_of("789")) == {10002, 10003}
    assert people["00456"].phone_hash == digest_digits(app.phone_key, "00456", "8001")


def sealed(data: bytes) -> bytes:
    """An xlsx behind a password, as Excel writes it: an OLE file around an encrypted package."""
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(data)).encrypt("秘密123", out)
    return out.getvalue()


async def test_says_that_a_password_is_in_the_way_of_a_real_workbook(
    app: App, xlsx, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    locked = sealed(xlsx([["K4711", "钱小佳", "市场部", "正式", 23456789, "13800007788", ""]]))
    assert locked.startswith(b"\xd0\xcf\x11\xe0")
    made = await imports.preview_file(app, locked, "a.xlsx", by="terminal", source="terminal")
    assert isinstance(made, Refusal)
    assert "密码" in made.reason
    assert "钱小佳" not in caplog.text


@pytest.mark.parametrize("part", [0.1, 0.3, 0.6, 0.9])
async def test_a_cut_off_old_workbook_is_one_plain_line(app: App, part: float):
    data = xls()
    made = await imports.preview_file(
        app, data[: int(len(data) * part)], "a.xls", by="terminal", source="chat"
    )
    assert isinstance(made, Refusal), made
    assert made.reason.count("\n") == 0
    assert app.registry.by_no == {}
