"""Two accounts that both reach somebody: what one of them can't say the other one does."""

from dataclasses import replace

import pytest

from plugins.gateway.outgoing import sender
from services.acts import to_person
from services.app import App
from services.sender import bound
from simulator import World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.plugins.gateway.sender.rows import put, settled

SECOND, STAFF = 10002, 10000


@pytest.fixture
def app(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """What waits for an account that is away is looked for sooner."""
    monkeypatch.setattr(sender, "REPORT_SECONDS", 0.2)
    monkeypatch.setattr(bound, "AWAY_SECONDS", 0.5)
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

    await put(app, to_person(STAFF, "请看待办", via_group=700001))

    assert (await settled(world, app))["acted_by"] == SECOND


async def test_what_was_left_to_an_account_that_does_not_come_back_is_said_by_another(
    connect: Connect, app: App, world: World
) -> None:
    await connect("napcat", SECOND)
    await put(app, replace(to_person(STAFF, "请看待办"), account=BOT))

    assert (await settled(world, app))["acted_by"] == SECOND
