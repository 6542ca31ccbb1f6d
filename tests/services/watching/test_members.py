"""Events about members beside a reading of their group: none waits for the other in a circle."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from db.postgres.locks import Lock
from db.queries.groups import last_seen, memberships
from regulation.model import Member
from services.app import App
from services.watching import connected, members
from tests import company as co
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
