"""A text that was cut, and what was called .xls."""

import io
import zipfile
from datetime import date

import pytest

from tests.services.imports.rosters.files import csv, one, reasons, refused, take


@pytest.mark.parametrize(
    ("header", "whole", "half"),
    [
        ("QQ", "123456789", "1234567"), ("手机", "13800001234", "138000012"), ("离职日期", "2026-11-15", "2026-11-1"),
        ("QQ", "123456789", ""), ("职务", "市场经理", "市场"),
    ],
)  # fmt: skip
def test_the_last_row_of_a_cut_text_is_reported(header: str, whole: str, half: str):
    start = csv(f"工号,姓名,部门,{header}", f"A001,张三,市场部,{whole}")
    assert list(reasons(start + f"A002,李四,采购部,{half}".encode())) == [3]
    assert reasons(start + f"A002,李四,采购部,{half}\r\n".encode()) == {}
    assert reasons(start + f"A002,李四,采购部,{whole[:-1]}8".encode()) == {}


def test_a_row_cut_before_its_last_column_is_reported():
    data = csv("工号,姓名,部门,QQ", "A001,张三,市场部,10001") + "A002,李四,采".encode()
    assert list(reasons(data)) == [3]
    assert list(reasons(data[:-1])) == [3]


# What was called .xls


def test_reads_a_page_of_html():
    page = """<html><head><meta charset="gb2312"></head><body><table><caption>名册</caption>
      <tr><th>工号</th><th>姓名<br>（必填）</th><th>部门</th></tr>
      <tr><td>00123</td><td>&nbsp;张三</td><td rowspan=2>市场部</td></tr>
      <tr><td>00124</td><td>李四</td></tr></table></body></html>"""
    roster = take(page.encode("gb18030"))
    assert [person[1:4] for person in roster.people] == [
        ("00123", "张三", "市场部"),
        ("00124", "李四", "市场部"),
    ]


XML = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style></Styles>
<Worksheet ss:Name="Sheet1"><Table>
<Row><Cell><Data ss:Type="String">工号</Data></Cell><Cell><Data ss:Type="String">姓名</Data></Cell>
<Cell><Data ss:Type="String">部门</Data></Cell><Cell><Data ss:Type="String">离职日期</Data></Cell></Row>
<Row ss:Index="3"><Cell ss:StyleID="s1"><Data ss:Type="Number">123</Data></Cell><Cell><Data ss:Type="String">张三</Data></Cell>
<Cell><Data ss:Type="String">市场部</Data></Cell><Cell><Data ss:Type="DateTime">2026-11-01T00:00:00.000</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_reads_the_xml_of_2003():
    person = one(XML.encode())
    assert (person.row, person.employee_no, person.departed_on) == (3, "00123", date(2026, 11, 1))


@pytest.mark.parametrize(
    "data",
    [
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", b"<html><frameset><frame src=x></frameset></html>",
        XML[:400].encode(), XML.replace("?>", "?><!DOCTYPE x [<!ENTITY a 'b'>]>", 1).encode(),
    ],
)  # fmt: skip
def test_or_says_to_save_it_as_xlsx(data: bytes):
    assert ".xlsx" in refused(data)


def test_a_spreadsheet_of_another_kind_says_so_too():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    assert ".xlsx" in refused(out.getvalue())
