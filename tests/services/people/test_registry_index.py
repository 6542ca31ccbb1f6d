"""A registry brought up to date for a few people says what one that is built anew says."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from regulation.claims.identity import ContestedIdentity, Identity
from regulation.deadlines import ZONE
from regulation.model import Employee
from regulation.policy import DepartmentNames
from regulation.registry import Registry
from services.people.registry import index

AT = datetime(2026, 3, 2, tzinfo=ZONE)
NOS = ("A001", "A002", "A003", "A004")
QQS = (10001, 10002, 10003, 10004, 10005)
PLAIN = DepartmentNames()

employees = st.builds(
    Employee,
    employee_no=st.just(""),
    name=st.sampled_from(["李雷", "韩梅梅", "李雷（2）"]),
    department=st.sampled_from(["市场部", "市场部/华东组"]),
    is_head=st.booleans(),
)
companies = st.dictionaries(st.sampled_from(NOS), employees).flatmap(
    lambda some: st.tuples(
        st.just({no: replace(one, employee_no=no) for no, one in some.items()}),
        st.dictionaries(
            st.sampled_from(QQS),
            st.tuples(st.sampled_from([Identity, ContestedIdentity]), st.sampled_from(sorted(some))),
        )
        if some
        else st.just({}),
    )
)
Company = tuple[dict[str, Employee], dict[int, tuple[type[Identity], str]]]


def bound(company: Company) -> list[Identity]:
    return [kind(qq, no, "roster", AT) for qq, (kind, no) in sorted(company[1].items())]


def said(registry: Registry) -> object:
    """Return all that it says of these people and numbers."""
    day = AT.date()
    return (
        registry.by_no,
        registry.identities,
        {no: sorted(registry.qqs_of(no)) for no in NOS},
        {qq: (registry.employee_of(qq), registry.is_contested(qq)) for qq in QQS},
        {name: {one.employee_no for one in registry.named(name)} for name in ("李雷", "韩梅梅", "李雷（2）")},
        {one.employee_no for one in registry.heads_of("市场部/华东组", day)},
        registry.tree.paths,
    )


@given(companies, companies)
def test_people_changed_one_after_the_other_are_as_if_read_anew(before: Company, after: Company) -> None:
    known = index.build(before[0].values(), bound(before), PLAIN, 1, AT)
    anew = index.build(after[0].values(), bound(after), PLAIN, 2, AT)
    # Whoever differs, and both employees of an identity that moves: so `registry.bump` has it.
    changed = {no for no in NOS if before[0].get(no) != after[0].get(no)}
    moved = {qq for qq in QQS if before[1].get(qq) != after[1].get(qq)}
    changed |= {where[qq][1] for where in (before[1], after[1]) for qq in moved if qq in where}
    people = [one for no, one in after[0].items() if no in changed]
    theirs = [one for one in bound(after) if one.employee_no in changed]
    assert said(index.patched(known, changed, people, theirs, 2, AT)) == said(anew)
