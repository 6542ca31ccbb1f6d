"""Composing and judging group cards (C1, 四.1.4)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.phrases.findings import FINDINGS
from regulation.cards.card_text import head_text
from regulation.cards.group_card import CardVerdict, judge_card, right_card
from regulation.cards.names import department_key, name_key
from regulation.model import Employee, Transfer
from regulation.policy import CardFormat, Company, DepartmentNames, Policy
from regulation.registry import Registry
from tests.regulation.cards.table import OTHERS, ZHANG

DAY = date(2026, 4, 5)
NAMES = DepartmentNames(aliases={"市场部": ("市场",), "行政部": ("行政",)})
POLICY = Policy(company=Company(name="XY集团"), departments=NAMES)
ZHANG_SAN = Employee("1024", "张三", "市场部/华东组")
PEOPLE = {
    "Tom Smith of Sales": Employee("1", "Tom Smith", "Sales"),
    "阿依古丽·买买提 of 采购部": Employee("2", "阿依古丽·买买提", "采购部"),
    "李雷 of R&D/研发-测试部": Employee("3", "李雷", "R&D/研发-测试部"),
    "长安 of 市场部": Employee("4", "长安", "市场部"),
}
PEOPLE |= {
    who: Employee(f"N{no}", name, department)
    for no, who in enumerate(OTHERS)
    if who not in PEOPLE
    for name, department in [who.split(" of ")]
}
STAFF = (ZHANG_SAN, *PEOPLE.values(), Employee("5", "李四", "采购部"), Employee("6", "王五", "行政部"))
REGISTRY = Registry.build(STAFF, [], NAMES)


def policy(**card: object) -> Policy:
    return replace(POLICY, card=replace(CardFormat(), **card))  # type: ignore[arg-type]


def reason(card: str, employee: Employee = ZHANG_SAN, policy: Policy = POLICY, day: date = DAY) -> str:
    verdict = judge_card(card, employee, REGISTRY, policy, day)
    assert verdict.ok == (verdict.reason == "")
    return verdict.reason


def test_there_are_at_least_300_cards() -> None:
    assert len(ZHANG) + sum(map(len, OTHERS.values())) >= 300


@pytest.mark.parametrize(("card", "expected"), ZHANG.items())
def test_judges_a_card(card: str, expected: str) -> None:
    assert reason(card) == expected


@pytest.mark.parametrize(
    ("who", "card", "expected"), [(who, *one) for who, cards in OTHERS.items() for one in cards.items()]
)
def test_judges_cards_of_people_with_uncommon_names_and_departments(
    who: str, card: str, expected: str
) -> None:
    assert reason(card, PEOPLE[who]) == expected


def test_says_the_right_card_with_every_verdict() -> None:
    assert judge_card("三儿", ZHANG_SAN, REGISTRY, POLICY, DAY) == CardVerdict(
        False, "bad_format", "市场部-张三"
    )


@pytest.mark.parametrize(
    ("card_format", "department", "right"),
    [
        ("{department}-{name}", "top", "市场部-张三"),
        ("{department}-{name}", "leaf", "华东组-张三"),
        ("{department}-{name}", "path", "市场部/华东组-张三"),
        ("【{department}】{name}", "top", "【市场部】张三"),
        ("{department}-{name}-{title}", "top", "市场部-张三-经理"),
        ("{department}-{title}-{name}", "top", "市场部-经理-张三"),
        ("{name}（{department}）", "top", "张三（市场部）"),
    ],
)
def test_composes_the_right_card(card_format: str, department: str, right: str) -> None:
    manager = replace(ZHANG_SAN, title="经理")
    wanted = policy(format=card_format, department=department)
    assert right_card(manager, wanted) == right
    assert reason(right, manager, wanted) == ""


@pytest.mark.parametrize(
    "card_format",
    ["{department}-{name}-{title}", "{department}-{title}-{name}", "{department}-{name}({title})"],
)
def test_leaves_no_loose_separator_where_there_is_no_title(card_format: str) -> None:
    assert right_card(ZHANG_SAN, policy(format=card_format)) == "市场部-张三"


@pytest.mark.parametrize(
    ("card_format", "card", "expected"),
    [
        ("{department}-{name}-{title}", "市场部 张三 经理", ""),
        ("{department}-{name}-{title}", "市场部张三经理", ""),
        ("{department}-{name}-{title}", "市场部-张三", ""),
        ("{department}-{name}-{title}", "市场部-张三-经理-华东", ""),
        ("{department}-{name}-{title}", "市场部-张三经理人", "wrong_name"),
        ("{department}-{title}-{name}", "市场部经理张三", ""),
        ("{department}-{title}-{name}", "市场部/经理/张三", ""),
        ("{department}-{title}-{name}", "市场部-主管-张三", "bad_format"),
        ("{name}-{department}", "张三 市场部", ""),
        ("{name}-{department}", "张三（华东组）", ""),
        ("{name}-{department}", "张三-XY市场部-出差", ""),
        ("{name}-{department}", "市场部-张三", "wrong_order"),
        ("{name}-{department}", "张三-采购部", "wrong_department"),
        ("{name}-{department}", "张三", "missing_department"),
    ],
)
def test_follows_the_fields_and_their_order_in_the_format(card_format: str, card: str, expected: str) -> None:
    assert reason(card, replace(ZHANG_SAN, title="经理"), policy(format=card_format)) == expected


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("市场部-张三", ""),
        ("市场部－张三", ""),
        ("市场部-张三😀", ""),
        ("市场部-张三-华东", "bad_format"),
        ("市场部-张三（出差）", "bad_format"),
    ],
)
def test_takes_no_suffix_where_none_is_allowed(card: str, expected: str) -> None:
    assert reason(card, policy=policy(allow_suffix=False)) == expected


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ("市场部-张三", ""),
        ("市场部－张三", "bad_format"),
        ("市场部张三", "bad_format"),
        ("市場部-張三", "bad_format"),
        ("市场部-张三-华东", "bad_format"),
        ("XY市场部-张三", "bad_format"),
        ("市场-张三", "bad_format"),
        ("华东组-张三", "bad_format"),
        (" 市场部-张三", "bad_format"),
        ("采购部-张三", "wrong_department"),
        ("市场部-三儿", "wrong_name"),
        ("张三", "missing_department"),
        ("", "not_set"),
    ],
)
def test_exact_takes_the_canonical_form_alone(card: str, expected: str) -> None:
    assert reason(card, policy=policy(strictness="exact")) == expected


MOVE = Transfer("市场部/华东组", "采购部", date(2026, 4, 1), handover_on=date(2026, 4, 10))
LI_LEI = Employee("7", "李雷", "采购部", transfers=(MOVE,))


@pytest.mark.parametrize("strictness", ["tolerant", "exact"])
def test_the_old_department_passes_until_the_handover_is_complete(strictness: str) -> None:
    wanted = policy(strictness=strictness)
    for card in ("采购部-李雷", "市场部-李雷"):
        assert reason(card, LI_LEI, wanted, date(2026, 4, 9)) == ""
    assert reason("采购部-李雷", LI_LEI, wanted, date(2026, 4, 10)) == ""
    assert reason("市场部-李雷", LI_LEI, wanted, date(2026, 4, 10)) == "wrong_department"
    assert right_card(LI_LEI, wanted) == "采购部-李雷"


def test_a_further_department_passes_when_tolerant_and_not_when_exact() -> None:
    also = replace(ZHANG_SAN, also_in=("采购部",))
    assert reason("采购部-张三", also) == ""
    assert reason("采购部-张三", also, policy(strictness="exact")) == "bad_format"


def test_two_policies_and_two_registries_are_never_mistaken_for_each_other() -> None:
    plain = Registry.build(STAFF, [], DepartmentNames())
    for _ in range(3):
        assert judge_card("市场-张三", ZHANG_SAN, REGISTRY, POLICY, DAY).ok
        assert not judge_card("市场-张三", ZHANG_SAN, plain, replace(POLICY), DAY).ok
        assert not judge_card("AB市场部-张三", ZHANG_SAN, REGISTRY, POLICY, DAY).ok
        named = replace(POLICY, company=Company(keywords=("AB",)))
        assert judge_card("AB市场部-张三", ZHANG_SAN, REGISTRY, named, DAY).ok


LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Nd"), max_codepoint=0x9FFF)
WRITTEN = st.text(LETTERS, min_size=1, max_size=8)
FORMATS = st.sampled_from(
    [
        "{department}-{name}",
        "{department}{name}",
        "【{department}】{name}",
        "{department}-{name}-{title}",
        "{name}@{department}",
    ]
)


@given(
    WRITTEN, WRITTEN, WRITTEN, st.text(LETTERS, max_size=5), FORMATS, st.sampled_from(["top", "leaf", "path"])
)
def test_what_is_composed_always_passes(
    name: str, top: str, leaf: str, title: str, card_format: str, department: str
) -> None:
    one = Employee("9", name, f"{top}/{leaf}", title=title)
    registry = Registry.build([one], [], NAMES)
    for strictness in ("tolerant", "exact"):
        wanted = policy(format=card_format, department=department, strictness=strictness)
        assert judge_card(right_card(one, wanted), one, registry, wanted, DAY).ok


PIECES = st.lists(
    st.sampled_from(
        [
            "市场部",
            "市场",
            "华东组",
            "采购部",
            "张三",
            "张",
            "三",
            "丰",
            "李四",
            "XY",
            "-",
            " ",
            "（",
            "）",
            "😀",
            "1",
            "a",
        ]
    ),
    max_size=8,
).map("".join)


@given(st.one_of(PIECES, st.text(max_size=40)))
def test_a_card_that_passes_holds_the_whole_name_and_a_name_of_the_department(card: str) -> None:
    if judge_card(card, ZHANG_SAN, REGISTRY, POLICY, DAY).ok:
        assert name_key("张三") in name_key(card)
        assert any(department_key(one) in department_key(card) for one in ("市场部", "市场", "华东组"))


@given(
    st.sampled_from(["-", "—", "_", "/", ".", "|", "丨", " ", "", "】", "·", "😀"]),
    st.sampled_from(["市场部", "市场", "华东组"]),
)
def test_any_usual_separator_passes_with_any_name_of_the_department(separator: str, department: str) -> None:
    assert reason(f"{department}{separator}张三") == ""


@given(st.text(max_size=300))
def test_judges_any_text_without_a_fault(card: str) -> None:
    assert reason(card) in ("", *(name.removeprefix("C1.") for name in FINDINGS if name.startswith("C1.")))


def test_no_card_is_judged_for_ever() -> None:
    names = DepartmentNames(aliases={"A": ("AA", "AAA")})
    one = Employee("9", "AB", "A")
    registry = Registry.build([one], [], names)
    for card in ("A" * 190 + "B", "A-" * 90 + "B", "AB" * 100, " A" * 95 + "AB"):
        assert not judge_card(card, one, registry, POLICY, DAY).ok


def test_head_text_keeps_apart_what_separators_keep_apart() -> None:
    assert head_text("xy-市场部 华东组") == "xy\0市场部华东组"
