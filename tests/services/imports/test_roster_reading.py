"""Reading rosters: every spelling that people and Excel use, and what can't be read is a plain line."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulation.claims.digits import hash_digits
from regulation.policy import DepartmentNames, Policy
from services.imports.reading import people
from services.imports.reading.files import workbooks
from services.imports.reading.files.sheet import Sheet
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.noted import CellFault, Refusal
from services.imports.reading.people import read_roster
from services.imports.reading.person import Roster
from services.imports.reading.plain_rows import PlainRows
from services.imports.reading.tables.columns import find_header
from services.imports.reading.words import cells, dates

KEY = b"test key"


DAY = date(2026, 3, 2)


def how(policy: Policy | None = None) -> How:
    return How("roster", policy or Policy(), KEY, DAY)


def read(data: bytes, names: DepartmentNames | None = None) -> Roster:
    found = read_file(data, how(Policy(departments=names or DepartmentNames())))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    return found.content


def csv(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def refusal(data: bytes) -> str:
    found = read_file(data, how())
    assert isinstance(found, Refusal), found
    return found.reason


def test_keeps_leading_zeros_of_text_and_reads_numbers_without_a_point(xlsx):
    roster = read(xlsx([["00123", "张三", "市场部"], [123.0, "李四", "市场部"], [456, "王五", "市场部"]]))
    assert [person.employee_no for person in roster.people] == ["00123", "123", "456"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_csv_in_each_encoding(encoding):
    roster = read(csv("工号,姓名,部门", "001,欧阳娜娜,市场部", encoding=encoding))
    assert [person.name for person in roster.people] == ["欧阳娜娜"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_reads_other_delimiters(delimiter):
    roster = read(csv(delimiter.join(("工号", "姓名", "部门")), delimiter.join(("1", "张三", "市场部"))))
    assert roster.people[0].department == "市场部"


def test_finds_the_header_in_the_tenth_row_and_not_below(xlsx):
    rows = [["1", "张三", "市场部"]]
    assert read(xlsx(rows, before=[["公司名册"]] * 9)).people[0].row == 11
    assert "表头" in refusal(xlsx(rows, before=[["公司名册"]] * 10))


def test_reads_every_header_name():
    for number in ("工号", "员工编号", "员工号", "employee_no", " 工 号 ", "EMPLOYEE_NO", "工号*"):
        for name in ("姓名", "员工姓名", "name"):
            for department in ("部门", "所属部门", "department"):
                roster = read(csv(f"备注,{department},{name},{number}", "x,市场部,张三,1"))
                assert roster.people[0][1:4] == ("1", "张三", "市场部")


@pytest.mark.parametrize(
    ("headers", "cell", "field", "value"),
    [
        (("状态", "员工状态", "status"), "实习", "status", "probation"),
        (("职务", "职位", "岗位", "title"), "会计", "title", "会计"),
        (("主管", "是否主管", "部门负责人", "is_head"), "是", "is_head", True),
        (("QQ", "QQ号", "qq", "ＱＱ号"), "10001;10002", "qqs", (10001, 10002)),
        (("手机", "手机号", "联系电话", "phone"), "13800008000", "phone_hash", hash_digits(KEY, "1", "8000")),
        (("入职日期",), "2026-3-2", "hired_on", date(2026, 3, 2)),
        (("转正日期",), "2026/03/02", "regularized_on", date(2026, 3, 2)),
        (("离职日期",), "20260302", "departed_on", date(2026, 3, 2)),
        (("移交完成日期", "handover_on"), "2026年3月2日", "handover_on", date(2026, 3, 2)),
        (("兼任部门", "also_in"), "采购部;市场部;财务部/核算组", "also_in", ("采购部", "财务部/核算组")),
    ],
)
def test_reads_every_optional_column_by_each_of_its_names(headers, cell, field, value):
    for header in headers:
        roster = read(csv(f"工号,姓名,{header},部门", f"1,张三,{cell},市场部"))
        assert getattr(roster.people[0], field) == value, header


def test_names_the_missing_columns():
    assert "部门" in refusal(csv("工号,姓名", "1,张三"))
    assert "工号" in refusal(csv("甲,乙", "1,2"))


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("正式", "regular"), ("在职", "regular"), ("转正", "regular"), ("试用", "probation"),
        ("实习", "probation"), ("离职", "departed"), ("已离职", "departed"), ("", ""),
        (" 试 用 ", "probation"),
    ],
)  # fmt: skip
def test_reads_each_status(xlsx, cell, status):
    assert read(xlsx([["1", "张三", "市场部", cell]])).people[0].status == status


def test_reports_an_unknown_status_with_its_row(xlsx):
    roster = read(xlsx([["1", "张三", "市场部", "休眠"], ["2", "李四", "市场部", "正式"]]))
    assert [(fault.row, "休眠" in fault.reason) for fault in roster.faults] == [(2, True)]
    assert len(roster.people) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "2026-3-2", "2026/3/2", "2026.3.2", "20260302", "2026年3月2日", "２０２６－３－２",
        "2026-03-02 00:00:00",
        46083, 46083.0, "46083", 20260302, datetime.fromisoformat("2026-03-02"), date(2026, 3, 2),
        "2026 年 3 月 2 日",
    ],
)  # fmt: skip
def test_reads_dates_in_usual_forms(cell):
    assert dates.day(cell, "离职日期") == date(2026, 3, 2)


@pytest.mark.parametrize("cell", ["", None, "-", "无", "9999-12-31", datetime.fromisoformat("2999-12-31")])
def test_reads_no_date(cell):
    assert dates.day(cell, "离职日期") is None


@pytest.mark.parametrize("cell", ["2026-13-01", "2026-02-30", "明天", "1", 12, "20261345", "3月2日", True])
def test_refuses_what_is_no_date(cell):
    with pytest.raises(CellFault):
        dates.day(cell, "离职日期")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (123456789.0, (123456789,)), ("123456789", (123456789,)), ("１２３４５６７８９", (123456789,)),
        ("10001;10002", (10001, 10002)), ("10001；10002", (10001, 10002)), ("10001, 10001", (10001,)),
        ("123456789.0", (123456789,)), ("", ()), ("无", ()), (10001, (10001,)),
    ],
)  # fmt: skip
def test_reads_qq_numbers(cell, found):
    assert cells.qq_numbers(cell) == found


@pytest.mark.parametrize("cell", ["1234", "abc", "-10001", "123456789012", 1e20, "10001.5", "10001;x"])
def test_refuses_what_is_no_qq_number(cell):
    with pytest.raises(CellFault):
        cells.qq_numbers(cell)


@pytest.mark.parametrize(
    "cell",
    ["13800138000", 13800138000.0, "+86 138-0013-8000", "138 0013 8000", "１３８００１３８０００", "8000"],
)
def test_keeps_only_a_hash_of_the_last_four_digits(xlsx, cell):
    person = read(xlsx([["A1", "张三", "市场部", "", "", cell]])).people[0]
    assert person.phone_hash == hash_digits(KEY, "A1", "8000")
    assert "8000" not in repr(person)


def test_joins_merged_cells_and_skips_merged_and_empty_rows(xlsx):
    rows = [
        ["市场部人员", None, None],
        ["1", "张三", "市场部"],
        ["2", "李四", None],
        [None, None, None],
        ["3", "王五", "采购部"],
    ]
    roster = read(xlsx(rows, merge=("A2:C2", "C3:C4")))
    assert [(person.name, person.department) for person in roster.people] == [
        ("张三", "市场部"), ("李四", "市场部"), ("王五", "采购部"),
    ]  # fmt: skip
    assert roster.faults == []


def test_reads_department_paths_and_aliases(xlsx):
    names = DepartmentNames(aliases={"行政部": ("行政",)}, renamed={"市场部": "营销部"})
    rows = [["1", "张三", "行政"], ["2", "李四", "市场部 / 华东组"], ["3", "王五", "市场部／华东组"]]
    found = [person.department for person in read(xlsx(rows), names).people]
    assert found == ["行政部", "营销部/华东组", "营销部/华东组"]


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("经理", True), ("市场部经理", True), ("市场总监", True), ("产品经理", False), ("客户经理", False),
        ("经理助理", False), ("", False), ("部门经理", True), ("采购部经理", False),
    ],
)  # fmt: skip
def test_knows_heads_by_title_only_without_a_column(xlsx, title, head):
    names = DepartmentNames(aliases={"市场部": ("市场",)})
    roster = read(xlsx([["1", "张三", "市场部", title]], ("工号", "姓名", "部门", "职务")), names)
    assert roster.people[0].is_head is head
    with_column = xlsx([["1", "张三", "市场部", title, "否"]], ("工号", "姓名", "部门", "职务", "主管"))
    assert read(with_column, names).people[0].is_head is False


@pytest.mark.parametrize("old", ["市场部", "总部/市场部"])
def test_a_renamed_departments_head_is_known_by_the_title_of_before(xlsx, old):
    """HR renames the department first and the titles some day."""
    new = old.replace("市场部", "营销部")
    names = DepartmentNames(aliases={"市场部": ("市场",)}, renamed={old: new})
    titles = ("市场部经理", "市场总监", "营销部经理", "产品经理")
    rows = [[f"{n}", "张三", new, title] for n, title in enumerate(titles, start=1)]
    roster = read(xlsx(rows, ("工号", "姓名", "部门", "职务")), names)
    assert [person.is_head for person in roster.people] == [True, True, True, False]


@pytest.mark.parametrize(
    ("cell", "head"),
    [
        ("是", True),
        ("Y", True),
        (1, True),
        (True, True),
        ("否", False),
        ("n", False),
        (0, False),
        ("", False),
    ],
)
def test_reads_the_column_of_heads(xlsx, cell, head):
    roster = read(xlsx([["1", "张三", "市场部", cell]], ("工号", "姓名", "部门", "是否主管")))
    assert roster.people[0].is_head is head


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "@SUM(A1)",
        "-2+3",
        "张\x00三",
        "张\x07三",
        "\u202e三张",
        "#N/A",
        "",
        " ",
        "\u200b",
        "字" * 201,
    ],
)
def test_reports_a_name_that_is_none(name):
    line = '1,"' + name.replace('"', '""') + '",市场部'
    roster = refusal(csv("工号,姓名,部门", line))
    assert "第 2 行" in roster


def test_keeps_minority_names_as_written(xlsx):
    rows = [["1", "阿依古丽·买买提", "市场部"], ["2", "Ana María", "市场部"], ["3", "𠮷野家", "市场部"]]
    assert [person.name for person in read(xlsx(rows)).people] == ["阿依古丽·买买提", "Ana María", "𠮷野家"]


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
