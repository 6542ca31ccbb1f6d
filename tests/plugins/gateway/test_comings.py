"""Accounts that come: what they run on, which groups they have, whether QQ knows them."""

from pathlib import Path

import pytest

from db.queries.groups import memberships
from plugins.gateway.calls import Call
from regulation.model import Member, Role
from services.app import App
from services.ports import UnreachableError
from simulator import Failure, LateAnswer, NoAnswer, World
from simulator.onebot import message_events
from tests.plugins.gateway.conftest import BOT, BotSide, Connect

SHARED = Path(__file__).parents[4] / "shared" / "onebot"


async def test_an_implementation_that_will_not_say_what_it_is_is_unknown(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.gateway.connecting._PAUSES", (0.05, 0.05))
    monkeypatch.setattr("plugins.gateway.connecting.ASK_AGAIN_SECONDS", 0.5)
    from simulator import Faults, Implementation

    faults = Faults()
    faults.always("get_version_info", Failure())
    account = Implementation(world, BOT, bot.url, faults=faults, heartbeat_seconds=None)
    await account.start(wait=True)
    await world.until(lambda: bot.gateway.accounts() and bot.gateway.connections.get(BOT).groups)

    assert bot.gateway.connections.get(BOT).profile.name == "unknown"
    assert not bot.gateway.trusts_flags(BOT)
    faults.clear()
    await world.until(lambda: bot.gateway.trusts_flags(BOT))
    assert bot.gateway.connections.get(BOT).profile.name == "NapCat"
    await account.stop()


async def test_who_has_not_answered_yet_is_neither_trusted_nor_distrusted(bot: BotSide, world: World) -> None:
    from simulator import Faults, Implementation

    faults = Faults()
    faults.always("get_version_info", LateAnswer(1.0))
    account = Implementation(world, BOT, bot.url, faults=faults, heartbeat_seconds=None)
    await account.start(wait=True)
    await world.until(lambda: BOT in bot.gateway.connections.numbers())

    with pytest.raises(UnreachableError):
        bot.gateway.trusts_flags(BOT)
    with pytest.raises(UnreachableError):
        await bot.gateway.pending_requests(BOT)
    await bot.gateway.connections.change(5.0)
    assert bot.gateway.trusts_flags(BOT)
    await account.stop()


async def test_only_who_refuses_each_time_will_not_say_what_it_is(
    bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.gateway.connecting._PAUSES", (0.05, 0.05))
    monkeypatch.setattr("plugins.gateway.connecting.ASK_AGAIN_SECONDS", 1.0)
    monkeypatch.setattr("plugins.gateway.calls.version_info", lambda: Call("get_version_info", {}, 0.2))
    from simulator import Faults, Implementation

    faults = Faults()
    faults.once("get_version_info", Failure())
    faults.once("get_version_info", NoAnswer())
    account = Implementation(world, BOT, bot.url, faults=faults, heartbeat_seconds=None)
    await account.start(wait=True)
    await world.until(lambda: bot.gateway.accounts() and bot.gateway.connections.get(BOT).groups)

    assert not bot.gateway.connections.get(BOT).identified.is_set()
    await world.until(bot.gateway.connections.get(BOT).identified.is_set)
    assert bot.gateway.trusts_flags(BOT)
    await account.stop()


async def test_no_group_list_at_first_is_tried_again(connect: Connect, bot: BotSide, world: World) -> None:
    from simulator import Faults, Implementation

    faults = Faults()
    faults.once("get_group_list", Failure())
    account = Implementation(world, BOT, bot.url, faults=faults, heartbeat_seconds=None)
    await account.start(wait=True)

    await world.until(lambda: bot.gateway.account_for(700001) == BOT)
    await account.stop()


async def test_an_account_qq_logged_out_is_told_through_another(
    connect: Connect, bot: BotSide, world: World
) -> None:
    world.add_group(700003, "他群", 20000, [10002])
    world.befriend(10002, 10000)
    await connect()
    await connect("napcat", 10002)

    await world.go_offline(BOT)

    await world.until(lambda: any(s.self_id == 10002 and "下线" in s.text for s in world.shown))
    assert not bot.gateway.is_online(BOT)


async def test_a_heartbeat_that_says_offline_holds_everything_back(
    connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect()
    account.online = False
    account.push(message_events.heartbeat(BOT, world.now(), 5, False))
    await world.until(lambda: not bot.gateway.is_online(BOT))

    account.push(message_events.heartbeat(BOT, world.now(), 5, True))

    await world.until(lambda: bot.gateway.is_online(BOT))


async def test_knows_at_once_that_it_was_removed_or_let_in(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect()
    world.add_group(700009, "新群", 20000)

    await world.enter(700009, BOT)
    await world.until(lambda: bot.gateway.account_for(700009) == BOT)
    await world.kick_by_human(700001, BOT, 20000)

    await world.until(lambda: bot.gateway.account_for(700001) is None)


async def test_the_admin_among_several_accounts_serves_the_group_as_soon_as_it_is_back(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    """Its requests would be left to the other one, which hears none, until the group has been read again."""
    world.add_member(700001, 10002, "second", role="member")
    async with app.database.transaction() as tx:
        ours = [Member(BOT, role=Role.ADMIN), Member(10002, role=Role.MEMBER)]
        await memberships.put_members(tx, 700001, ours, app.now(), whole=False)
    await connect("llbot", 10002)
    first = await connect("llbot")
    assert bot.gateway.account_for(700001) == BOT

    before = bot.gateway.connections.get(BOT)
    await first.drop()
    await world.until(lambda: (now := bot.gateway.connections.find(BOT)) not in (None, before) and now.groups)

    assert bot.gateway.account_for(700001) == BOT
