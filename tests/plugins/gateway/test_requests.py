"""Answers to requests, invitations and friends: done is what was read back."""

import asyncio
from typing import Any

import pytest

from plugins.gateway.profiles import NAPCAT, UNKNOWN
from services.acts import Act, ActKind, Lapse, Priority
from services.app import App
from simulator import PROFILES as simulated
from simulator import Failure, OkButNothing, World
from simulator.onebot.flags import flag_of
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.test_sender import calls, put, settled, state_of

PROFILES = ["napcat", "llbot", "lagrange", "go-cqhttp", "snowluma-1.11", "snowluma", "unknown"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.gateway.outgoing.verify.JOIN_PATIENCE", 2.5)
    monkeypatch.setattr("plugins.gateway.outgoing.verify.STILL_PENDING_AFTER", 0.6)
    monkeypatch.setattr("plugins.gateway.outgoing.verify._JOIN_STEPS", (0.1,) * 40)


def answer(flag: str, user_id: int, *, approve: bool, reason: str = "") -> Act:
    payload = {"flag": flag, "approve": approve, "reason": reason, "request_id": 1}
    return Act(ActKind.ANSWER_REQUEST, Priority.ANSWER, payload, 700001, user_id, BOT)


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


async def push_off(world: World) -> None:
    """Push every request off all lists by notices of other kinds."""
    for n in range(520):
        world.add_member(700001, 40000 + n)
        await world.kick_by_human(700001, 40000 + n, 20000)


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
