"""What a whole roster is refused for, in a plain line."""

import io
import struct
import zipfile

import pytest

from services.imports.reading.files import workbooks
from tests.services.imports.rosters.plain import csv, read, refusal


def test_stops_at_two_rows_with_one_number_even_if_one_is_bad(xlsx):
    assert "工号 1 在第 2 行和第 3 行重复" in refusal(xlsx([["1", "张三", "市场部"], ["1", "", "市场部"]]))


def test_stops_at_one_qq_on_two_employees(xlsx):
    rows = [["1", "张三", "市场部", "", "10001;10002"], ["2", "李四", "市场部", "", 10002]]
    assert "QQ 10002" in refusal(xlsx(rows))


def test_one_row_may_name_its_qq_twice(xlsx):
    assert read(xlsx([["1", "张三", "市场部", "", "10001;10001"]])).people[0].qqs == (10001,)


def test_stops_at_an_empty_file_and_a_bare_header(xlsx):
    assert "空" in refusal(b"")
    assert "空" in refusal(b"\x00\x00\n")
    assert "一行数据也没有" in refusal(xlsx([]))


def test_says_that_a_password_is_in_the_way():
    sealed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    assert "密码" in refusal(sealed)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + b"\x00" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000,
    ],
)
def test_says_that_an_archive_is_broken(data):
    assert "损坏" in refusal(data)


def test_says_that_a_cut_off_workbook_is_broken(xlsx):
    whole = xlsx([["1", "张三", "市场部"]])
    for cut in (10, len(whole) // 3, len(whole) // 2, len(whole) - 30):
        assert "损坏" in refusal(whole[:cut])


def test_says_that_a_zip_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "工号,姓名,部门")
    assert "损坏" in refusal(out.getvalue())


def _bomb(*, lie: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for part in range(4):
            archive.writestr(f"xl/{part}.xml", b"0" * (9 * 1024 * 1024))
    data = bytearray(out.getvalue())
    if lie:
        at = 0
        while (at := data.find(b"PK\x01\x02", at)) >= 0:
            struct.pack_into("<I", data, at + 24, 100)
            at += 4
    return bytes(data)


@pytest.mark.parametrize("lie", [False, True])
def test_refuses_to_unpack_a_bomb_whatever_its_directory_says(lie, monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 30 * 1024 * 1024)
    assert "解压" in refusal(_bomb(lie=lie))


def test_says_what_is_wrong_with_encodings_and_quotes():
    assert "UTF-16" in refusal("工号,姓名,部门\n1,张三,市场部".encode("utf-16"))
    assert "编码" in refusal(b"\xff\xff\xff\xff,\x80")
    assert "引号" in refusal(csv("工号,姓名,部门", '1,"张三,市场部', "2,李四,市场部"))


def test_reads_on_past_a_ten_megabyte_cell():
    huge = "字" * 3_500_000
    roster = read(csv("工号,姓名,部门,备注", f"1,{huge},市场部,", f"2,李四,市场部,{huge}", "3,王五,市场部,"))
    assert [person.name for person in roster.people] == ["李四", "王五"]
    assert roster.faults[0].row == 2
    assert len(roster.faults[0].reason) < 100
