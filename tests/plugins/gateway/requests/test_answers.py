"""Answers to requests and invitations: given, looked up, and given once more."""

import pytest

from services.acts import Act, ActKind, Priority
from services.app import App
from simulator import PROFILES as simulated
from simulator import Failure, OkButNothing, World
from simulator.onebot.flags import flag_of
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.requests.answering import PROFILES, answer
from tests.plugins.gateway.sender.rows import calls, put, settled


@pytest.mark.parametrize("profile", PROFILES)
async def test_an_approval_is_done_when_the_applicant_is_in(
    profile: str, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect(profile)
    await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    await put(app, answer(event_flag(bot, 30001), 30001, approve=True))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], row["attempts"]) == ("done", "member_info", 1)
    assert 30001 in world.groups[700001].members


@pytest.mark.parametrize(("profile", "seen_by"), [
    ("napcat", "pending_list"), ("llbot", "pending_list"), ("go-cqhttp", "pending_list"),
    ("snowluma", "pending_list"), ("lagrange", "answer"), ("snowluma-1.11", "answer"),
])  # fmt: skip
async def test_a_rejection_is_done_when_the_request_no_longer_waits(
    profile: str, seen_by: str, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect(profile)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    await put(
        app, answer(event_flag(bot, 30001), 30001, approve=False, reason="请写明 部门 姓名 工号 手机后四位")
    )

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"]) == ("done", seen_by)
    assert (request.verdict, request.reason) == ("reject", "请写明 部门 姓名 工号 手机后四位")


@pytest.mark.parametrize(("heard", "then"), [
    ("lagrange", "napcat"), ("lagrange", "llbot"), ("llbot", "napcat"), ("llbot", "go-cqhttp"), ("napcat", "llbot"),
    ("napcat", "lagrange"), ("napcat", "snowluma"), ("snowluma", "napcat"), ("snowluma-1.11", "napcat"),
])  # fmt: skip
async def test_what_was_heard_on_one_implementation_is_answered_on_another(
    heard: str, then: str, connect: Connect, app: App, world: World
) -> None:
    await connect(then)
    request = await world.ask_to_join(700001, 30001, "A1")
    other = await world.ask_to_join(700001, 30002, "A2")
    await put(app, answer(flag_of(simulated[heard], request), 30001, approve=False))

    row = await settled(world, app)

    assert row["state"] == "done"
    assert (request.verdict, other.verdict) == ("reject", None)


@pytest.mark.parametrize(("heard", "then"), [("lagrange", "napcat"), ("napcat", "lagrange")])
async def test_so_is_an_invitation(
    heard: str, then: str, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    await connect(then)
    world.add_group(700009, "新群", 20000)
    request = await world.invite_bot(700009, BOT, 20000)
    flag = flag_of(simulated[heard], request)
    payload = {"flag": flag, "approve": True, "reason": ""}
    await put(app, Act(ActKind.ANSWER_INVITE, Priority.COURTESY, payload, 700009, 20000, BOT))

    assert (await settled(world, app))["state"] == "done"
    assert BOT in world.groups[700009].members


async def test_a_list_that_fails_costs_no_more_than_another_try(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect("lagrange")
    request = await world.ask_to_join(700001, 30001, "A1")
    account.faults.once("get_group_requests", Failure())
    await put(app, answer(str(request.sequence), 30001, approve=False))

    assert (await settled(world, app))["state"] == "done"
    assert request.verdict == "reject"


@pytest.mark.parametrize("approve", [True, False])
async def test_an_answer_that_did_nothing_is_given_once_more(
    approve: bool, connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect()
    request = await world.ask_to_join(700001, 30001, "A1")
    account.faults.once("set_group_add_request", OkButNothing())
    await put(app, answer(str(request.sequence), 30001, approve=approve))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("done", 2)
    assert request.verdict == ("approve" if approve else "reject")


async def test_an_answer_that_never_takes_is_reported_after_the_second_time(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect()
    request = await world.ask_to_join(700001, 30001, "A1")
    account.faults.always("set_group_add_request", OkButNothing())
    await put(app, answer(str(request.sequence), 30001, approve=True))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("dead", 2)
    assert "没有看到对方进群" in row["result"]


async def test_an_answer_is_never_repeated_where_it_might_hit_another(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect("unknown")
    await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    await world.ask_to_join(700001, 30002, "A2")
    account.faults.once("set_group_add_request", OkButNothing())
    await put(app, answer(event_flag(bot, 30001), 30001, approve=True))

    assert (await settled(world, app))["state"] == "dead"
    assert len(calls(world, "set_group_add_request")) == 1


async def test_a_refusal_nobody_can_look_up_is_said_three_times(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect("llbot", listed=25)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    for n in range(30):
        await world.ask_to_join(700001, 31000 + n, "A1")
    account.faults.once("set_group_add_request", OkButNothing(), times=2)
    await put(app, answer(event_flag(bot, 30001), 30001, approve=False))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], row["attempts"]) == ("done", "answer", 3)
    assert request.verdict == "reject"
