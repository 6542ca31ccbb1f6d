"""A QQ account is served by one process: refused, given up, and handed on."""

import asyncio
from functools import partial

from sqlalchemy import select

from db.postgres.signals import Signals
from db.tables.work import outbox
from plugins.gateway.connecting import CLAIM_SECONDS
from services.acts import to_person
from services.app import App, Peers
from services.outbox import queue
from simulator import World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect


async def test_an_account_that_was_lost_is_no_longer_served_and_hung_up_on(
    app: App, world: World, bot: BotSide, connect: Connect
) -> None:
    await connect()
    hung_up: list[int] = []

    async def hang_up() -> None:
        hung_up.append(BOT)

    ask = bot.gateway.connections.get(BOT)._transport
    bot.comings.connect(BOT, ask, hang_up)
    app.signals = Signals(app.database, app.worker, lambda topic: None)
    bot.comings.heed_losses(app.signals)
    app.signals.lost.put_nowait(BOT)

    await world.until(lambda: hung_up == [BOT], what="hung up on")
    assert bot.gateway.accounts() == ()


async def test_events_of_an_account_wait_until_it_is_known_whose_it_is(
    app: App, world: World, bot: BotSide, connect: Connect
) -> None:
    await connect()

    now = asyncio.get_running_loop().time()
    assert await bot.comings.is_served(BOT, now)
    refused = bot.comings.is_served(10002, now)
    bot.comings.refuse(10002)
    assert not await refused


async def test_what_came_by_a_connection_long_gone_waits_for_nobody(bot: BotSide) -> None:
    long_ago = asyncio.get_running_loop().time() - CLAIM_SECONDS
    async with asyncio.timeout(CLAIM_SECONDS / 2):
        assert not await bot.comings.is_served(BOT, long_ago)


async def test_a_private_message_that_is_refused_is_passed_on_until_all_our_accounts_have_tried(
    app: App, world: World, bot: BotSide, connect: Connect
) -> None:
    await connect()
    app.peers = Peers(others=frozenset({10002}))
    async with app.database.transaction() as tx:
        await queue(app, tx, to_person(39999, "您好"))

    async def is_now(wanted: tuple[object, ...]) -> bool:
        async with app.database.reading() as tx:
            found = await tx.rows(select(outbox.c.state, outbox.c.account, outbox.c.attempts))
        return tuple(found[0]) == wanted

    await world.until(partial(is_now, ("waiting", 10002, 1)), what="passed on")
    async with app.database.transaction() as tx:
        # As if the other process had been refused and passed it on in turn.
        await tx.execute(outbox.update().values(account=BOT))
        tx.after_commit(app.outbox_news.set)
    await world.until(partial(is_now, ("dead", BOT, 2)), what="given up")
