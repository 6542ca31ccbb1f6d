"""Requests of which an event, or a list, doesn't say who asks: each may be somebody else's."""

import pytest

from services.app import App
from services.joining import listed as lists
from services.joining import rounds
from services.joining.heard import Heard
from services.ports import Pending, PendingRequest
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.joining.listing import Listing, asked, states


@pytest.fixture
async def qq(app: App) -> Listing:
    return await co.settle_with(Listing, app)


async def test_applicants_a_list_does_not_name_are_told_apart_and_wait_for_people(
    app: App, qq: Listing
) -> None:
    qq.listed = (Pending(tuple(PendingRequest(co.GROUP, 0, "", flag) for flag in "12")),)
    for _ in range(2):
        await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting", "2": "waiting"}


async def test_an_unnamed_row_is_the_request_whose_event_named_the_person(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1")
    qq.listed = (Pending((PendingRequest(co.GROUP, 0, "", "1"),)),)
    await lists.recover(app, co.BOT)
    assert len(await states(app)) == 1


async def test_applicants_whom_events_do_not_name_are_told_apart_and_wait_for_people(
    app: App, qq: Listing
) -> None:
    for flag in "12":
        await rounds.hear(app, Heard(co.BOT, co.GROUP, 0, "你好", flag))
    assert await states(app) == {"1": "waiting", "2": "waiting"}


async def test_an_unnamed_request_closed_too_soon_is_opened_again_though_another_came_since(
    app: App, qq: Listing
) -> None:
    first, second = (PendingRequest(co.GROUP, 0, "", flag) for flag in "12")
    for flag in "12":
        await rounds.hear(app, Heard(co.BOT, co.GROUP, 0, "你好", flag))
    qq.listed = (Pending((second,), (first,)),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "elsewhere", "2": "waiting"}

    qq.listed = (Pending((second, first)),)
    await lists.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting", "2": "waiting"}
