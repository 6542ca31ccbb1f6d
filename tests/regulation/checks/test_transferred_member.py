from dataclasses import replace
from datetime import date

import pytest

from regulation.checks import transferred_member
from regulation.model import Scope, Transfer
from tests.regulation.checks import company as c

DONE = date(2026, 3, 1)


def found(
    to: str = "采购部", handover_on: date | None = DONE, scope: Scope | None = None, kind: c.Filing = c.FILING
):
    filing = replace(kind, scope=scope or kind.scope)
    known = c.registry(c.transferred(c.PLAIN, to, handover_on))
    return c.findings(transferred_member, c.snapshot(of=c.group(filing)), known)


def test_reports_one_whose_handover_is_complete():
    (one,) = found()
    assert (one.user_id, one.employee_no, one.reason) == (c.PLAIN, "A003", "handover_complete")
    moved = {"name": "王芳", "from": "市场部", "to": "采购部", "handover_on": "2026-03-01"}
    assert one.data == moved


def test_reports_in_a_discussion_group_too():
    assert len(found(kind=c.DISCUSSION)) == 1


def test_reports_the_latest_of_several_transfers_that_left_the_scope():
    moves = (
        Transfer("市场部", "财务部", date(2025, 1, 1), date(2025, 2, 1)),
        Transfer("市场部/华东组", "采购部", date(2026, 1, 1), DONE),
    )
    known = c.registry({c.PLAIN: c.employee("A003", "王芳", "采购部", transfers=moves)})
    (one,) = c.findings(transferred_member, c.snapshot(), known)
    assert one.data["from"] == "市场部/华东组"


@pytest.mark.parametrize("handover_on", [None, date(2026, 3, 3)])
def test_silent_while_the_handover_is_open(handover_on: date | None):
    assert found(handover_on=handover_on) == []


def test_silent_when_the_new_department_is_in_scope_too():
    assert found(to="市场部/华东组") == []
    assert found(scope=Scope(departments=("市场部", "采购部"))) == []


def test_silent_when_the_scope_is_everyone():
    assert found(scope=Scope(everyone=True)) == []


def test_silent_on_single_people_in_scope():
    assert found(scope=Scope(departments=("市场部",), employee_nos=frozenset({"A003"}))) == []


def test_silent_when_the_old_department_was_never_in_scope():
    assert found(scope=Scope(departments=("财务部",))) == []


def test_silent_on_the_departed():
    moved = c.transferred(c.PLAIN, "采购部", DONE)[c.PLAIN]
    known = c.registry({c.PLAIN: replace(moved, departed_on=DONE)})
    assert c.findings(transferred_member, c.snapshot(), known) == []


def test_silent_on_those_never_transferred():
    assert c.findings(transferred_member, c.snapshot()) == []


def test_silent_in_unfiled_and_exempt_groups():
    known = c.registry(c.transferred(c.PLAIN, "采购部", DONE))
    for of in (c.group(None), c.group(exempt=True)):
        assert c.findings(transferred_member, c.snapshot(of=of), known) == []
