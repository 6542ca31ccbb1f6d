from hypothesis import given
from hypothesis import strategies as st

from regulation.groups.scope import read_scope, suggest, write_scope
from regulation.model import Scope
from regulation.policy import DepartmentNames
from regulation.registry import Registry
from tests.regulation.checks import company as c

NAMES = DepartmentNames(aliases={"行政部": ("行政",)})
DEPARTMENTS = ("市场部", "市场部/华东组", "采购部", "采购部/华东组", "行政部", "研发部/市场部")
REGISTRY = Registry.build(
    [c.employee(f"A{n:03}", f"员工{n}", path) for n, path in enumerate(DEPARTMENTS)], [], NAMES, as_of=c.NOW
)


def test_reads_everyone():
    assert read_scope(" 全员 ", REGISTRY).scope == Scope(everyone=True)


def test_reads_departments_between_any_separators():
    reading = read_scope("市场部, 采购部，行政、研发部；采购部/华东组;\n", REGISTRY)
    assert reading.scope.departments == ("市场部", "采购部", "行政部", "研发部", "采购部/华东组")
    assert (reading.unknown, reading.ambiguous) == ((), ())


def test_reads_single_people():
    reading = read_scope("市场部，工号:A001；工号：a002、工号:A001", REGISTRY)
    assert reading.scope == Scope(departments=("市场部",), employee_nos=frozenset({"A001", "A002"}))


def test_says_what_it_does_not_know():
    reading = read_scope("火星部，市场部，工号:Z9", REGISTRY)
    assert reading.unknown == ("火星部", "工号:Z9")
    assert reading.scope.departments == ("市场部",)


def test_says_what_may_mean_several_departments():
    assert read_scope("华东组", REGISTRY).ambiguous == ("华东组",)


def test_a_whole_path_means_itself_even_where_it_also_names_another():
    reading = read_scope("市场部", REGISTRY)
    assert (reading.scope.departments, reading.ambiguous) == (("市场部",), ())


def test_names_in_other_spellings_are_understood():
    assert read_scope("市場部／华东组", REGISTRY).scope.departments == ("市场部/华东组",)


def test_nothing_named_is_empty():
    assert read_scope(" ，, ", REGISTRY).is_empty
    assert not read_scope("全员", REGISTRY).is_empty


def test_suggests_what_was_probably_meant():
    assert suggest(["市场"], REGISTRY)[0] == "市场部"
    assert suggest(["qwerty"], REGISTRY) == ()


scopes = st.builds(
    Scope,
    everyone=st.booleans(),
    departments=st.lists(st.sampled_from(DEPARTMENTS), unique=True).map(tuple),
    employee_nos=st.frozensets(st.sampled_from(["A000", "A001", "A005"])),
)


@given(scopes)
def test_what_is_written_reads_back_the_same(scope: Scope):
    reading = read_scope(write_scope(scope), REGISTRY)
    assert (reading.scope, reading.unknown, reading.ambiguous) == (scope, (), ())


@given(st.text(max_size=60))
def test_any_text_is_read_without_raising(text: str):
    found = read_scope(text, REGISTRY).scope
    assert found.employee_nos <= set(REGISTRY.by_no)
    assert set(found.departments) <= set(REGISTRY.tree.paths)
