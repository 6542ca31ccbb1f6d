"""Events about members beside a reading of their group: none waits for the other in a circle."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select

from db.postgres.locks import Lock
from db.queries.groups import last_seen, memberships
from db.tables.requests import join_requests
from regulation.model import Member
from services.app import App
from services.joining import listed as listed_requests
from services.joining import rounds
from services.joining.heard import Heard
from services.ports import Pending
from services.watching import connected, members
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.joining.listing import Listing, asked, listed
from tests.services.watching.waits import somebody_waits


async def entered(app: App) -> None:
    await members.entered(app, co.GROUP, co.PLAIN, let_in_by=None)


async def went(app: App) -> None:
    await members.went(app, co.GROUP, co.PLAIN)


async def let_in(app: App) -> None:
    members.let_in(app, co.GROUP, co.PLAIN)


async def listed_no_more(app: App) -> None:
    """The account is on no list of groups any more: itself a member that is written."""
    assert isinstance(app.gateway, co.FakeQQ)
    app.gateway.lists = {co.OTHER: app.gateway.lists[co.OTHER]}
    await connected.compare_groups(app, co.BOT)


async def thrown_out(app: App) -> None:
    await members.group_gone(app, co.GROUP, co.BOT)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("event", [entered, went, let_in, listed_no_more, thrown_out])
async def test_an_event_waits_for_the_reading_before_it_writes(
    app: App, event: Callable[[App], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    await co.settle_in(app)
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def read() -> None:
        async with app.database.transaction() as tx:
            await tx.lock(Lock.GROUP, co.GROUP)
            await last_seen.put(tx, co.GROUP, name="改了名")
            begun.set()
            await goes_on.wait()
            seen = [Member(co.PLAIN, card="改了"), Member(co.BOT, card="改了")]
            await memberships.put_members(tx, co.GROUP, seen, app.now(), whole=False)

    async with app.database.transaction() as tx:
        await memberships.put_members(
            tx, co.GROUP, [Member(co.PLAIN), Member(co.BOT)], app.now(), whole=False
        )
    async with asyncio.timeout(300), asyncio.TaskGroup() as tasks:
        tasks.create_task(read())
        await begun.wait()
        tasks.create_task(told(app, event))
        await somebody_waits(app)
        goes_on.set()
    assert "not stored" not in caplog.text


async def told(app: App, event: Callable[[App], Awaitable[None]]) -> None:
    await event(app)
    if event in (entered, went, let_in):
        await app.work_news.wait()


@pytest.mark.parametrize(("minutes", "how"), [(0, "approve"), (2, "reject")])
async def test_who_comes_in_just_after_a_list_shows_it_settled_was_let_in(
    app: App, clock: StoppedClock, minutes: int, how: str
) -> None:
    """The list may be read before the notice is on record; somebody refused comes in later, if at all."""
    await co.settle_in(app)
    app.gateway = qq = Listing(app.clock)
    await asked(app, clock, "1")
    qq.listed = (Pending(settled=listed("1")),)
    await listed_requests.recover(app, co.BOT)
    clock.move(minutes=minutes)
    await members.entered(app, co.GROUP, 31001, let_in_by=co.OWNER)

    async with app.database.reading() as tx:
        found = await tx.rows(select(join_requests.c.state, join_requests.c.settled_as))
    assert found == [("elsewhere", how)]


async def test_who_was_refused_and_came_in_by_asking_anew_was_refused(app: App, clock: StoppedClock) -> None:
    await co.settle_in(app)
    app.gateway = qq = Listing(app.clock)
    await asked(app, clock, "1")
    qq.listed = (Pending(settled=listed("1")),)
    await listed_requests.recover(app, co.BOT)
    clock.move(seconds=20)
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, "又来了", "2"))
    clock.move(seconds=20)
    await members.entered(app, co.GROUP, 31001, let_in_by=co.OWNER)

    async with app.database.reading() as tx:
        found = await tx.rows(select(join_requests.c.flag, join_requests.c.settled_as))
    assert sorted(found) == [("1", "reject"), ("2", "approve")]
