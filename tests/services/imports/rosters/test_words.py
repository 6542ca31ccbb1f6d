"""Departments, statuses and phones, in the words of each company."""

import pytest

from regulation.policy import Company, DepartmentNames, Policy, RegistryLimits
from tests.services.imports.rosters.files import HEAD, ZHANG, book, csv, one, reasons, take


@pytest.mark.parametrize(
    ("cell", "department", "also"),
    [
        ("XY公司/市场部；XY公司/采购部", "市场部", ("采购部",)),
        ("市场部,采购部", "市场部", ("采购部",)),
        ("市场部、采购部", "市场部", ("采购部",)),
        ("市场部\n采购部", "市场部", ("采购部",)),
        ("XY/市场部/华东组", "市场部/华东组", ()),
        ("XY集团 > XY科技有限公司 > 市场部", "市场部", ()),
        ("XY公司-市场部-华东组", "市场部/华东组", ()),
        ("市场部-华东组", "市场部/华东组", ()),
        ("IT-运维部", "IT-运维部", ()),
        ("XY公司", "XY公司", ()),
        ("XY上海分公司/市场部", "XY上海分公司/市场部", ()),
        ("国际业务拓展\n与战略合作部", "国际业务拓展与战略合作部", ()),
    ],
)
def test_reads_departments_as_each_writes_them(cell: str, department: str, also: tuple[str, ...]):
    person = one(book([HEAD, ("A001", "张三", cell)]))
    assert (person.department, person.also_in) == (department, also)


def test_one_or_several_is_asked_where_it_cannot_be_told():
    assert "几个" in reasons(book([HEAD, ("A001", "张三", "研发、测试部"), ("A002", "李四", "市场部")]))[2]


def test_a_department_that_is_called_so_is_one_whatever_stands_in_its_name():
    names = DepartmentNames(aliases={"行政人事部": ("行政、人事部",)})
    person = one(book([HEAD, ("A1", "张三", "行政、人事部")]), Policy(departments=names))
    assert (person.department, person.also_in) == ("行政人事部", ())


def test_an_alias_and_a_member_company_are_known():
    names = DepartmentNames(aliases={"行政部": ("行政",), "市场部": ("市场",)})
    policy = Policy(departments=names, company=Company(name="XY", keywords=("XY", "甲子")))
    assert one(book([HEAD, ("A1", "张三", "甲子有限公司/行政、市场")]), policy).also_in == ("市场部",)


# Statuses


@pytest.mark.parametrize(
    "word", ["在岗", "返聘", "产假", "病假", "停薪留职", "借调", "待离职", "转正", " 在 职 "]
)
def test_at_work(word: str):
    assert one(book([(*HEAD, "状态"), (*ZHANG, word)])).status == "regular"


@pytest.mark.parametrize("word", ["辞职", "辞退", "退休", "解除", "终止", "已离职", "除名"])
def test_has_left(word: str):
    assert one(book([(*HEAD, "状态"), (*ZHANG, word)])).status == "departed"


@pytest.mark.parametrize("word", ["外包", "劳务", "顾问", "待入职", "已停用"])
def test_a_word_nobody_knows_is_reported_until_the_policy_settles_it(word: str):
    data = book([(*HEAD, "状态"), (*ZHANG, word), ("A002", "李四", "市场部", "正式")])
    assert "registry.status_words" in reasons(data)[2]
    own = Policy(registry=RegistryLimits(status_words={word: "probation", "正式": "departed"}))
    assert [person.status for person in take(data, own).people] == ["probation", "departed"]


# Phones


@pytest.mark.parametrize(
    "cell", ["00000000000", "11111111111", "12345678901", "010-88886666转12", "021-5555666 ext. 8012", "无"]
)
def test_what_is_no_phone_of_anybody_gives_no_digits(cell: str):
    assert one(book([(*HEAD, "手机"), (*ZHANG, cell)])).phone_hash is None


def test_a_phone_as_an_exponent_is_reported():
    assert (
        "科学计数法" in reasons(csv("工号,姓名,部门,手机", "A1,张三,市场部,1.38E+10", "A2,李四,市场部,"))[2]
    )
