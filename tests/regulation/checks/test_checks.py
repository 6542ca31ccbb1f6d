"""What holds of the checks together: the table, the page, one inspection."""

import ast
import string
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from config.phrases.findings import FINDINGS
from regulation.checks import CHECKS, Check
from regulation.checks.page import render_checks_page
from regulation.duties import DUTIES, Code
from regulation.model import Role
from tests.regulation.checks import company as c

ROOT = Path(__file__).parents[3]
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda one: str(one.CODE))


def name_of(check: Check) -> str:
    return cast("ModuleType", check).__name__.rpartition(".")[2]


def test_every_duty_but_the_spot_check_has_exactly_one_check():
    assert sorted(one.CODE for one in CHECKS) == sorted(set(Code) - {Code.X1})


def test_checks_stand_in_alphabetical_order():
    assert [name_of(one) for one in CHECKS] == sorted(name_of(one) for one in CHECKS)


@each_check
def test_a_check_is_named_and_documented_as_its_duty(check: Check):
    duty, text = DUTIES[check.CODE], check.__doc__ or ""
    assert name_of(check) == duty.check
    assert text.startswith(f"{duty.code} {duty.check}: ")
    assert f"Clause: {duty.clause}" in text or duty.clause in text
    assert "Liable:" in text or check.CODE is Code.S1
    assert "Violating:" in text
    assert "Compliant:" in text


@each_check
def test_a_check_has_a_mirrored_test_that_is_silent_at_least_as_often(check: Check):
    tree = ast.parse((Path(__file__).parent / f"test_{name_of(check)}.py").read_text("utf-8"))
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    silent = sum(name.startswith("test_silent") for name in names)
    assert silent >= sum(name.startswith("test_reports") for name in names) > 0


@each_check
def test_a_check_has_its_line_on_the_page(check: Check):
    page = (ROOT / "docs" / "checks.md").read_text("utf-8")
    assert f"| {check.CODE} | `{name_of(check)}` |" in page
    assert f"## {check.CODE} `{name_of(check)}`" in page


def test_the_page_is_the_one_rendered_from_the_checks():
    assert (ROOT / "docs" / "checks.md").read_text("utf-8") == render_checks_page()


def test_phrases_are_known_codes_with_known_fields():
    fields = {name for text in FINDINGS.values() for _, name, _, _ in string.Formatter().parse(text) if name}
    assert {key.partition(".")[0] for key in FINDINGS} == {one.CODE.value for one in CHECKS}
    assert not any("employee" in name or "phone" in name for name in fields)


def everything_wrong() -> tuple[c.GroupSnapshot, c.Registry]:
    changes = {
        **c.departed(c.PLAIN),
        **c.transferred(c.ADMIN, "采购部", c.NOW.date()),
        20006: c.employee("A006", "新人", employment=c.Status.PROBATION),
        20007: c.employee("A007", "外部门", "财务部"),
    }
    members = (
        c.member(c.OWNER, Role.OWNER, card="老大"),
        *(c.member(one) for one in (c.ADMIN, c.PLAIN, 20006, 20007, c.OUTSIDER)),
    )
    return c.snapshot(members, name="XY市场部群"), c.registry(changes)


def test_one_inspection_finds_everything_and_each_in_words():
    seen, known = everything_wrong()
    inspection = c.found_by_all(seen, known)
    wanted = {Code.C1, Code.F2, Code.F3, Code.L1, Code.M1, Code.M2, Code.M3, Code.S1, Code.T1}
    assert {f.code for f in inspection.findings} == wanted
    for found in inspection.findings:
        assert FINDINGS[f"{found.code}.{found.reason}"].format(**found.data)


def test_no_finding_tells_an_employee_number():
    seen, known = everything_wrong()
    for found in c.found_by_all(seen, known).findings:
        assert not any(no in value for no in known.by_no for value in found.data.values())


def test_nothing_is_said_of_an_incomplete_list():
    seen, known = everything_wrong()
    inspection = c.found_by_all(replace(seen, complete=False), known)
    assert (inspection.findings, inspection.unknown) == ((), "incomplete")


def test_nothing_is_said_of_a_list_with_nobody_on_it():
    assert c.found_by_all(c.snapshot(())).unknown == "incomplete"


def test_an_empty_registry_accuses_nobody_not_even_of_an_unfiled_group():
    unfiled = c.snapshot(of=c.group(None))
    assert c.found_by_all(unfiled, c.registry_of({})).unknown == "empty"
    never_imported = c.registry_of(c.PEOPLE, as_of=None)
    assert c.found_by_all(unfiled, never_imported).unknown == "empty"


def test_a_stale_registry_accuses_nobody():
    old = c.registry_of(c.PEOPLE, as_of=c.NOW - timedelta(days=46))
    assert c.found_by_all(c.snapshot(), old).unknown == "stale"
    assert (
        c.found_by_all(c.snapshot(), c.registry_of(c.PEOPLE, as_of=c.NOW - timedelta(days=45))).unknown
        is None
    )


def test_a_waiver_silences_its_own_duty_only():
    waived = c.group(waivers=frozenset({(c.PLAIN, "C1")}))
    wrong = [*c.MEMBERS[:-1], c.member(c.PLAIN, card="小芳")]
    assert c.found_by_all(c.snapshot(wrong, waived)).findings == ()
    gone = c.found_by_all(c.snapshot(wrong, waived), c.registry(c.departed(c.PLAIN)))
    assert Code.L1 in {f.code for f in gone.findings}


def test_a_waiver_of_the_owner_silences_a_duty_of_the_group():
    waived = c.group(None, waivers=frozenset({(c.OWNER, "F1")}))
    assert c.found_by_all(c.snapshot(of=waived)).findings == ()


def test_of_a_discussion_group_that_outlived_its_end_the_waiver_is_its_initiators():
    ended = replace(c.DISCUSSION, ends_on=date(2026, 3, 1), initiator_id=c.PLAIN)

    def found(waived: int) -> set[Code]:
        group = c.group(ended, waivers=frozenset({(waived, "D2")}))
        return {one.code for one in c.found_by_all(c.snapshot(of=group)).findings}

    assert found(c.OWNER) - found(c.PLAIN) == {Code.D2}


def test_a_member_listed_twice_is_found_once():
    twice = c.snapshot([*c.MEMBERS, c.member(c.OUTSIDER), c.member(c.OUTSIDER)])
    assert [f.code for f in c.found_by_all(twice).findings] == [Code.M1]
