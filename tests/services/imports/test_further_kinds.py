"""Further members of each kind of oddity in rosters: what HR staff and their systems write, and what is right."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from regulation.claims.digits import hash_digits
from regulation.policy import Policy
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.person import Person, Roster

HEAD = ("工号", "姓名", "部门")
LI = ("zz9", "李四", "市场部", "")
KEY = b"key"
LEFT = date(2026, 10, 1)
Xlsx = Callable[..., bytes]


def take(data: bytes) -> Roster:
    found = read_file(data, How(None, Policy(), KEY, date(2026, 11, 29)))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    return found.content


def first(xlsx: Xlsx, header: str, cell: object) -> Person | None:
    """Return the first of two people, with `cell` under `header`, or None where the row is reported."""
    at = HEAD.index(header) if header in HEAD else 3
    row: list[object] = ["A001", "张三", "市场部", ""]
    row[at] = cell
    roster = take(xlsx([row, LI], (*HEAD, "备注" if at < 3 else header)))
    assert [fault.row for fault in roster.faults] in ([], [2])
    return None if roster.faults else roster.people[0]


@pytest.mark.parametrize(
    ("header", "field", "cells"),
    [
        ("工号", "employee_no", {
            "００１２３": "00123", "Ａ００１": "A001", "\u200b00123": "00123", "123.0": "123", "A-001": "A-001", "0": None,
            "000": None, "无": None, "待定": None, "null": None, "/": None, "00123;00124": None, "123,456": None,
            "A001、A002": None, 0: None, "00 123": None, "A0*1": None,
        }),
        ("姓名", "name", {
            "王　芳": "王芳", "王\n芳": "王芳", "王\xa0芳": "王芳", "欧阳 娜娜": "欧阳娜娜", "张 离": "张离", "王_芳": "王_芳",
            "阿依古丽•买买提": "阿依古丽·买买提", "阿依古丽‧买买提": "阿依古丽·买买提", "阿依古丽 ・ 买买提": "阿依古丽·买买提",
            "阿依古丽．买买提": "阿依古丽·买买提", "Ana  María": "Ana María", "O’Neil": "O'Neil", "李明/Li Ming": "李明/Li Ming",
            "⻢云": "马云", "無名": "無名", "无": None, "空": None, "暂无": None, "王**": None, "王*芳": None, "李\ue000": None,
            "张三、李四": None, "张三 李四": None, "张三\n李四": None, "古丽 买买提": "古丽买买提", "张三/李四": None, "张三；李四": None, "张三(离)": None, "张三 离": None, "张三 试用": None,
        }),
        ("部门", "department", {
            "市场部·华东组": "市场部/华东组", "XY公司·市场部": "市场部", "市场部——华东组": "市场部/华东组", "市场部_华东组": "市场部/华东组",
            "市场部 > 华东组": "市场部/华东组", "XY科技/市场部": "市场部", "全公司/市场部": "市场部", "XY集团/XY科技/市场部": "市场部",
            "市 场 部": "市场部", "R&D": "R&D", "总部/市场部": "总部/市场部", "市场部 采购部": None, "市场部+采购部": None, "无": None,
            "XY上海分公司/市场部": "XY上海分公司/市场部",
        }),
        ("状态", "status", {
            "在职（正式）": "regular", "正式-在职": "regular", "在职/试用": "probation", "试用期（3个月）": "probation", "哺乳期": "regular",
            "身故": "departed", "协商解除": "departed", "离职（2026-10-01）": None, "离职中": None, "正式/离职": None, "外包": None,
            "待岗": None, "停用": None,
        }),
        ("离职日期", "departed_on", {
            "2026-10-1": LEFT, "2026年10月1号": LEFT, "２０２６年１０月１日": LEFT, "2026-10-01T00:00:00.000Z": LEFT,
            "2026-10-01(周四)": LEFT, "2026年10月1日 星期四": LEFT, "2026\n-10-01": LEFT, 46296: LEFT, "'2026-10-01": LEFT,
            "0000-00-00": "", "1900/1/0": "", "至今": "", "未离职": "", "9999-12-31": "", "10/1/2026": None, "2026-10": None,
            "26-10-01": None, "待定": None, "2026-13-01": None, "1970-01-01": None,
        }),
        ("QQ", "qqs", {
            "１００１２３": (100123,), "10001/10002": (10001, 10002), "QQ：10001": (10001,), "10001@qq.com": (10001,),
            "没有": (), "未填写": (), "0": (), "10001\n10002": (10001, 10002), "10,001": None, "1.2E+9": None, "微信号": None,
        }),
        ("手机", "phone_hash", {
            "+86-138 0000 1234": "1234", "１３８００００１２３４": "1234", "138****1234": "1234", "13800001234/13900005678": "1234",
            "13800001234（妻）": "1234", "021-5555666转12": "", "没有": "", "11111111111": "", "1.38E+10": None, "110": None,
        }),
    ],
)  # fmt: skip
def test_each_member_is_read_rightly_or_its_row_reported(
    xlsx: Xlsx, header: str, field: str, cells: dict[object, object]
):
    for cell, wanted in cells.items():
        person = first(xlsx, header, cell)
        if person is None or wanted is None:
            assert person is wanted, cell
        elif field == "phone_hash":
            assert person.phone_hash == (hash_digits(KEY, "A001", str(wanted)) if wanted else None), cell
        else:
            assert getattr(person, field) == (wanted if wanted != "" else None), cell


@pytest.mark.parametrize(
    ("header", "row", "person"),
    [
        # DingTalk: the main department beside all of them.
        (("姓名", "工号", "主部门", "部门", "员工状态", "离职时间"),
         ("张三", "00123", "财务部", "XY公司-市场部,XY公司-财务部", "已离职", "2026-10-01 00:00"),
         ("00123", "张三", "财务部", "departed", ("市场部",))),
        # WeCom: the account is the number, the company's short name at the head of each path.
        (("姓名", "账号", "别名", "职务", "部门", "激活状态"),
         ("张三", "ZhangSan", "三儿", "专员", "XY科技/市场部/华东组;XY科技/采购部", "已激活"),
         ("ZhangSan", "张三", "市场部/华东组", "", ("采购部",))),
        # Feishu.
        (("姓名", "工号", "部门", "直属上级", "人员类型", "状态", "用户 ID"),
         ("张三", "00123", "XY集团/市场部,XY集团/采购部", "王五", "外包", "已激活", "ou_1"),
         ("00123", "张三", "市场部", "regular", ("采购部",))),
        # Kingdee, Beisen, an English one.
        (("人员编码", "人员姓名", "行政组织.名称", "用工关系状态"), ("00123", "张三", "市场部", "退休"),
         ("00123", "张三", "市场部", "departed", ())),
        (("员工编码", "姓名", "所属组织", "组织全称", "员工状态"), ("00123", "张三", "华东组", "XY公司_市场部_华东组", "试用"),
         ("00123", "张三", "华东组", "probation", ())),
        (("Employee ID", "Full Name", "Dept.", "Employment Status"), ("00123", "张三", "市场部", "Active"),
         ("00123", "张三", "市场部", "regular", ())),
        (("人员工号", "姓名", "1级部门", "2级部门", "当前状态"), ("00123", "张三", "市场部", "华东组", "在岗"),
         ("00123", "张三", "市场部/华东组", "regular", ())),
    ],
)  # fmt: skip
def test_exports_of_usual_systems(
    xlsx: Xlsx, header: Sequence[object], row: Sequence[object], person: tuple[object, ...]
):
    found = take(xlsx([row], header))
    one = found.people[0]
    assert (one.employee_no, one.name, one.department, one.status, one.also_in) == person
    assert found.faults == []


@pytest.mark.parametrize(
    "foot", ["第 1 页 共 1 页", "以下空白", "——以下无正文——", "填报单位：XY 公司", "共 1 人"]
)
def test_what_stands_below_a_table_is_nobody(xlsx: Xlsx, foot: str):
    roster = take(xlsx([("A001", "张三", "市场部"), (foot, "", "")], HEAD))
    assert (len(roster.people), roster.faults) == (1, [])
    assert any("没有读" in note for note in roster.notes)


PAGE = """<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312"></head><body><table>
<tr><td colspan=5>XY 公司员工名册</td></tr>
<tr><td rowspan=2>工号</td><td rowspan=2>姓名</td><td rowspan=2>部门</td><td colspan=2>日期</td></tr>
<tr><td>入职日期</td><td>离职日期</td></tr>
<tr><td x:num="123">00123</td><td>&nbsp;张&nbsp;三</td><td rowspan=2>市场部</td><td>2020-01-01</td><td>&nbsp;</td></tr>
<tr><td>00124<td>李&#22235;<td>2020-01-01<td>2026-10-01</tr><tr><td colspan=5>合计：2人</td></tr></table></body></html>"""

