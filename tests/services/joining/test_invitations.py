"""Invitations of the bot and friend requests: judged when they come, and again when the answer goes out."""

import pytest

from services.acts import ActKind, Lane
from services.app import App
from services.groups import modes
from services.joining import invitations
from services.people import registry, staff
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co

NEW = 800001
ROUTE = Route(co.BOT, (co.GROUP,), (co.GROUP,))


@pytest.fixture
async def company(app: App) -> App:
    await co.settle_in(app)
    await registry.load(app)
    return app


async def leaves(app: App) -> None:
    await staff.depart(app, "A001", app.now().date(), by="10000")


async def answered(app: App) -> list[tuple[ActKind, bool]]:
    """Claim and begin one answer after the other; return what QQ would be told."""
    told: list[tuple[ActKind, bool]] = []
    while claimed := await bookkeeping.claim(app, Lane.ANSWER, ROUTE):
        begun = await bookkeeping.begin(app, claimed, co.BOT)
        told += [(row.kind, bool(row.payload["approve"])) for row in begun]
    return told


async def test_an_invitation_of_an_employee_is_accepted(company: App) -> None:
    await invitations.invited(company, co.BOT, NEW, co.HEAD, "f")
    assert await answered(company) == [(ActKind.ANSWER_INVITE, True)]


async def test_an_invitation_of_somebody_who_left_meanwhile_is_refused_and_told(company: App) -> None:
    await invitations.invited(company, co.BOT, NEW, co.HEAD, "f")
    await leaves(company)
    assert await answered(company) == [(ActKind.ANSWER_INVITE, False)]
    assert [who for _, who, text in await co.sent(company) if f"群 {NEW}" in text].count(co.ROOT) == 1


async def test_an_acceptance_of_before_a_pause_is_judged_after_it(company: App) -> None:
    await invitations.invited(company, co.BOT, NEW, co.HEAD, "f")
    await modes.pause(company, by="10000")
    assert await answered(company) == []
    await leaves(company)
    await modes.resume(company, by="10000")
    assert await answered(company) == [(ActKind.ANSWER_INVITE, False)]


async def test_a_friend_who_left_meanwhile_is_not_accepted(company: App) -> None:
    await invitations.befriended(company, co.BOT, co.HEAD, "f")
    await leaves(company)
    assert await answered(company) == []


async def test_a_friend_who_still_is_one_of_us_is_accepted(company: App) -> None:
    await invitations.befriended(company, co.BOT, co.HEAD, "f")
    assert await answered(company) == [(ActKind.ANSWER_FRIEND, True)]
