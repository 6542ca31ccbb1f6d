"""What became of a request meanwhile, and of an invitation or a friend."""

import asyncio
from typing import Any

import pytest

from plugins.gateway.profiles import NAPCAT, UNKNOWN
from services.acts import Act, ActKind, Lapse, Priority
from services.app import App
from simulator import Failure, OkButNothing, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.requests.answering import answer
from tests.plugins.gateway.sender.rows import calls, put, settled, state_of


async def test_an_answer_is_not_given_up_while_it_is_not_known_who_is_connected(
    connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.gateway.outgoing.verify.JOIN_PATIENCE", 0.2)
    account = await connect()
    connection = bot.gateway.connections.get(BOT)
    request = await world.ask_to_join(700001, 30001, "A1")
    account.faults.once("set_group_add_request", OkButNothing())
    await put(app, answer(str(request.sequence), 30001, approve=True))
    await world.until(lambda: calls(world, "set_group_add_request"))
    # As right after a reconnect: looked up anew, and not answered yet.
    connection.identified.clear()
    connection.profile = UNKNOWN
    await asyncio.sleep(0.7)  # its patience ends, and a look or two follow
    assert (await state_of(app))["state"] == "verifying"
    connection.profile = NAPCAT
    connection.identified.set()

    row = await settled(world, app)

    assert (row["state"], row["attempts"], request.verdict) == ("done", 2, "approve")


@pytest.mark.parametrize("profile", ["llbot", "lagrange", "go-cqhttp", "snowluma"])
async def test_a_request_settled_by_a_human_meanwhile_is_dropped(
    profile: str, connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.sender import outcomes

    ends: list[Any] = []

    async def record(_app: App, _tx: Any, _row: Any, outcome: Any) -> None:
        ends.append(outcome)

    monkeypatch.setattr(outcomes, "record", record)
    await connect(profile)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    await world.settle_by_human(request, False, 20000)
    await put(app, answer(event_flag(bot, 30001), 30001, approve=True))

    assert (await settled(world, app))["state"] == "dropped"
    assert ends[0].lapse is Lapse.ELSEWHERE


async def test_a_request_a_human_approved_meanwhile_is_done(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect("go-cqhttp")
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.settle_by_human(request, True, 20000)
    await world.until(lambda: 30001 in world.groups[700001].members)
    await put(app, answer(str(request.sequence), 30001, approve=True))

    assert (await settled(world, app))["state"] == "done"


async def test_an_accepted_invitation_is_done_when_the_group_is_listed(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect()
    world.add_group(700009, "新群", 20000)
    request = await world.invite_bot(700009, BOT, 20000)
    payload = {"flag": str(request.sequence), "approve": True, "reason": "", "request_id": None}
    act = Act(ActKind.ANSWER_INVITE, Priority.ANSWER, payload, group_id=700009, user_id=20000, account=BOT)
    await put(app, act)

    assert (await settled(world, app))["confirmed_by"] == "group_list"
    assert bot.gateway.account_for(700009) == BOT


async def test_a_friend_is_accepted_and_written_to_as_such(connect: Connect, app: App, world: World) -> None:
    await connect()
    request = await world.add_friend_request(30005, BOT)
    payload = {"flag": str(request.sequence), "approve": True}
    await put(app, Act(ActKind.ANSWER_FRIEND, Priority.ANSWER, payload, user_id=30005, account=BOT))

    assert (await settled(world, app))["state"] == "done"
    await world.until(lambda: 30005 in world.friends.get(BOT, set()))


async def test_answers_overtake_messages(connect: Connect, app: App, world: World) -> None:
    from services.acts import to_group

    account = await connect()
    account.faults.once("send_group_msg", Failure())
    request = await world.ask_to_join(700001, 30001, "A1")
    await put(app, *(to_group(700001, str(n)) for n in range(8)))
    await put(app, answer(str(request.sequence), 30001, approve=True))
    await world.until(lambda: 30001 in world.groups[700001].members)
    await asyncio.sleep(0)

    assert len(calls(world, "send_group_msg")) < 5
