from regulation.checks import unverified_member
from tests.regulation.checks import company as c


def found(*members: c.Member, of: c.Group | None = None, known: c.Registry | None = None):
    return c.findings(unverified_member, c.snapshot(members or c.MEMBERS, of), known)


def test_reports_a_member_without_identity():
    (one,) = found(c.member(c.OUTSIDER, nickname="路人"))
    assert (one.user_id, one.employee_no, one.reason, one.data) == (
        c.OUTSIDER,
        None,
        "no_identity",
        {"name": "路人"},
    )


def test_reports_a_binding_whose_employee_the_registry_lost():
    rest = [e for e in c.PEOPLE.values() if e.employee_no != "A003"]
    lost = c.Registry.build(rest, c.registry().identities.values(), c.POLICY.departments, as_of=c.NOW)
    assert [(f.user_id, f.reason) for f in found(known=lost)] == [(c.PLAIN, "not_in_registry")]


def test_names_who_let_them_in_where_qq_tells():
    (one,) = found(c.member(c.OUTSIDER, let_in_by=c.ADMIN))
    assert one.data["let_in_by"] == f"李四（QQ {c.ADMIN}）"


def test_silent_when_everybody_is_verified():
    assert found() == []


def test_silent_on_the_departed_who_are_another_matter():
    assert found(known=c.registry(c.departed(c.PLAIN))) == []


def test_silent_on_the_bot_and_on_robots():
    assert found(c.member(c.BOT), c.member(c.OUTSIDER, is_robot=True)) == []


def test_silent_in_a_discussion_group_which_has_a_duty_of_its_own():
    assert found(c.member(c.OUTSIDER), of=c.group(c.DISCUSSION)) == []


def test_silent_in_unfiled_and_exempt_groups():
    assert found(c.member(c.OUTSIDER), of=c.group(None)) == []
    assert found(c.member(c.OUTSIDER), of=c.group(exempt=True)) == []
