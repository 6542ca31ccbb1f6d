from dataclasses import replace
from datetime import date

from regulation.checks import out_of_scope_member
from regulation.model import Scope
from tests.regulation.checks import company as c

FINANCE = {c.PLAIN: c.employee("A003", "王芳", "财务部")}


def found(known: c.Registry, scope: Scope | None = None, kind: c.Filing = c.FILING):
    filing = replace(kind, scope=scope or kind.scope)
    return c.findings(out_of_scope_member, c.snapshot(of=c.group(filing)), known)


def test_reports_a_member_of_another_department():
    (one,) = found(c.registry(FINANCE))
    assert (one.user_id, one.reason, one.data["department"]) == (c.PLAIN, "out_of_scope", "财务部")


def test_reports_in_a_discussion_group_too():
    assert len(found(c.registry(FINANCE), kind=c.DISCUSSION)) == 1


def test_reports_a_department_whose_name_only_begins_alike():
    assert len(found(c.registry({c.PLAIN: c.employee("A003", "王芳", "市场部二部")}))) == 1


def test_reports_one_transferred_who_never_was_in_scope():
    moved = c.registry(c.transferred(c.PLAIN, "采购部", date(2026, 3, 1), origin="财务部"))
    assert len(found(moved)) == 1


def test_silent_when_the_scope_is_everyone():
    assert found(c.registry(FINANCE), Scope(everyone=True)) == []


def test_silent_on_departments_below_one_in_scope():
    assert found(c.registry({c.PLAIN: c.employee("A003", "王芳", "市场部/华东组")})) == []


def test_silent_on_single_people_in_scope():
    assert found(c.registry(FINANCE), Scope(departments=("市场部",), employee_nos=frozenset({"A003"}))) == []


def test_silent_on_those_also_in_a_department_in_scope():
    both = replace(FINANCE[c.PLAIN], also_in=("市场部",))
    assert found(c.registry({c.PLAIN: both})) == []


def test_silent_while_the_handover_is_open():
    assert found(c.registry(c.transferred(c.PLAIN, "采购部", None))) == []


def test_silent_after_the_handover_which_is_a_matter_of_its_own():
    assert found(c.registry(c.transferred(c.PLAIN, "采购部", date(2026, 3, 1)))) == []


def test_silent_on_the_departed_and_on_strangers():
    gone = {c.PLAIN: replace(FINANCE[c.PLAIN], departed_on=date(2026, 3, 1))}
    assert found(c.registry(gone)) == []
    assert c.findings(out_of_scope_member, c.snapshot([c.member(c.OUTSIDER)])) == []


def test_silent_in_unfiled_and_exempt_groups():
    for of in (c.group(None), c.group(exempt=True)):
        assert c.findings(out_of_scope_member, c.snapshot(of=of), c.registry(FINANCE)) == []
