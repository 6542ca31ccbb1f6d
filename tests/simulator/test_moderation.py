"""Kicks, cards, admins, member lists: what is done, what is only said to be done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator import PROFILES, World
from tests.simulator.conftest import (
    ADMIN,
    BARE_GROUP,
    BOT,
    FRIEND,
    GROUP,
    MEMBER,
    OWNER,
    Connect,
    TinyBot,
)

ALL = pytest.mark.parametrize("profile", sorted(PROFILES))


@ALL
async def test_a_kick_with_the_right_removes(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    said = await bot.call("set_group_kick", group_id=str(GROUP), user_id=str(MEMBER))
    assert (said["status"] == "failed") == PROFILES[profile].kick_says_failed
    assert MEMBER not in world.groups[GROUP].members
    assert (await bot.event(notice_type="group_decrease"))["operator_id"] == BOT


@ALL
async def test_whoever_was_taken_in_without_a_word_can_be_removed(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.enter(GROUP, 30000, "invite", OWNER)
    await bot.call("set_group_kick", group_id=str(GROUP), user_id="30000")
    assert 30000 not in world.groups[GROUP].members


@pytest.mark.parametrize(
    ("profile", "retcode"), [("napcat", 0), ("llbot", 1200), ("lagrange", 0), ("go-cqhttp", 100)]
)
@pytest.mark.parametrize(("group_id", "user_id"), [(BARE_GROUP, MEMBER), (GROUP, ADMIN), (GROUP, OWNER)])
async def test_a_kick_without_the_right_lies_or_fails(
    profile: str, retcode: int, group_id: int, user_id: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    answer = await bot.call("set_group_kick", group_id=group_id, user_id=user_id)
    assert answer["retcode"] == retcode
    assert user_id in world.groups[group_id].members


async def test_errors_read_as_recorded(bot: TinyBot, connect: Connect) -> None:
    await connect("llbot")
    refused = await bot.call("set_group_kick", group_id=BARE_GROUP, user_id=MEMBER)
    assert refused["message"] == "no permission"
    nobody = await bot.call("set_group_kick", group_id=GROUP, user_id=99999)
    assert nobody["message"] == "无法获取用户信息"
    missing = await bot.call("set_group_kick", group_id=GROUP)
    assert (missing["retcode"], missing["message"]) == (1400, "$.user_id missing required value")
    unknown = await bot.call("nonexistent_api")
    assert (unknown["retcode"], unknown["message"]) == (1404, "nonexistent_api API 不存在")


@pytest.mark.parametrize(
    ("profile", "action", "users"),
    [("napcat", "set_group_kick_members", "user_id"), ("llbot", "batch_delete_group_member", "user_ids")],
)
async def test_kicking_many_at_once(
    profile: str, action: str, users: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await bot.data(action, group_id=GROUP, **{users: [str(MEMBER), FRIEND]})
    assert set(world.groups[GROUP].members) == {OWNER, BOT, ADMIN}
    other = "batch_delete_group_member" if profile == "napcat" else "set_group_kick_members"
    assert (await bot.call(other, group_id=GROUP))["retcode"] == 1404


async def test_kicks_that_come_too_fast_are_said_to_be_done(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(replace(PROFILES["napcat"], kick_gap=60.0))
    await bot.data("set_group_kick", group_id=GROUP, user_id=MEMBER)
    await bot.data("set_group_kick", group_id=GROUP, user_id=FRIEND)
    assert MEMBER not in world.groups[GROUP].members
    assert FRIEND in world.groups[GROUP].members


@ALL
async def test_setting_a_card(profile: str, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect(profile)
    await bot.data("set_group_card", group_id=GROUP, user_id=MEMBER, card="技术-张三")
    assert world.groups[GROUP].members[MEMBER].card == "技术-张三"
    info = await bot.data("get_group_member_info", group_id=GROUP, user_id=MEMBER, no_cache=True)
    assert info["card"] == "技术-张三"


@pytest.mark.parametrize(
    ("profile", "retcode"), [("napcat", 1200), ("llbot", 1200), ("lagrange", 0), ("go-cqhttp", 0)]
)
async def test_setting_a_card_without_the_right(
    profile: str, retcode: int, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    answer = await bot.call("set_group_card", group_id=GROUP, user_id=OWNER, card="x")
    assert answer["retcode"] == retcode
    assert world.groups[GROUP].members[OWNER].card == "总-群主"


@pytest.mark.parametrize(
    ("profile", "role"), [("napcat", "member"), ("llbot", "admin"), ("lagrange", "admin")]
)
async def test_set_group_admin_without_enable(
    profile: str, role: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await world.transfer_owner(GROUP, BOT)
    await bot.data("set_group_admin", group_id=GROUP, user_id=ADMIN)
    assert world.groups[GROUP].members[ADMIN].role == role


@pytest.mark.parametrize(("profile", "status"), [("napcat", "ok"), ("llbot", "failed")])
async def test_only_the_owner_makes_admins(
    profile: str, status: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    answer = await bot.call("set_group_admin", group_id=GROUP, user_id=MEMBER, enable=True)
    assert answer["status"] == status
    assert world.groups[GROUP].members[MEMBER].role == "member"


async def test_napcats_member_list_is_stale_at_first_and_fresh_later(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(replace(PROFILES["napcat"], refresh_seconds=0.05, refresh_pause=0.0))

    async def cards() -> dict[int, str]:
        members = await bot.data("get_group_member_list", group_id=GROUP, no_cache=True)
        return {member["user_id"]: member["card"] for member in members}

    assert (await cards())[MEMBER] == ""
    await world.change_card(GROUP, MEMBER, "技术-张三")
    await world.leave(GROUP, FRIEND)
    await world.pull_in(GROUP, 30009)
    stale = await cards()
    assert stale[MEMBER] == ""
    assert FRIEND in stale
    assert 30009 not in stale

    async def is_fresh() -> bool:
        return bool((await cards())[MEMBER])

    await world.until(is_fresh, what="a fresh list")
    fresh = await cards()
    assert fresh[MEMBER] == "技术-张三"
    assert FRIEND not in fresh
    assert 30009 in fresh


@pytest.mark.parametrize("profile", ["llbot", "lagrange", "go-cqhttp", "unknown"])
async def test_other_member_lists_are_fresh(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    await bot.data("get_group_member_list", group_id=GROUP)
    await world.leave(GROUP, FRIEND)
    members = await bot.data("get_group_member_list", group_id=GROUP, no_cache=True)
    assert FRIEND not in [member["user_id"] for member in members]


@ALL
async def test_lists_and_single_members_agree(
    profile: str, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    world.add_member(GROUP, 30010, '引号"与\\反斜杠', "表情😀\n换行", is_robot=True)
    members = await bot.data("get_group_member_list", group_id=GROUP)
    for member in members:
        alone = await bot.data("get_group_member_info", group_id=GROUP, user_id=member["user_id"])
        assert alone == member


@pytest.mark.parametrize(("profile", "owner"), [("napcat", None), ("llbot", 0), ("lagrange", None)])
async def test_group_lists_do_not_tell_the_owner(
    profile: str, owner: int | None, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    groups = await bot.data("get_group_list")
    assert [group["group_id"] for group in groups] == [GROUP, BARE_GROUP]
    assert groups[0].get("owner_id") == owner
    assert groups[0]["member_count"] == 5


async def test_after_leaving_a_group_it_cannot_be_read(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await bot.data("set_group_leave", group_id=GROUP)
    assert (await bot.call("get_group_member_list", group_id=GROUP))["retcode"] == 1200
    assert (await bot.call("send_group_msg", group_id=GROUP, message="hi"))["retcode"] == 1200
    assert BOT not in world.groups[GROUP].members


async def test_a_list_of_a_thousand_members_is_whole(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    world.add_group(700500, "大群", OWNER, [BOT, *range(100_000, 101_000)])
    assert len(await bot.data("get_group_member_list", group_id=700500)) == 1002
