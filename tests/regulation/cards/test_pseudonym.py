"""A pseudonym in place of one person, and of nobody and nothing else."""

from typing import Any

import pytest

from regulation.cards.pseudonym import Forgotten

QQ = 23456789


def who(number: str = "K4711", name: str = "钱小佳", **how: Any) -> Forgotten:
    return Forgotten(number, frozenset({QQ}), name, "X", **how)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("钱小佳（K4711）QQ 23456789", "X（X）QQ X"),
        ("second_qq:23456789:k4711:2026-03-02", "second_qq:X:X:2026-03-02"),
        ("钱 小佳", "X"),
        ("K47110、AK4711、123456789", "K47110、AK4711、123456789"),
        ("", ""),
    ],
)
def test_number_qq_and_name_give_way_wherever_they_stand(text: str, masked: str):
    assert who().masked(text) == masked


def test_json_keeps_its_shape():
    value = {"to": [QQ, 10001], "who": {"K4711": "钱小佳"}, "user_id": QQ, "ok": True, "none": None, "n": 1.5}
    assert who().masked(value) == {
        "to": [10001], "who": {"X": "X"}, "user_id": 0, "ok": True, "none": None, "n": 1.5,
    }  # fmt: skip


def test_a_group_with_the_number_of_a_qq_is_a_group():
    value = {"group_id": QQ, "groups": [QQ]}
    assert who().masked(value) == value


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("工号 3 的 3 天，2026-03-03（3）", "工号 X 的 3 天，2026-03-03（X）"),
        ("3", "3"),
        ("10003", "10003"),
    ],
)
def test_a_number_as_short_as_a_day_is_masked_only_where_it_is_called_a_number(text: str, masked: str):
    assert who("3").masked(text) == masked


def test_a_short_number_is_known_by_what_holds_it():
    value = {"employee_nos": ["3", "4"], "amount": "3", "employee_no": "3", "days": 3}
    assert who("3").masked(value) == {
        "employee_nos": ["X", "4"],
        "amount": "3",
        "employee_no": "X",
        "days": 3,
    }


def test_a_longer_name_is_another_name():
    assert who(name="李雷", longer=("李雷鸣",)).masked("李雷鸣、李雷、李 雷") == "李雷鸣、X、X"
    assert who(name="Tom").masked("Tom, Tomas") == "X, Tomas"


def test_a_middle_dot_is_any_middle_dot():
    assert who(name="阿依古丽·买买提").masked("阿依古丽•买买提") == "X"


def test_tells_a_number_from_a_name():
    assert who().mentioned_in({"a": ["K4711"]})
    assert not who().mentioned_in("钱小佳")