_SS = 'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
BOOK = f"""<?xml version="1.0"?><Workbook {_SS} xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles>
<Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style><Style ss:ID="s2" ss:Parent="s1"/></Styles>
<Worksheet ss:Name="旧"><Table><Row><Cell><Data ss:Type="String">工号</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
<Worksheet ss:Name="在职"><Table><Row><Cell ss:MergeAcross="4"><Data ss:Type="String">名册</Data></Cell></Row>
<Row ss:Index="3"><Cell ss:MergeDown="1"><Data ss:Type="String">工号</Data></Cell>
<Cell ss:MergeDown="1"><Data ss:Type="String">姓名</Data></Cell><Cell ss:MergeDown="1"><Data ss:Type="String">部门</Data></Cell>
<Cell ss:MergeAcross="1"><Data ss:Type="String">日期</Data></Cell></Row>
<Row><Cell ss:Index="4"><Data ss:Type="String">入职日期</Data></Cell><Cell><Data ss:Type="String">离职日期</Data></Cell></Row>
<Row><Cell ss:StyleID="s2"><Data ss:Type="Number">123</Data></Cell><Cell><Data ss:Type="String">张 三</Data></Cell>
<Cell ss:MergeDown="1"><Data ss:Type="String">市场部</Data></Cell></Row>
<Row><Cell ss:StyleID="s1"><Data ss:Type="Number">124</Data></Cell><Cell><Data ss:Type="String">李四</Data></Cell>
<Cell ss:Index="5"><Data ss:Type="DateTime">2026-10-01T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("data", [PAGE.encode("gb18030"), BOOK.encode()])
def test_what_is_called_xls_and_is_none_with_merges_and_two_rows_of_header(data: bytes):
    roster = take(data)
    assert [(one.employee_no, one.name, one.department, one.departed_on) for one in roster.people] == [
        ("00123", "张三", "市场部", None),
        ("00124", "李四", "市场部", LEFT),
    ]
    assert roster.faults == []
