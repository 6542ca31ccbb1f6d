"""Two accounts that both reach somebody: what one of them can't say the other one does."""

from dataclasses import replace

import pytest

from db.queries.groups import memberships
from plugins.gateway.outgoing import lane, sender
from regulation.model import Member
from services.acts import to_person
from services.app import App, Peers
from services.sender import absence
from simulator import Implementation, World
from simulator.onebot import message_events
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.plugins.gateway.sender.rows import calls, put, settled, state_of

SECOND, STAFF, ONLY_BOTS = 10002, 10000, 20077


@pytest.fixture
def app(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """What waits for an account that is away is looked for sooner."""
    monkeypatch.setattr(sender, "REPORT_SECONDS", 0.2)
    monkeypatch.setattr(absence, "AWAY_SECONDS", 0.5)
    return app


@pytest.fixture(autouse=True)
def friends(world: World) -> None:
    world.add_group(700003, "他群", 20000, [SECOND])
    for account in (BOT, SECOND):
        world.befriend(account, STAFF)


async def test_what_is_to_be_said_goes_by_the_friend_that_qq_has_logged_in(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect()
    await connect("napcat", SECOND)
    await world.go_offline(BOT)
    await world.until(lambda: not bot.gateway.is_online(BOT))

    await settled(world, app)  # that it was logged out

    await put(app, to_person(STAFF, "请看待办", via_group=700001))

    assert (await settled(world, app, 2))["acted_by"] == SECOND


async def test_what_only_an_account_that_qq_has_logged_out_can_say_to_staff_waits_a_while_for_it(
    connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is no friend of theirs, is refused, and tries again when the first may be back."""
    monkeypatch.setattr(lane, "AGAIN_SECONDS", (1.0, 1.0))
    monkeypatch.setattr(lane, "SETTLING_SECONDS", 0.0)
    world.befriend(BOT, ONLY_BOTS)
    first = await connect()
    await connect("napcat", SECOND)
    await world.go_offline(BOT)
    await world.until(lambda: not bot.gateway.is_online(BOT))
    await settled(world, app)  # that it was logged out

    await put(app, to_person(ONLY_BOTS, "请看待办", purpose="staff"))
    await world.until(lambda: ONLY_BOTS in [call["user_id"] for call in calls(world, "send_private_msg")])
    first.push(message_events.heartbeat(BOT, world.now(), 5, True))

    assert (await settled(world, app, 2))["acted_by"] == BOT


async def test_what_was_refused_is_passed_on_to_none_that_qq_has_logged_out(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect()
    await connect("napcat", SECOND)
    app.peers = Peers(others=frozenset({10003}))
    await world.go_offline(SECOND)
    await world.until(lambda: not bot.gateway.is_online(SECOND))

    assert bot.gateway.next_holder(BOT, 1) == 10003
    assert bot.gateway.next_holder(SECOND, 1) == 10003


async def test_what_was_left_to_an_account_that_does_not_come_back_is_said_by_another(
    connect: Connect, app: App, world: World
) -> None:
    await connect("napcat", SECOND)
    await put(app, replace(to_person(STAFF, "请看待办"), account=BOT))

    assert (await settled(world, app))["acted_by"] == SECOND


async def test_what_goes_through_a_group_waits_for_its_account_that_is_away_for_a_moment(
    connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is in no group with them: it would be refused, and the message be given up."""
    monkeypatch.setattr(absence, "AWAY_SECONDS", 600.0)
    first = await with_its_group_away(connect, app, bot, world)
    await put(app, to_person(20001, "请改名片", via_group=700001), to_person(STAFF, "请看待办"))

    assert (await settled(world, app, 2))["acted_by"] == SECOND
    assert (await state_of(app, 1))["state"] == "waiting"
    await first.start(wait=True)
    assert (await settled(world, app, 1))["acted_by"] == BOT


async def test_what_goes_through_the_group_of_an_account_that_stays_away_is_tried_by_another(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await with_its_group_away(connect, app, bot, world)
    await put(app, to_person(20001, "请改名片", via_group=700001))

    assert (await settled(world, app))["acted_by"] == SECOND


async def with_its_group_away(connect: Connect, app: App, bot: BotSide, world: World) -> Implementation:
    """Have the one account that is in 700001 go away."""
    async with app.database.transaction() as tx:
        await memberships.put_members(tx, 700001, [Member(BOT), Member(20001)], app.now(), whole=False)
    await connect("napcat", SECOND)
    first = await connect()
    await first.stop()
    await world.until(lambda: bot.gateway.accounts() == (SECOND,))
    return first
