"""A departure that nobody reads, and people hired again under a new number."""

import pytest

from tests.services.imports.rosters.files import HEAD, ZHANG, book, one, take


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("人员情况", "已离职"),
        ("备注", "11月辞职"),
        ("离职原因", "个人"),
        ("最后工作日", "2026-10-01"),
        ("备注", "已除名"),
    ],
)
def test_a_departure_in_an_unused_column_is_a_doubt(header: str, cell: str):
    roster = take(book([(*HEAD, header), (*ZHANG, cell), ("A002", "李四", "市场部", "")]))
    assert roster.doubts == [f"第 2 行“{header}”"]
    assert any("离职" in note and "第 2 行" in note for note in roster.notes)
    told = take(book([(*HEAD, header, "状态"), (*ZHANG, cell, "离职")]))
    assert told.doubts == []


@pytest.mark.parametrize(
    ("header", "cell"),
    [("备注", "返聘"), ("离职流程", "否"), ("离职原因", "/"), ("最后工作日", ""), ("备注", "在职")],
)
def test_what_says_nothing_of_a_departure_is_none(header: str, cell: str):
    assert take(book([(*HEAD, header), (*ZHANG, cell)])).doubts == []


def test_an_answer_to_a_question_is_no_remark_on_a_name():
    assert one(book([(*HEAD, "是否离职"), ("A001", "张三(1)", "市场部", "否")])).status == "regular"


def test_a_title_that_speaks_of_leavers_is_a_doubt():
    assert take(book([("2026年11月离职人员",), HEAD, ZHANG])).doubts


# Hired again under a new number


@pytest.mark.parametrize("order", [1, -1])
def test_of_one_who_left_and_one_at_work_the_qq_is_the_latters(order: int):
    rows = [(*ZHANG, "离职", "10001"), ("A009", "张三", "市场部", "正式", "10001")][::order]
    roster = take(book([(*HEAD, "状态", "QQ"), *rows]))
    assert {person.employee_no: person.qqs for person in roster.people} == {"A001": (), "A009": (10001,)}
    assert any("QQ 归在职的" in note for note in roster.notes)
