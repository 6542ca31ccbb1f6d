"""What each profile tells, and how it differs."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simulator import PROFILES, World
from tests.simulator.conftest import (
    ADMIN,
    APPLICANT,
    BARE_GROUP,
    BOT,
    FRIEND,
    GROUP,
    INVITING_GROUP,
    MEMBER,
    OWNER,
    Connect,
    TinyBot,
)

ALL = pytest.mark.parametrize("profile", sorted(PROFILES))


@pytest.mark.parametrize(
    ("profile", "flag"),
    [
        ("napcat", r"\d{16}"),
        ("llbot", r"700001\|\d{16}\|1\|0"),
        ("lagrange", r"\d{16}-700001-1-0"),
        ("go-cqhttp", r"\d{16}"),
        ("snowluma-1.11", r"add:700001:u_30001"),
        ("snowluma", r"slreq:1:\d{16}:700001:1:0"),
        ("unknown", r"add/700001/30001/\d{16}"),
    ],
)
async def test_flags_look_as_the_implementation_writes_them(
    profile: str, flag: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.ask_to_join(GROUP, APPLICANT, "问题：工号\n答案：A1")
    event = await bot.event(post_type="request", sub_type="add")
    assert re.fullmatch(flag, event["flag"])
    assert event["comment"] == "问题：工号\n答案：A1"
    assert event["user_id"] == APPLICANT


@pytest.mark.parametrize(
    ("profile", "invitor"),
    [("napcat", None), ("llbot", MEMBER), ("lagrange", MEMBER), ("go-cqhttp", MEMBER), ("unknown", None)],
)
async def test_a_join_by_a_members_invitation_names_the_inviter_or_not(
    profile: str, invitor: int | None, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.ask_to_join(GROUP, APPLICANT, "", invitor_id=MEMBER)
    event = await bot.event(post_type="request", sub_type="add")
    assert event.get("invitor_id") == invitor


@pytest.mark.parametrize(("profile", "times"), [("napcat", 2), ("llbot", 2), ("lagrange", 1)])
async def test_requests_may_come_twice(
    profile: str, times: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.ask_to_join(GROUP, APPLICANT, "A1")
    first = await bot.event(times, post_type="request")
    assert len({event["flag"] for event in bot.of(post_type="request")}) == 1
    assert first["user_id"] == APPLICANT


async def test_increases_come_twice_on_llbot(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("llbot")
    await world.enter(GROUP, APPLICANT, "approve", ADMIN)
    assert (await bot.event(2, notice_type="group_increase"))["operator_id"] == ADMIN


@pytest.mark.parametrize(
    ("profile", "approved_by", "invited_by"),
    [
        ("napcat", 0, MEMBER),
        ("llbot", ADMIN, MEMBER),
        ("lagrange", 0, MEMBER),
        ("go-cqhttp", 0, 0),
        ("unknown", 0, 0),
    ],
)
async def test_increases_name_an_operator_or_not(
    profile: str, approved_by: int, invited_by: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.enter(GROUP, 30003, "approve", ADMIN)
    await world.enter(GROUP, 30004, "invite", MEMBER)
    approved = await bot.event(notice_type="group_increase", user_id=30003)
    invited = await bot.event(notice_type="group_increase", user_id=30004)
    assert (approved["sub_type"], approved["operator_id"]) == ("approve", approved_by)
    assert (invited["sub_type"], invited["operator_id"]) == ("invite", invited_by)


@pytest.mark.parametrize(
    ("profile", "operator"), [("napcat", 0), ("llbot", MEMBER), ("lagrange", 0), ("go-cqhttp", MEMBER)]
)
async def test_leaving_and_being_kicked(
    profile: str, operator: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.leave(GROUP, MEMBER)
    await world.kick_by_human(GROUP, FRIEND, OWNER)
    await world.kick_by_human(GROUP, BOT, OWNER)
    left = await bot.event(notice_type="group_decrease", user_id=MEMBER)
    kicked = await bot.event(notice_type="group_decrease", user_id=FRIEND)
    gone = await bot.event(notice_type="group_decrease", user_id=BOT)
    assert (left["sub_type"], left["operator_id"]) == ("leave", operator)
    assert (kicked["sub_type"], kicked["operator_id"]) == ("kick", OWNER)
    assert gone["sub_type"] == "kick_me"


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        ("napcat", {"notice_type": "group_decrease", "sub_type": "disband"}),
        ("llbot", {"notice_type": "group_dismiss"}),
        ("lagrange", {"notice_type": "group_decrease", "sub_type": "disband"}),
    ],
)
async def test_dissolving_a_group(
    profile: str, fields: dict[str, Any], world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.dismiss(GROUP)
    assert (await bot.event(**fields))["operator_id"] == OWNER
    assert GROUP not in [group["group_id"] for group in await bot.data("get_group_list")]


async def test_go_cqhttp_says_nothing_when_a_group_is_dissolved(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("go-cqhttp")
    await world.dismiss(GROUP)
    await world.say(BARE_GROUP, MEMBER, "after")
    await bot.event(raw_message="after")
    assert bot.of(post_type="notice") == []


@pytest.mark.parametrize(
    ("profile", "fields"),
    [
        ("napcat", {"notice_type": "notify", "sub_type": "group_name", "name_new": "新名"}),
        ("lagrange", {"notice_type": "group_name_change", "name": "新名"}),
    ],
)
async def test_renames_that_are_told(
    profile: str, fields: dict[str, Any], world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.rename(GROUP, "新名", OWNER)
    assert (await bot.event(**fields))["group_id"] == GROUP


async def test_napcat_tells_a_card_change_when_the_member_speaks(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat")
    await world.change_card(GROUP, MEMBER, "新名片")
    await world.say(GROUP, ADMIN, "somebody else")
    await bot.event(raw_message="somebody else")
    assert bot.of(notice_type="group_card") == []
    await world.say(GROUP, MEMBER, "now")
    spoken = await bot.event(raw_message="now")
    notice = await bot.event(notice_type="group_card")
    assert (notice["card_old"], notice["card_new"]) == ("", "新名片")
    assert spoken["sender"]["card"] == "新名片"
    await world.say(GROUP, MEMBER, "again")
    await bot.event(raw_message="again")
    assert len(bot.of(notice_type="group_card")) == 1


async def test_llbot_is_silent_at_the_first_sight_of_a_card(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("llbot")
    await world.change_card(GROUP, MEMBER, "第一")
    await world.say(GROUP, MEMBER, "one")
    await bot.event(raw_message="one")
    assert bot.of(notice_type="group_card") == []
    await world.change_card(GROUP, MEMBER, "第二")
    await world.say(GROUP, MEMBER, "two")
    assert (await bot.event(notice_type="group_card"))["card_old"] == "第一"


@pytest.mark.parametrize("profile", ["lagrange", "go-cqhttp", "unknown"])
async def test_others_never_tell_card_changes(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.say(GROUP, MEMBER, "one")
    await world.change_card(GROUP, MEMBER, "新名片")
    await world.say(GROUP, MEMBER, "two")
    assert (await bot.event(raw_message="two"))["sender"]["card"] == "新名片"
    assert bot.of(notice_type="group_card") == []


async def test_a_false_card_notice(bot: TinyBot, connect: Connect) -> None:
    account = await connect("napcat")
    account.false_card_notice(GROUP, ADMIN)
    notice = await bot.event(notice_type="group_card")
    assert (notice["card_old"], notice["card_new"]) == ("技术-李四", "")


@ALL
async def test_roles_ownership_and_being_pulled_in(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.set_role(GROUP, MEMBER, "admin")
    assert (await bot.event(notice_type="group_admin"))["sub_type"] == "set"
    await world.transfer_owner(GROUP, MEMBER)
    await world.pull_in(INVITING_GROUP, BOT)
    await world.say(INVITING_GROUP, MEMBER, "welcome")
    await bot.event(raw_message="welcome")
    assert len(bot.of(post_type="notice")) == 1
    members = await bot.data("get_group_member_list", group_id=GROUP, no_cache=True)
    assert [m["user_id"] for m in members if m["role"] == "owner"] == [MEMBER]
    listed = {group["group_id"] for group in await bot.data("get_group_list")}
    assert listed == {GROUP, BARE_GROUP, INVITING_GROUP}


@ALL
async def test_requests_go_only_to_accounts_that_manage_the_group(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.ask_to_join(BARE_GROUP, APPLICANT, "A1")
    await world.say(BARE_GROUP, MEMBER, "after")
    await bot.event(raw_message="after")
    assert bot.of(post_type="request") == []


async def test_stale_sender_roles_when_switched_on(world: World, bot: TinyBot, connect: Connect) -> None:
    account = await connect("napcat")
    account.with_switches(stale_sender_role=True)
    await world.say(GROUP, ADMIN, "as admin")
    await world.set_role(GROUP, ADMIN, "member")
    await world.say(GROUP, ADMIN, "no more")
    assert (await bot.event(raw_message="no more"))["sender"]["role"] == "admin"


async def test_logging_out_is_told_by_napcat(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await world.go_offline(BOT)
    assert (await bot.event(notice_type="bot_offline"))["user_id"] == BOT
    assert not (await bot.data("get_status"))["online"]


async def test_private_messages_of_friends_and_from_groups(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat")
    await world.whisper(FRIEND, BOT, "你好")
    await world.whisper(MEMBER, BOT, "在吗", group_id=GROUP)
    assert (await bot.event(raw_message="你好"))["sub_type"] == "friend"
    temporary = await bot.event(raw_message="在吗")
    assert (temporary["sub_type"], temporary["sender"]["group_id"]) == ("group", GROUP)


async def test_mentioning_the_bot(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await world.at_bot(GROUP, MEMBER, BOT, "帮助")
    event = await bot.event(post_type="message")
    assert event["message"][0] == {"type": "at", "data": {"qq": str(BOT)}}
    assert event["raw_message"] == f"[CQ:at,qq={BOT}] 帮助"
