"""The duty that a word means."""

import pytest

from regulation.duties import DUTIES, find_duty


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("C1", "C1"), (" c1 ", "C1"), ("群名片", "C1"), ("名片", "C1"), ("离职", "L1"), ("调岗", "T1"), ("试用", "M3"),
        ("主管", "S1"), ("抽查", "X1"), ("未备案", "F1"),
        # Several, none, or no word at all.
        ("备案", None), ("讨论组", None), ("未退群", None), ("片", None), ("考勤", None), ("", None),
    ],
)  # fmt: skip
def test_a_duty_is_meant_by_what_only_its_title_holds(word: str, code: str | None):
    duty = find_duty(word)
    assert (None if duty is None else duty.code) == code


def test_every_title_means_its_own_duty():
    assert all(find_duty(duty.title) is duty for duty in DUTIES.values())
