"""The right card is one that QQ can hold (四.1.4, worked example 7)."""

from dataclasses import replace
from datetime import date

import pytest

from regulation.cards.group_card import judge_card, lacks_department, right_card
from regulation.model import Employee
from regulation.policy import CardFormat, DepartmentNames, Policy
from regulation.registry import Registry

LONG = "国际业务拓展与战略合作部"
ALIASES = {LONG: ("国际业务部", "国际部")}
ONE = Employee("A001", "买买提·阿卜杜热合曼", LONG)


def policy(aliases: dict[str, tuple[str, ...]] | None = None, **card: object) -> Policy:
    names = DepartmentNames(aliases=aliases or {})
    return Policy(departments=names, card=replace(CardFormat(), **card))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("department", "aliases", "form", "right"),
    [
        (LONG, {}, "top", "买买提·阿卜杜热合曼"),
        (LONG, ALIASES, "top", "国际部-买买提·阿卜杜热合曼"),
        (f"{LONG}/华东组", {}, "top", "华东组-买买提·阿卜杜热合曼"),
        (f"{LONG}/华东组", ALIASES, "top", "国际部-买买提·阿卜杜热合曼"),
        (f"{LONG}/华东组", {}, "path", "华东组-买买提·阿卜杜热合曼"),
        (f"总部/{LONG}", ALIASES, "leaf", "国际部-买买提·阿卜杜热合曼"),
        ("市场部", ALIASES, "top", "市场部-买买提·阿卜杜热合曼"),
    ],
)
def test_the_right_card_is_the_first_that_fits(
    department: str, aliases: dict[str, tuple[str, ...]], form: str, right: str
) -> None:
    wanted = policy(aliases, department=form)
    one = replace(ONE, department=department)
    assert right_card(one, wanted) == right
    assert len(right.encode()) <= 60
    registry = Registry.build([one], [], wanted.departments)
    for strictness in ("tolerant", "exact"):
        strict = replace(wanted, card=replace(wanted.card, strictness=strictness))
        assert judge_card(right, one, registry, strict, date(2026, 11, 2)).ok


def test_a_title_goes_before_the_department_does() -> None:
    manager = replace(ONE, department="国际业务拓展部", title="高级项目经理")
    assert (
        right_card(manager, policy(format="{department}-{name}-{title}"))
        == "国际业务拓展部-买买提·阿卜杜热合曼"
    )


def test_what_cannot_be_met_is_never_demanded() -> None:
    wanted = policy(max_bytes=12)
    registry = Registry.build([ONE], [], wanted.departments)
    assert right_card(ONE, wanted) == ""
    assert judge_card("", ONE, registry, wanted, date(2026, 11, 2)).ok
    assert lacks_department(ONE, wanted)
    assert not lacks_department(replace(ONE, department="市场部"), policy())


def test_the_name_alone_passes_only_where_nothing_more_fits() -> None:
    registry = Registry.build([ONE], [], DepartmentNames())
    assert judge_card("买买提阿卜杜热合曼", ONE, registry, policy(), date(2026, 11, 2)).ok
    short = replace(ONE, department="市场部")
    assert not judge_card("买买提阿卜杜热合曼", short, registry, policy(), date(2026, 11, 2)).ok
