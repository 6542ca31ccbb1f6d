from datetime import date

import pytest

from regulation.checks import card_format
from tests.regulation.checks import company as c


def silent(*members: c.Member, known: c.Registry | None = None, of: c.Group | None = None) -> bool:
    return not c.findings(card_format, c.snapshot(members, of), known)


def test_reports_a_wrong_card_with_what_was_seen_and_the_right_one():
    (found,) = c.findings(card_format, c.snapshot([c.member(c.PLAIN, card="小芳")]))
    assert (found.user_id, found.employee_no, found.subject) == (c.PLAIN, "A003", str(c.PLAIN))
    assert (found.data["card"], found.data["right"]) == ("小芳", "市场部-王芳")


def test_reports_a_card_that_was_never_set():
    (found,) = c.findings(card_format, c.snapshot([c.member(c.PLAIN, card="", nickname="市场部-王芳")]))
    assert found.data["card"] == ""


def test_reports_the_owner_like_anybody_else():
    assert not silent(c.member(c.OWNER, c.Role.OWNER, card="老大"))


def test_silent_on_the_right_card():
    assert silent(c.member(c.PLAIN))


def test_silent_on_people_without_identity_who_are_no_card_matter():
    assert silent(c.member(c.OUTSIDER, card="随便"))


@pytest.mark.parametrize("who", [c.member(c.BOT, card=""), c.member(c.PLAIN, card="", is_robot=True)])
def test_silent_on_the_bot_and_on_robots(who: c.Member):
    assert silent(who)


def test_silent_on_the_departed_who_are_to_leave_anyway():
    assert silent(c.member(c.PLAIN, card="小芳"), known=c.registry(c.departed(c.PLAIN)))


def test_silent_on_whom_a_transfer_took_out_of_scope():
    moved = c.registry(c.transferred(c.PLAIN, "采购部", date(2026, 3, 1)))
    assert silent(c.member(c.PLAIN, card="小芳"), known=moved)


def test_reports_the_card_of_one_transferred_within_the_scope():
    moved = c.registry(c.transferred(c.PLAIN, "采购部", date(2026, 3, 1)))
    everyone = c.group(c.replace(c.FILING, scope=c.Scope(everyone=True)))
    (found,) = c.findings(card_format, c.snapshot([c.member(c.PLAIN)], everyone), moved)
    assert found.data["right"] == "采购部-王芳"


def test_silent_in_an_unfiled_group():
    assert silent(c.member(c.PLAIN, card="小芳"), of=c.group(None))


def test_silent_in_the_group_of_admin_staff():
    assert silent(c.member(c.PLAIN, card="小芳"), of=c.group(exempt=True))
