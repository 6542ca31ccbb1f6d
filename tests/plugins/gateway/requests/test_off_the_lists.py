"""A request that no list shows any more, or only another way."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from db.tables.work import outbox
from services.app import App
from simulator import Failure, OkButNothing, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.requests.answering import answer, push_off
from tests.plugins.gateway.sender.rows import calls, put, settled


@pytest.mark.parametrize("profile", ["napcat", "llbot", "go-cqhttp", "snowluma"])
async def test_a_refusal_that_took_and_is_off_the_list_is_done(
    profile: str, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect(profile)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    await push_off(world)
    await put(app, answer(event_flag(bot, 30001), 30001, approve=False))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], request.verdict) == ("done", "answer", "reject")


@pytest.mark.parametrize("profile", ["napcat", "llbot", "lagrange", "go-cqhttp", "snowluma"])
async def test_a_refusal_that_was_refused_and_is_off_the_list_goes_back_to_people(
    profile: str, connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.gateway.outgoing.sender._rest", lambda *_: 0.1)
    account = await connect(profile)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    await push_off(world)
    account.faults.always("set_group_add_request", Failure())
    await put(app, answer(event_flag(bot, 30001), 30001, approve=False))

    assert (await settled(world, app, within=40.0))["state"] == "dead"
    assert request.verdict is None


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("approve", [True, False])
@pytest.mark.parametrize("profile", ["napcat", "llbot", "snowluma"])
async def test_a_recovered_request_is_answered_under_the_flag_its_list_gave(
    profile: str, approve: bool, filtered: bool, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    request = await world.ask_to_join(700001, 30001, "A1", filtered=filtered)
    await connect(profile)
    (found,) = (await bot.gateway.pending_requests(BOT)).waiting
    await put(app, answer(found.flag, found.user_id or 30001, approve=approve))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("done", 1)
    assert request.verdict == ("approve" if approve else "reject")


async def test_llbot_gets_a_recovered_request_s_number_as_text(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    request = await world.ask_to_join(700001, 30001, "A1")
    await connect("llbot")
    (found,) = (await bot.gateway.pending_requests(BOT)).waiting
    await put(app, answer(found.flag, 30001, approve=True))
    await settled(world, app)

    assert [call["flag"] for call in calls(world, "set_group_add_request")] == [str(request.sequence)]


async def test_a_refusal_that_did_nothing_is_noticed_under_another_form_of_its_flag(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect("llbot")
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    account.faults.once("set_group_add_request", OkButNothing())
    await put(app, answer(event_flag(bot, 30001), 30001, approve=False))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], row["attempts"]) == ("done", "pending_list", 2)
    assert request.verdict == "reject"


@pytest.mark.parametrize("recovered", [True, False])
async def test_no_flag_is_sent_that_could_fall_back_to_another_applicant(
    recovered: bool, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect("snowluma-1.11", listed=20)
    await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    for n in range(0 if recovered else 20):
        world.add_member(700001, 40000 + n)
        await world.leave(700001, 40000 + n)
    other = await world.ask_to_join(700001, 30002, "A2")
    act = answer(event_flag(bot, 30001), 30001, approve=True)
    act.payload["recovered"] = recovered
    await put(app, act)

    row = await settled(world, app)

    assert (row["state"], calls(world, "set_group_add_request"), other.verdict) == ("dead", [], None)
    assert "QQ 里直接处理" in row["result"]


async def test_an_applicant_no_list_names_is_let_in_when_listed_as_settled(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    request = await world.ask_to_join(700001, 30001, "A1")
    await connect("snowluma")
    (found,) = (await bot.gateway.pending_requests(BOT)).waiting
    assert found.user_id == 0
    await put(app, answer(found.flag, 0, approve=True))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], request.verdict) == ("done", "pending_list", "approve")


async def test_no_answer_goes_to_what_the_same_person_asked_since_though_no_form_of_its_flag_is_listed(
    connect: Connect, app: App, world: World
) -> None:
    """Heard on an implementation whose flags name people, and answered on one whose flags name requests."""
    newer = await world.ask_to_join(700001, 30001, "A1")
    await put(app, answer("add:700001:u_thirty", 30001, approve=False))
    async with app.database.transaction() as tx:
        await tx.execute(update(outbox).values(made_at=app.now() - timedelta(hours=1)))
    await connect("napcat")

    await world.until(lambda: calls(world, "set_group_add_request"))

    assert [call["flag"] for call in calls(world, "set_group_add_request")] == ["add:700001:u_thirty"]
    assert newer.verdict is None
