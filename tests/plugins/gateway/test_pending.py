"""Which join requests wait, as each implementation lists them."""

import asyncio
from typing import Any

import pytest

from plugins.gateway.profiles import GO_CQHTTP, LAGRANGE, LLBOT, NAPCAT, UNKNOWN, profile_of
from services.ports import UnreachableError
from simulator import Failure, LateAnswer, SendTimeout, World
from simulator.onebot.flags import flag_of
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.test_sender import calls

PROFILES = ["napcat", "llbot", "lagrange", "go-cqhttp", "unknown"]


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
