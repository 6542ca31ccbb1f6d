"""Pending requests as each implementation lists them, and answers that are read back."""

import asyncio
from typing import Any

import pytest

from plugins.gateway.profiles import GO_CQHTTP, LAGRANGE, LLBOT, NAPCAT, UNKNOWN, profile_of
from services.app import App
from services.outbox import Act, ActKind, Priority
from services.ports import UnreachableError
from simulator import Failure, LateAnswer, OkButNothing, SendTimeout, World
from simulator.flags import flag_of
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.plugins.gateway.test_sender import calls, put, settled, state_of

PROFILES = ["napcat", "llbot", "lagrange", "go-cqhttp", "unknown"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.gateway.verify.JOIN_PATIENCE", 2.5)
    monkeypatch.setattr("plugins.gateway.verify.STILL_PENDING_AFTER", 0.6)
    monkeypatch.setattr("plugins.gateway.verify._JOIN_STEPS", (0.1,) * 40)


def answer(flag: str, user_id: int, *, approve: bool, reason: str = "") -> Act:
    payload = {"flag": flag, "approve": approve, "reason": reason, "request_id": 1}
    return Act(ActKind.ANSWER_REQUEST, Priority.ANSWER, payload, 700001, user_id, BOT)


def event_flag(bot: BotSide, user_id: int) -> str:
    raised = [e for e in bot.events if e["post_type"] == "request" and e["user_id"] == user_id]
    return raised[0]["flag"]


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_request_raised_while_away_is_found_with_applicant_and_comment(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await world.ask_to_join(700001, 30001, "问题：工号\n答案：A1")
    await connect(profile)

    found = await bot.gateway.pending_requests(BOT)

    assert [(r.group_id, r.user_id, r.comment) for r in found] == [(700001, 30001, "问题：工号\n答案：A1")]


@pytest.mark.parametrize("profile", ["napcat", "llbot", "lagrange", "go-cqhttp"])
async def test_a_request_has_one_flag_whether_heard_or_listed(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))

    found = await bot.gateway.pending_requests(BOT)

    assert [request.flag for request in found] == [event_flag(bot, 30001)]


@pytest.mark.parametrize("profile", ["napcat", "llbot"])
async def test_doubtful_requests_are_found_too_each_once(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect(profile)
    doubtful = await world.ask_to_join(700001, 30001, "A1", filtered=True)
    ordinary = await world.ask_to_join(700001, 30002, "A2")

    found = await bot.gateway.pending_requests(BOT)

    wanted = {flag_of(account.profile, request) for request in (doubtful, ordinary)}
    assert {request.flag for request in found} == wanted
    assert len(found) == 2


@pytest.mark.parametrize("profile", ["napcat", "llbot", "go-cqhttp", "unknown"])
async def test_settled_requests_are_left_out(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.settle_by_human(request, True, 20000)

    assert await bot.gateway.pending_requests(BOT) == []


async def test_checked_may_lie_and_who_settled_it_is_seen(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect("napcat", checked_unreliable=True)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.settle_by_human(request, False, 20000)

    assert await bot.gateway.pending_requests(BOT) == []


@pytest.mark.parametrize(("fault", "whole"), [(Failure(), True), (SendTimeout(), False)])
async def test_a_further_list_may_be_unknown_but_not_unread(
    fault: Failure | SendTimeout, whole: bool, connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect("napcat")
    account.faults.always("get_group_ignore_add_request", fault)
    await world.ask_to_join(700001, 30001, "A1")

    found = await bot.gateway.pending_requests(BOT)

    assert [request.user_id for request in found] == [30001]
    assert (found.whole, found.short) == (whole, whole)


async def test_who_asks_at_once_shares_a_list_read_after_they_asked(
    connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect("napcat")
    account.faults.always("get_group_system_msg", LateAnswer(0.3))
    first = asyncio.create_task(bot.gateway.pending_requests(BOT))
    await world.until(lambda: calls(world, "get_group_system_msg"))
    await world.ask_to_join(700001, 30001, "A1")

    others = await asyncio.gather(*(bot.gateway.pending_requests(BOT) for _ in range(50)))

    assert all([request.user_id for request in found] == [30001] for found in others)
    assert len(calls(world, "get_group_system_msg")) == 2
    await first


async def test_who_shares_a_list_that_was_not_read_is_told_so(connect: Connect, bot: BotSide) -> None:
    account = await connect("napcat")
    account.faults.always("get_group_system_msg", Failure())

    found = await asyncio.gather(
        *(bot.gateway.pending_requests(BOT) for _ in range(3)), return_exceptions=True
    )

    assert [type(one) for one in found] == [UnreachableError] * 3


async def test_null_lists_are_empty(connect: Connect, bot: BotSide) -> None:
    await connect("go-cqhttp")

    assert await bot.gateway.pending_requests(BOT) == []


async def test_only_an_unknown_implementation_is_not_trusted_with_flags(
    connect: Connect, bot: BotSide
) -> None:
    await connect("unknown")

    assert not bot.gateway.trusts_flags(BOT)


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
    ("lagrange", "answer"),
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
    connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.actions.requests.LISTED", 25)
    account = await connect("llbot")
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))
    for n in range(30):
        await world.ask_to_join(700001, 31000 + n, "A1")
    account.faults.once("set_group_add_request", OkButNothing(), times=2)
    await put(app, answer(event_flag(bot, 30001), 30001, approve=False))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], row["attempts"]) == ("done", "answer", 3)
    assert request.verdict == "reject"


async def test_an_answer_is_not_given_up_while_it_is_not_known_who_is_connected(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect()
    connection = bot.gateway.connections.get(BOT)
    request = await world.ask_to_join(700001, 30001, "A1")
    account.faults.once("set_group_add_request", OkButNothing())
    await put(app, answer(str(request.sequence), 30001, approve=True))
    await world.until(lambda: calls(world, "set_group_add_request"))
    # As right after a reconnect: looked up anew, and not answered yet.
    connection.identified.clear()
    connection.profile = UNKNOWN
    await asyncio.sleep(3.0)
    assert (await state_of(app))["state"] == "verifying"
    connection.profile = NAPCAT
    connection.identified.set()

    row = await settled(world, app)

    assert (row["state"], row["attempts"], request.verdict) == ("done", 2, "approve")


@pytest.mark.parametrize("profile", ["llbot", "lagrange", "go-cqhttp"])
async def test_a_request_settled_by_a_human_meanwhile_is_dropped(
    profile: str, connect: Connect, app: App, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services import outcomes

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
    assert ends[0].elsewhere


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
    from services.outbox import to_group

    account = await connect()
    account.faults.once("send_group_msg", Failure())
    request = await world.ask_to_join(700001, 30001, "A1")
    await put(app, *(to_group(700001, str(n)) for n in range(8)))
    await put(app, answer(str(request.sequence), 30001, approve=True))
    await world.until(lambda: 30001 in world.groups[700001].members)
    await asyncio.sleep(0)

    assert len(calls(world, "send_group_msg")) < 5


def test_profiles_are_chosen_by_name() -> None:
    known = {
        "NapCat.Onebot": NAPCAT, "LLOneBot": LLBOT, "Lagrange.OneBot": LAGRANGE, "go-cqhttp": GO_CQHTTP,
        "SnowLuma": UNKNOWN, None: UNKNOWN, 7: UNKNOWN,
    }  # fmt: skip

    assert {name: profile_of(name) for name in known} == known


@pytest.mark.parametrize("profile", [NAPCAT, LLBOT, LAGRANGE, GO_CQHTTP, UNKNOWN], ids=lambda p: p.name)
@pytest.mark.parametrize("answer", [
    None, [], {}, 7, "x", {"join_requests": None},
    {"join_requests": [None, 7, {}, {"request_id": [], "group_id": "x"}]},
    [{"sub_type": "add", "group_id": -1, "user_id": 0, "flag": None}],
])  # fmt: skip
def test_no_list_is_too_strange_to_read(profile: Any, answer: Any) -> None:
    assert profile.read_pending([answer, answer]) == []
