"""Files that are broken, huge or hostile: a clear line each, nothing changed, nothing of them in the logs."""

import io
import logging
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from sqlalchemy import func, select

from db.tables import metadata
from regulation.policy import Policy
from services.app import App
from services.imports import apply as imports
from services.imports import received_files
from services.imports.model import Refusal
from services.imports.reading.files.sheet import Sheet, UnreadableFileError
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.people import read_roster
from services.imports.reading.person import Roster
from services.imports.reading.tables.columns import find_header
from services.imports.reading.tables.header_names import ROSTER_HEADERS
from services.ports import ReceivedFile
from terminal.importing import import_roster
from tests import company as co

SECRET = "钱小佳"
LINE = f"K4711,{SECRET},市场部,正式,23456789,13800007788,"
HEAD = "工号,姓名,部门,状态,QQ,手机,离职日期"


def broken_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", f"<workbook>{SECRET}")
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


def sealed_parts() -> bytes:
    """A zip whose parts themselves are encrypted."""
    data = bytearray(broken_zip())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = 0
        while (at := data.find(mark, at)) >= 0:
            data[at + place] |= 1
            at += 4
    return bytes(data)


BAD = {
    "empty": (b"", "空"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "读不出表格"),
    "a photograph": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "读不出表格"),
    "only NULs": (b"\x00" * 5000, "空"),
    "broken zip": (broken_zip(), "损坏"),
    "cut off zip": (broken_zip()[:60], "损坏"),
    "zip with a password": (sealed_parts(), "密码"),
    "broken OLE": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + SECRET.encode() * 400, "损坏"),
    "UTF-16": (f"{HEAD}\n{LINE}".encode("utf-16"), "UTF-16"),
    "neither encoding": (HEAD.encode() + b"\n\xff\xff\x80\xff," + SECRET.encode(), "编码"),
    "no such columns": (f"甲,乙,丙\n{LINE}".encode(), "缺少"),
    "header only": (HEAD.encode(), "一行数据也没有"),
    "two with one number": (f"{HEAD}\n{LINE}\n{LINE}".encode(), "重复"),
    "one QQ on two": (f"{HEAD}\n{LINE}\n{LINE.replace('K4711', 'K4712')}".encode(), "属于不同的人"),
    "an open quote": (f'{HEAD}\nK1,"{SECRET},市场部\n{LINE}'.encode(), "引号"),
    "every row bad": (f"{HEAD}\n{LINE.replace('正式', '休眠')}".encode(), "没有一行能读"),
    "a formula as name": (f'{HEAD}\nK1,"=HYPERLINK(""x"")",市场部'.encode(), "公式"),
    "a NUL in the name": (f"{HEAD}\nK1,钱\x00佳,市场部".encode(), "控制字符"),
    "a NUL in the number": (f"{HEAD}\nK\x001,{SECRET},市场部".encode(), "控制字符"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "损坏"),
}  # fmt: skip


async def counted(app: App) -> dict[str, int]:
    async with app.database.reading() as tx:
        return {
            table.name: (await tx.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("name", BAD)
async def test_is_one_clear_line_changes_nothing_and_leaks_nothing(
    app: App, name: str, tmp_path: Any, caplog: pytest.LogCaptureFixture, capsys: Any
):
    caplog.set_level(logging.INFO)
    data, why = BAD[name]
    before = await counted(app)
    made = await imports.preview_file(app, data, f"{name}.xlsx", by="terminal", source="terminal")
    assert isinstance(made, Refusal), made
    assert why in made.reason
    assert "\n" not in made.reason
    assert len(made.reason) < 300
    path = tmp_path / "roster.xlsx"
    path.write_bytes(data)
    out = Console(file=io.StringIO(), soft_wrap=True)
    assert await import_roster(app, path, yes=True, out=out) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert await counted(app) == before
    for word in (SECRET, "K4711", "7788", "23456789"):
        assert word not in caplog.text


@pytest.mark.usefixtures("read_apart")
@pytest.mark.parametrize("name", ["broken zip", "two with one number", "a formula as name"])
async def test_in_chat_the_sender_gets_the_line_and_the_logs_nothing(
    app: App, name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    caplog.set_level(logging.INFO)
    data, why = BAD[name]
    qq = await co.settle_in(app)

    async def fetch(account: int, file: ReceivedFile, *, limit: int) -> bytes:
        return data

    monkeypatch.setattr(qq, "fetch_file", fetch)
    file = ReceivedFile(name="a.xlsx", size=len(data))
    await received_files.take_and_answer(app, co.BOT, co.ROOT, file)
    assert len(qq.said) == 1
    assert why in qq.said[0][2]
    assert SECRET not in caplog.text


def workbook_with(cell: str) -> bytes:
    """A workbook one of whose cells is longer than Excel itself would write."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD.split(",")[:3], ("1", "HERE", "市场部"), ("2", "李四", "市场部"), ("3", "王五", "HERE")):
        sheet.append(row)
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"HERE", cell.encode()))
    return out.getvalue()


@pytest.mark.usefixtures("read_apart")
async def test_a_cell_of_ten_megabytes_is_a_fault_of_its_row(app: App):
    made = await imports.preview_file(
        app, workbook_with("字" * 3_500_000), "a.xlsx", by="terminal", source="terminal"
    )
    assert isinstance(made, imports.Preview), made
    assert made.counts["added"] == 1
    assert [fault.row for fault in made.faults] == [2, 4]
    assert all(len(fault.reason) < 100 for fault in made.faults)
    assert len(made.text) < 1000


def test_merged_areas_upon_one_another_are_refused_before_they_cost_anything():
    header = tuple(HEAD.split(",")[:3])
    rows = [(1, header), *((n, (str(n), "张三", "市场部")) for n in range(2, 1002))]
    merged = tuple(((1, 2), (end, 2)) for end in range(1000, 10_000_000, 100))
    sheet = Sheet(lambda: iter(rows), len(rows), merged)
    found = find_header(sheet)
    assert found is not None
    with pytest.raises(UnreadableFileError):
        read_roster([(sheet, found)], Policy(), b"key", date(2026, 3, 2))


async def test_what_a_hostile_roster_names_people_is_only_text(app: App):
    names = ("{name}", "%s", "[CQ:at,qq=all]", "<script>", "'; DROP TABLE employees;--", "\\u0041", "${HOME}")
    text = "\n".join(["工号,姓名,部门", *(f'{n},"{name}",市场部' for n, name in enumerate(names, 1))])
    made = await imports.preview_file(app, text.encode(), "{0}%s.csv", by="terminal", source="terminal")
    assert isinstance(made, imports.Preview), made
    assert (await imports.apply_import(app, made.id, by="terminal")).state == "applied"
    assert {person.name for person in app.registry.by_no.values()} == set(names)


CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "00123", "A1", "张三", "市场部", "正式", "离职", "=1+1", "2026-03-02", "1e400", "\x00"]
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=13, max_size=13), min_size=1, max_size=8))
def test_any_csv_is_read_row_by_row_or_refused_with_a_line(rows: list[list[str]]):
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    header = ",".join(names[0] for names in ROSTER_HEADERS.values())
    data = "\r\n".join([header, *quoted]).encode("utf-8", "replace")
    read = read_file(data, How("roster", Policy(), b"key", date(2026, 3, 2)))
    if isinstance(read, Refusal):
        assert read.reason
        return
    assert isinstance(read, Found)
    found = read.content
    assert isinstance(found, Roster)
    said = {person.row for person in found.people} | {fault.row for fault in found.faults}
    for number, row in enumerate(rows, start=2):
        assert number in said or not any(cell.strip() for cell in row)
