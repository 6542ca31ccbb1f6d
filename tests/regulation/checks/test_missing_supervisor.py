from dataclasses import replace

from regulation.checks import missing_supervisor
from regulation.model import Role
from tests.regulation.checks import company as c

UNSUPERVISED = (c.member(c.OWNER, Role.OWNER), c.member(c.ADMIN, Role.ADMIN), c.member(c.HEAD))


def found(members: tuple[c.Member, ...], known: c.Registry | None = None, of: c.Group | None = None):
    return c.findings(missing_supervisor, c.snapshot(members, of), known)


def test_reports_a_group_without_a_supervisor_and_names_who_would_qualify():
    (one,) = found(UNSUPERVISED)
    assert (one.subject, one.reason) == ("group", "no_supervisor")
    assert one.data["candidates"] == "市场部 王强（经理）"


def test_names_candidates_in_the_group_before_others():
    second = c.employee("A005", "赵敏", is_head=True)
    (one,) = found(UNSUPERVISED, c.registry({20005: second}))
    assert one.data["candidates"] == "市场部 王强（经理）"


def test_names_candidates_outside_when_none_is_in_the_group():
    second = c.employee("A005", "赵敏", is_head=True)
    (one,) = found(UNSUPERVISED[:2], c.registry({20005: second}))
    assert one.data["candidates"] == "市场部 王强（经理）、市场部 赵敏（主管）"


def test_reports_when_the_only_head_departed():
    (one,) = found(c.MEMBERS, c.registry(c.departed(c.HEAD)))
    assert (one.reason, one.data["candidates"]) == ("no_head", "")


def test_reports_when_the_head_in_office_is_of_another_department():
    other = {c.HEAD: replace(c.PEOPLE[c.HEAD], department="财务部")}
    assert len(found(c.MEMBERS, c.registry(other))) == 1


def test_reports_when_the_head_of_a_team_below_is_all_there_is():
    below = {c.HEAD: replace(c.PEOPLE[c.HEAD], department="市场部/华东组")}
    assert len(found(c.MEMBERS, c.registry(below))) == 1


def test_silent_when_the_head_is_an_admin():
    assert found(c.MEMBERS) == []


def test_silent_when_the_owner_is_the_head_himself():
    assert found((c.member(c.HEAD, Role.OWNER),)) == []


def test_silent_when_the_head_of_the_department_above_is_an_admin():
    team = c.group(replace(c.FILING, department="市场部/华东组"))
    assert found(c.MEMBERS, of=team) == []


def test_silent_when_the_filing_says_no_department_but_the_owners_identity_does():
    assert found(c.MEMBERS, of=c.group(replace(c.FILING, department=""))) == []


def test_silent_when_nobody_knows_whose_department_it_is():
    stranger = (c.member(c.OUTSIDER, Role.OWNER), c.member(c.ADMIN, Role.ADMIN))
    assert found(stranger, of=c.group(replace(c.FILING, department=""))) == []


def test_silent_in_discussion_unfiled_and_exempt_groups():
    assert found(UNSUPERVISED, of=c.group(c.DISCUSSION)) == []
    assert found(UNSUPERVISED, of=c.group(None)) == []
    assert found(UNSUPERVISED, of=c.group(exempt=True)) == []
