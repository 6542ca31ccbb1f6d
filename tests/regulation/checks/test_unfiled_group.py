import pytest

from regulation.checks import unfiled_group
from regulation.model import FilingState
from tests.regulation.checks import company as c


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (FilingState.NONE, "never_filed"),
        (FilingState.DRAFT, "never_filed"),
        (FilingState.WITHDRAWN, "never_filed"),
        (FilingState.RETURNED, "returned"),
        (FilingState.CLOSED, "closed"),
        (FilingState.WITH_HEAD, "in_review"),
        (FilingState.WITH_ADMIN, "in_review"),
    ],
)
def test_reports_a_group_without_approved_filing_and_how_far_it_got(state: FilingState, reason: str):
    (found,) = c.findings(unfiled_group, c.snapshot(of=c.group(None, filing_state=state)))
    assert (found.subject, found.reason, found.user_id) == ("group", reason, None)


def test_silent_on_a_filed_group():
    assert c.findings(unfiled_group, c.snapshot()) == []


def test_silent_on_a_discussion_group():
    assert c.findings(unfiled_group, c.snapshot(of=c.group(c.DISCUSSION))) == []


def test_silent_on_the_group_of_admin_staff():
    assert c.findings(unfiled_group, c.snapshot(of=c.group(None, exempt=True))) == []


@pytest.mark.parametrize("state", [FilingState.WITH_ADMIN, FilingState.RETURNED])
def test_silent_while_an_approved_filing_is_in_force_whatever_else_is_handed_in(state: FilingState):
    assert c.findings(unfiled_group, c.snapshot(of=c.group(filing_state=state))) == []


def test_silent_on_a_filing_taken_over_with_hardly_anything_said():
    bare = c.Filing("备案2026-0002", None, None, None, c.Scope(everyone=True))
    assert c.findings(unfiled_group, c.snapshot(of=c.group(bare))) == []


def test_silent_on_a_group_filed_by_another_name():
    assert c.findings(unfiled_group, c.snapshot(name="别的群")) == []


def test_silent_on_a_filed_group_nobody_owns_on_the_list():
    assert c.findings(unfiled_group, c.snapshot([c.member(c.PLAIN)])) == []


def test_silent_on_a_filed_group_in_observe_mode():
    watched = c.group(mode=c.POLICY.company.default_mode)
    assert c.findings(unfiled_group, c.snapshot(of=watched)) == []
