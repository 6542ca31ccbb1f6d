"""Answering requests, and finding those that wait."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import PROFILES, World
from simulator.onebot.flags import flag_of
from tests.simulator.conftest import (
    APPLICANT,
    BARE_GROUP,
    BOT,
    GROUP,
    INVITING_GROUP,
    MEMBER,
    OWNER,
    Connect,
    TinyBot,
)

ALL = pytest.mark.parametrize("profile", sorted(PROFILES))


async def answer(bot: TinyBot, flag: str, approve: bool = True, **more: Any) -> dict[str, Any]:
    fields = {"flag": flag, "sub_type": "add", "approve": approve} | more
    return await bot.call("set_group_add_request", **fields)


@ALL
async def test_an_approved_applicant_gets_in_a_little_later(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    request = await world.ask_to_join(GROUP, APPLICANT, "A1", "新人")
    event = await bot.event(post_type="request")
    assert (await answer(bot, event["flag"]))["status"] == "ok"
    assert APPLICANT not in world.groups[GROUP].members
    await world.until(lambda: APPLICANT in world.groups[GROUP].members, what="the applicant in")
    await bot.event(notice_type="group_increase", user_id=APPLICANT)
    assert (request.verdict, request.settled_by) == ("approve", BOT)


@ALL
async def test_a_rejected_applicant_stays_out(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    request = await world.ask_to_join(GROUP, APPLICANT, "A1")
    event = await bot.event(post_type="request")
    await answer(bot, event["flag"], approve=False, reason="请写工号")
    assert (request.verdict, request.reason) == ("reject", "请写工号")
    assert [h.kind for h in world.happened] == ["request_raised", "request_settled"]


@pytest.mark.parametrize(
    ("profile", "status", "retcode"),
    [("napcat", "ok", 0), ("llbot", "failed", 1200), ("lagrange", "ok", 1), ("go-cqhttp", "failed", 100)],
)
async def test_answering_what_a_human_settled(
    profile: str, status: str, retcode: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    account = await connect(profile)
    request = await world.ask_to_join(GROUP, APPLICANT, "A1")
    await world.settle_by_human(request, False, OWNER, "不认识")
    settled = await answer(bot, flag_of(account.profile, request))
    assert (settled["status"], settled["retcode"]) == (status, retcode)
    assert (request.verdict, request.settled_by) == ("reject", OWNER)


async def test_go_cqhttp_says_which_error_it_is(world: World, bot: TinyBot, connect: Connect) -> None:
    account = await connect("go-cqhttp")
    request = await world.ask_to_join(GROUP, APPLICANT, "A1")
    flag = flag_of(account.profile, request)
    assert (await answer(bot, flag, sub_type="invite"))["msg"] == "FLAG_NOT_FOUND"
    assert (await answer(bot, flag))["status"] == "ok"
    again = await answer(bot, flag)
    assert (again["msg"], again["wording"]) == ("FLAG_HAS_BEEN_CHECKED", "消息已被处理")


@pytest.mark.parametrize(
    ("profile", "retcode"), [("napcat", 1200), ("llbot", 1200), ("lagrange", 200), ("go-cqhttp", 100)]
)
async def test_a_flag_nobody_has(
    profile: str, retcode: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    assert (await answer(bot, "nope"))["retcode"] == retcode


async def test_an_unknown_implementation_may_settle_somebody_elses_request(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("unknown")
    first = await world.ask_to_join(GROUP, APPLICANT, "first")
    second = await world.ask_to_join(GROUP, 30002, "second")
    pending = await bot.data("get_group_system_msg")
    entry = next(e for e in pending["join_requests"] if e["requester_uin"] == 30002)
    assert (await answer(bot, str(entry["request_id"])))["status"] == "ok"
    assert (first.verdict, second.verdict) == ("approve", None)


@pytest.mark.parametrize(("profile", "status"), [("napcat", "ok"), ("llbot", "failed")])
async def test_answering_without_the_right_does_nothing(
    profile: str, status: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    account = await connect(profile)
    request = await world.ask_to_join(BARE_GROUP, APPLICANT, "A1")
    assert (await answer(bot, flag_of(account.profile, request)))["status"] == status
    assert request.verdict is None


async def test_napcat_lists_the_applicant_as_invitor(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await world.ask_to_join(GROUP, APPLICANT, "问题：工号\n答案：A1", "新人")
    event = await bot.event(post_type="request")
    await world.invite_bot(INVITING_GROUP, BOT, MEMBER)
    pending = await bot.data("get_group_system_msg", count=50)
    (entry,) = pending["join_requests"]
    assert str(entry["request_id"]) == event["flag"]
    assert (entry["invitor_uin"], entry["message"]) == (APPLICANT, event["comment"])
    assert entry["checked"] is False
    (invitation,) = pending["invited_requests"]
    assert (invitation["invitor_uin"], invitation["actor"], invitation["checked"]) == (BOT, MEMBER, False)


async def test_settled_requests_are_listed_as_checked_unless_that_is_unreliable(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    account = await connect("napcat")
    request = await world.ask_to_join(GROUP, APPLICANT, "A1")
    await world.settle_by_human(request, False, OWNER)
    (entry,) = (await bot.data("get_group_system_msg"))["join_requests"]
    assert (entry["checked"], entry["actor"]) == (True, OWNER)
    account.with_switches(checked_unreliable=True)
    (entry,) = (await bot.data("get_group_system_msg"))["join_requests"]
    assert entry["checked"] is False


async def test_llbot_lists_filtered_requests_and_takes_bare_numbers(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("llbot")
    request = await world.ask_to_join(GROUP, APPLICANT, "A1", filtered=True)
    await world.ask_to_join(GROUP, 30002, "", invitor_id=MEMBER)
    (entry,) = (await bot.data("get_group_system_msg"))["join_requests"]
    assert entry["requester_uin"] == APPLICANT
    assert (await bot.call("get_group_ignore_add_request"))["retcode"] == 1200
    assert (await bot.call("set_group_add_request", flag=entry["request_id"]))["retcode"] == 1400
    wrong = f"{GROUP}|{entry['request_id']}|7|1"
    assert (await answer(bot, wrong))["message"] == "request not found (type)"
    assert (await answer(bot, str(entry["request_id"])))["status"] == "ok"
    assert request.verdict == "approve"
    assert bot.of(post_type="request", user_id=APPLICANT) == []


async def test_llbot_lists_requests_among_notices_of_every_kind(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("llbot")
    await world.ask_to_join(GROUP, APPLICANT, "A1")
    for n in range(50):
        assert len((await bot.data("get_group_system_msg"))["join_requests"]) == 1
        world.add_member(GROUP, 40000 + n)
        await world.leave(GROUP, 40000 + n)
    assert (await bot.data("get_group_system_msg"))["join_requests"] == []


async def test_snowluma_1_11_refuses_the_flags_it_lists(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("snowluma-1.11")
    first = await world.ask_to_join(GROUP, APPLICANT, "first")
    second = await world.ask_to_join(GROUP, 30002, "second")
    row = next(row for row in await bot.data("get_group_system_msg") if row["requester_uin"] == 30002)
    assert (await answer(bot, row["flag"]))["status"] == "ok"
    assert (first.verdict, second.verdict) == ("approve", None)
    assert (await answer(bot, f"add:{GROUP}:u_30002"))["status"] == "ok"
    assert second.verdict == "approve"


async def test_lagrange_lists_request_events(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("lagrange")
    assert await bot.data("get_group_requests") == []
    await world.ask_to_join(GROUP, APPLICANT, "A1")
    event = await bot.event(post_type="request")
    (listed,) = await bot.data("get_group_requests")
    assert {**listed, "time": 0} == {**event, "time": 0}
    assert (await bot.call("get_group_system_msg"))["retcode"] == 404


async def test_go_cqhttps_empty_lists_are_null(bot: TinyBot, connect: Connect) -> None:
    await connect("go-cqhttp")
    assert await bot.data("get_group_system_msg") == {"invited_requests": None, "join_requests": None}


@ALL
async def test_an_accepted_invitation_brings_the_bot_in(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.invite_bot(INVITING_GROUP, BOT, MEMBER)
    event = await bot.event(post_type="request", sub_type="invite")
    assert (event["group_id"], event["user_id"]) == (INVITING_GROUP, MEMBER)
    assert (await answer(bot, event["flag"], sub_type="invite"))["status"] == "ok"
    await bot.event(notice_type="group_increase", user_id=BOT, group_id=INVITING_GROUP)


async def test_friend_requests(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await world.add_friend_request(MEMBER, BOT, "我是张三")
    event = await bot.event(request_type="friend")
    await bot.data("set_friend_add_request", flag=event["flag"], approve=True)
    await bot.event(notice_type="friend_add", user_id=MEMBER)
    assert MEMBER in [friend["user_id"] for friend in await bot.data("get_friend_list")]


async def test_who_was_refused_for_good_is_rejected_by_qq(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat")
    await bot.data("set_group_kick", group_id=GROUP, user_id=MEMBER, reject_add_request=True)
    request = await world.ask_to_join(GROUP, MEMBER, "let me in")
    assert request.verdict == "reject"
    assert bot.of(post_type="request") == []
