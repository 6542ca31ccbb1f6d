"""Which join requests wait, as each implementation lists them."""

import asyncio
from typing import Any

import pytest

from plugins.gateway.profiles import (
    GO_CQHTTP,
    LAGRANGE,
    LLBOT,
    NAPCAT,
    SNOWLUMA,
    SNOWLUMA_1_11,
    UNKNOWN,
    profile_of,
)
from plugins.gateway.profiles import PROFILES as ALL
from services.flags import key_of
from services.ports import Pending, UnreachableError
from simulator import Failure, LateAnswer, SendTimeout, World
from simulator.onebot.flags import flag_of
from tests.plugins.gateway.conftest import BOT, BotSide, Connect, event_flag
from tests.plugins.gateway.sender.rows import calls

PROFILES = ["napcat", "llbot", "lagrange", "go-cqhttp", "snowluma-1.11", "snowluma", "unknown"]
NAMING = [name for name in PROFILES if name != "snowluma"]


@pytest.mark.parametrize("profile", NAMING)
async def test_a_request_raised_while_away_is_found_with_applicant_and_comment(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await world.ask_to_join(700001, 30001, "问题：工号\n答案：A1")
    await connect(profile)

    found = await bot.gateway.pending_requests(BOT)

    assert [(r.group_id, r.user_id, r.comment) for r in found.waiting] == [
        (700001, 30001, "问题：工号\n答案：A1")
    ]


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "unknown"])
async def test_a_request_has_one_key_whether_heard_or_listed(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    await world.ask_to_join(700001, 30001, "A1")
    await world.until(lambda: any(event["post_type"] == "request" for event in bot.events))

    found = await bot.gateway.pending_requests(BOT)

    assert [request.key for request in found.waiting] == [key_of(event_flag(bot, 30001))]


@pytest.mark.parametrize("profile", ["napcat", "llbot"])
async def test_doubtful_requests_are_found_too_each_once(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect(profile)
    doubtful = await world.ask_to_join(700001, 30001, "A1", filtered=True)
    ordinary = await world.ask_to_join(700001, 30002, "A2")

    found = await bot.gateway.pending_requests(BOT)

    wanted = {key_of(flag_of(account.profile, request)) for request in (doubtful, ordinary)}
    assert sorted(request.key for request in found.waiting) == sorted(wanted)


@pytest.mark.parametrize("profile", ["napcat", "llbot", "go-cqhttp", "snowluma", "unknown"])
async def test_settled_requests_are_told_from_those_that_wait(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.settle_by_human(request, True, 20000)

    found = await bot.gateway.pending_requests(BOT)

    assert (len(found.waiting), len(found.settled)) == (0, 1)


@pytest.mark.parametrize("profile", ["lagrange", "snowluma-1.11"])
async def test_what_a_list_does_not_mark_as_settled_is_never_sure_to_wait(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    await world.ask_to_join(700001, 30001, "A1")

    assert [one.sure for one in (await bot.gateway.pending_requests(BOT)).waiting] == [False]


@pytest.mark.parametrize("profile", PROFILES)
async def test_notices_of_other_kinds_push_a_waiting_request_off_the_list(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    await world.ask_to_join(700001, 30001, "A1")
    for n in range(520):
        world.add_member(700001, 40000 + n)
        await world.kick_by_human(700001, 40000 + n, 20000)

    assert await bot.gateway.pending_requests(BOT) == Pending()


@pytest.mark.parametrize("names_bot", [True, False])
@pytest.mark.parametrize("profile", ["napcat", "llbot", "lagrange", "go-cqhttp"])
async def test_an_invitation_raised_while_away_is_found_with_its_inviter(
    profile: str, names_bot: bool, connect: Connect, bot: BotSide, world: World
) -> None:
    request = await world.invite_bot(800001, BOT, 20001)
    account = await connect(profile, invited_names_bot=names_bot)

    (found,) = (await bot.gateway.pending_requests(BOT)).invitations

    assert (found.group_id, found.inviter_id) == (800001, 20001)
    assert key_of(found.flag) == key_of(flag_of(account.profile, request))


async def test_llbot_emits_only_what_stands_among_the_newest(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect("llbot")
    for n in range(30):
        await world.ask_to_join(700001, 30000 + n, "A1")
    await world.until(lambda: len({e["user_id"] for e in bot.events if e["post_type"] == "request"}) == 20)

    assert len((await bot.gateway.pending_requests(BOT)).waiting) == 30


async def test_snowluma_lists_what_is_no_request_and_may_not_say_who_asks(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect("snowluma")
    await world.leave(700001, 20009)
    await world.ask_to_join(700001, 30001, "A1")

    found = await bot.gateway.pending_requests(BOT)

    assert [(one.user_id, one.sure) for one in found.waiting] == [(0, True)]
    assert found.settled == ()


async def test_checked_may_lie_and_who_settled_it_is_seen(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect("napcat", checked_unreliable=True)
    request = await world.ask_to_join(700001, 30001, "A1")
    await world.settle_by_human(request, False, 20000)

    assert (await bot.gateway.pending_requests(BOT)).waiting == ()


@pytest.mark.parametrize("fault", [Failure(), SendTimeout()])
async def test_a_further_list_may_be_unknown_or_unread(
    fault: Failure | SendTimeout, connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect("napcat")
    account.faults.always("get_group_ignore_add_request", fault)
    await world.ask_to_join(700001, 30001, "A1")

    found = await bot.gateway.pending_requests(BOT)

    assert [request.user_id for request in found.waiting] == [30001]


async def test_who_asks_at_once_shares_a_list_read_after_they_asked(
    connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect("napcat")
    account.faults.always("get_group_system_msg", LateAnswer(0.3))
    first = asyncio.create_task(bot.gateway.pending_requests(BOT))
    await world.until(lambda: calls(world, "get_group_system_msg"))
    await world.ask_to_join(700001, 30001, "A1")

    others = await asyncio.gather(*(bot.gateway.pending_requests(BOT) for _ in range(50)))

    assert all([request.user_id for request in found.waiting] == [30001] for found in others)
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

    assert await bot.gateway.pending_requests(BOT) == Pending()


@pytest.mark.parametrize("profile", PROFILES)
async def test_flags_are_trusted_but_where_they_may_hit_another(
    profile: str, connect: Connect, bot: BotSide
) -> None:
    await connect(profile)

    assert bot.gateway.trusts_flags(BOT) is (profile not in ("unknown", "snowluma-1.11"))


def test_profiles_are_chosen_by_name() -> None:
    known = {
        "NapCat.Onebot": NAPCAT, "LLOneBot": LLBOT, "Lagrange.OneBot": LAGRANGE, "go-cqhttp": GO_CQHTTP,
        "Other": UNKNOWN, None: UNKNOWN, 7: UNKNOWN,
    }  # fmt: skip

    assert {name: profile_of(name) for name in known} == known


def test_of_snowluma_the_version_decides_and_an_unreadable_one_is_an_old_one() -> None:
    known = {
        "1.11.1": SNOWLUMA_1_11, "v1.9": SNOWLUMA_1_11, "1.12.0": SNOWLUMA, "1.14.10": SNOWLUMA, "2.0": SNOWLUMA,
        "": SNOWLUMA_1_11, "5a10fc4": SNOWLUMA_1_11, None: SNOWLUMA_1_11,
    }  # fmt: skip

    assert {version: profile_of("SnowLuma", version) for version in known} == known


@pytest.mark.parametrize("profile", ALL, ids=lambda p: p.name)
@pytest.mark.parametrize("answer", [
    None, [], {}, 7, "x", {"join_requests": None},
    {"join_requests": [None, 7, {}, {"request_id": [], "group_id": "x"}]},
    [{"sub_type": "add", "group_id": -1, "user_id": 0, "flag": None}],
])  # fmt: skip
def test_no_list_is_too_strange_to_read(profile: Any, answer: Any) -> None:
    assert profile.read_pending([answer, answer], BOT) == Pending()
