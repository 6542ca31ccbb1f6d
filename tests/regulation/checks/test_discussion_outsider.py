from regulation.checks import discussion_outsider
from regulation.duties import Code
from tests.regulation.checks import company as c

TALK = c.group(c.DISCUSSION)


def test_reports_an_outsider_in_a_discussion_group():
    (found,) = c.findings(discussion_outsider, c.snapshot([c.member(c.OUTSIDER)], TALK))
    assert (found.code, found.user_id, found.reason) == (Code.D1, c.OUTSIDER, "no_identity")
    assert found.employee_no is None


def test_reports_a_binding_whose_employee_the_registry_lost():
    known = c.registry()
    lost = c.Registry.build(
        [e for e in c.PEOPLE.values() if e.employee_no != "A003"],
        known.identities.values(),
        c.POLICY.departments,
        as_of=c.NOW,
    )
    (found,) = c.findings(discussion_outsider, c.snapshot(of=TALK), lost)
    assert (found.user_id, found.reason) == (c.PLAIN, "not_in_registry")


def test_silent_on_employees():
    assert c.findings(discussion_outsider, c.snapshot(of=TALK)) == []


def test_silent_on_the_departed_who_are_another_matter():
    assert c.findings(discussion_outsider, c.snapshot(of=TALK), c.registry(c.departed(c.PLAIN))) == []


def test_silent_in_an_ordinary_group():
    assert c.findings(discussion_outsider, c.snapshot([c.member(c.OUTSIDER)])) == []


def test_silent_in_an_unfiled_group():
    assert c.findings(discussion_outsider, c.snapshot([c.member(c.OUTSIDER)], c.group(None))) == []


def test_silent_on_robots_and_the_bot():
    members = [c.member(c.BOT), c.member(c.OUTSIDER, is_robot=True)]
    assert c.findings(discussion_outsider, c.snapshot(members, TALK)) == []
