"""One key for a name, whoever wrote it how; what is shown is the cleaned name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulation.cards.characters import folded
from regulation.cards.names import clean_name, name_key, parts_of
from regulation.model import Employee
from regulation.policy import DepartmentNames
from regulation.registry import Registry


@pytest.mark.parametrize(
    "spellings",
    [
        ("張昇", "张昇", "张升", "張陞"),
        ("蕭乾", "萧乾"),
        ("沈思", "沈 思", "沈　思", "瀋思"),
        ("錢鍾書", "钱锺书", "钱钟书"),
        ("余", "餘", "馀"),
        ("于", "於"),
        ("徵", "征"),
        ("髙", "高"),
        ("峯", "峰"),
        ("⻢", "⾺", "馬", "马"),
        ("阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提", "阿依古丽ㆍ买买提", "阿依古丽买买提"),
        ("O'Brien", "O’Brien", "O‘Brien", "OʼBrien", "o＇brien"),
        ("Tom Smith", "TOM  SMITH", "Ｔｏｍ　Ｓｍｉｔｈ", "tom.smith"),
        ("王伟(小)", "王伟（小）", "王伟小"),
    ],
)
def test_two_ways_of_writing_a_name_meet(spellings: tuple[str, ...]) -> None:
    assert len({name_key(one) for one in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("沈思", "沉思"),
        ("萧乾", "萧干"),
        ("萧乾", "萧幹"),
        ("王喆", "王哲"),
        ("李堃", "李坤"),
        ("陈淼", "陈渺"),
        ("王著", "王着"),
        ("李芸", "李艺"),
        ("张三", "张三丰"),
        ("Lu Wei", "Lü Wei"),
    ],
)
def test_distinct_names_stay_apart(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


RADICALS = [chr(code) for code in (*range(0x2E81, 0x2EF4), *range(0x2F00, 0x2FD6)) if code != 0x2E9A]


@pytest.mark.parametrize("radical", RADICALS)
def test_every_radical_is_the_character_it_looks_like(radical: str) -> None:
    for text in (folded(unicodedata.normalize("NFKC", radical)), clean_name(radical + "云")):
        assert "RADICAL" not in unicodedata.name(text[0])
    assert name_key(radical + "云") == name_key(clean_name(radical + "云"))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("沈　思", "沈思"),
        (" 张  三 ", "张三"),
        ("⻢云", "马云"),
        ("⽅⿓", "方龍"),
        ("阿依古丽 . 买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("Tom   Smith", "Tom Smith"),
        ("Ｔｏｍ", "Tom"),
        ("T. Smith", "T. Smith"),
        ("O’Brien", "O'Brien"),
        ("Tony  张三", "Tony 张三"),
        ("王伟（小）", "王伟（小）"),
        ("張昇", "張昇"),
        ("张\u200b三", "张三"),
    ],
)
def test_what_is_shown_is_the_cleaned_name(written: str, shown: str) -> None:
    assert clean_name(written) == shown


@pytest.mark.parametrize(
    ("name", "bare", "marks"),
    [
        ("王伟(小)", "王伟", ("小",)),
        ("王伟（大）", "王伟", ("大",)),
        ("王伟-小", "王伟", ("小",)),
        ("王伟A", "王伟", ("a",)),
        ("王伟①", "王伟", ("1",)),
        ("张三(Tony)", "张三", ("tony",)),
        ("Tony 张三", "张三", ("tony",)),
        ("阿依古丽·买买提（小）", "阿依古丽买买提", ("小",)),
        ("张三（已离职）", "张三", ("已离职",)),
        ("Tom Smith", "tomsmith", ()),
        ("欧阳娜娜", "欧阳娜娜", ()),
        ("沈思", "沈思", ()),
        ("小", "小", ()),
    ],
)
def test_tells_a_namesakes_mark_from_the_name(name: str, bare: str, marks: tuple[str, ...]) -> None:
    parts = parts_of(name)
    assert (parts.bare, parts.marks, parts.sure) == (bare, marks, True)


def numbers(registry: Registry, name: str) -> set[str]:
    return {one.employee_no for one in registry.named(name)}


def test_a_name_is_found_with_its_mark_and_without() -> None:
    people = [
        Employee(str(no), name, "市场部")
        for no, name in enumerate(("王伟(小)", "王伟A", "王伟", "Tony 王伟"))
    ]
    registry = Registry.build(people, [], DepartmentNames())
    assert numbers(registry, "王伟") == {"0", "1", "2", "3"}
    assert numbers(registry, "王偉（小）") == {"0"}
    assert numbers(registry, "Tony王伟") == {"3"}


def test_a_last_character_is_a_mark_only_beside_a_namesake() -> None:
    alone = Registry.build([Employee("1", "李伟大", "市场部")], [], DepartmentNames())
    assert numbers(alone, "李伟") == set()
    assert numbers(alone, "李伟大") == {"1"}
    two = [Employee("1", "王伟大", "市场部"), Employee("2", "王伟小", "市场部")]
    assert numbers(Registry.build(two, [], DepartmentNames()), "王伟") == {"1", "2"}


@given(st.text(max_size=20))
def test_keys_and_cleaned_names_are_stable(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert clean_name(clean_name(text)) == clean_name(text)
    assert folded(folded(text)) == folded(text)
