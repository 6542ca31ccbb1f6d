"""Reading member lists: fresh, whole, shared; or saying why not."""

import asyncio
from collections.abc import Iterable

import pytest

from db.queries.groups import memberships
from plugins.gateway.reading import member_lists
from plugins.gateway.reading.member_rows import read_members
from regulation.model import Member, Role
from services.app import App
from services.ports import UnreachableError
from simulator import Failure, ForeignRows, NoAnswer, PartialList, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect


def _lists(world: World, group_id: int = 700001) -> int:
    return sum(c.action == "get_group_member_list" and c.params["group_id"] == group_id for c in world.calls)


async def test_reads_names_cards_roles_and_its_own_role(connect: Connect, bot: BotSide) -> None:
    await connect("llbot")

    reading = await bot.gateway.read_members(700001)

    assert reading.complete
    assert reading.name == "市场部"
    assert reading.account == BOT
    assert reading.bot_role is Role.ADMIN
    assert len(reading.members) == 11
    assert {m.user_id: m.card for m in reading.members}[20003] == "市场部-人3"


async def test_asks_twice_where_the_first_list_is_stale(connect: Connect, bot: BotSide, world: World) -> None:
    await connect("napcat")
    await bot.gateway.read_members(700001)
    await world.kick_by_human(700001, 20001, 20000)

    reading = await bot.gateway.read_members(700001, max_age=0)

    assert 20001 not in {member.user_id for member in reading.members}
    assert _lists(world) == 4


@pytest.mark.parametrize("profile", ["llbot", "lagrange", "go-cqhttp"])
async def test_asks_once_where_lists_are_fresh(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)

    assert (await bot.gateway.read_members(700001)).complete
    assert _lists(world) == 1


async def test_many_who_ask_at_once_share_one_reading(connect: Connect, bot: BotSide, world: World) -> None:
    await connect("llbot", refresh_seconds=0.2)

    readings = await asyncio.gather(*(bot.gateway.read_members(700001) for _ in range(20)))

    assert _lists(world) == 1
    assert all(reading is readings[0] for reading in readings)


async def test_who_wants_a_list_of_now_gets_a_new_one(connect: Connect, bot: BotSide, world: World) -> None:
    await connect("llbot")

    await bot.gateway.read_members(700001)
    await bot.gateway.read_members(700001, max_age=0)

    assert _lists(world) == 2


async def test_few_lists_are_kept_when_many_groups_are_read(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member_lists, "MOST_KEPT", 1)
    await connect("llbot")
    one, other = sorted(world.groups)[:2]

    for group_id in (one, other, other, one):
        assert (await bot.gateway.read_members(group_id)).complete

    assert (_lists(world, one), _lists(world, other)) == (2, 1)


async def test_a_list_shorter_than_the_member_count_is_incomplete(connect: Connect, bot: BotSide) -> None:
    account = await connect("llbot")
    account.faults.once("get_group_member_list", PartialList(5))

    reading = await bot.gateway.read_members(700001)

    assert not reading.complete
    assert "不全" in reading.why_incomplete


PROFILES = ["napcat", "llbot", "lagrange", "go-cqhttp", "snowluma-1.11", "snowluma", "unknown"]


@pytest.fixture
async def company(app: App, world: World) -> App:
    """A QQ whose group was seen whole before the bot removed five of its members."""
    group = world.groups[700001]
    listed = [Member(m.user_id, role=Role(m.role)) for m in group.members.values()]
    async with app.database.transaction() as tx:
        await memberships.put_members(tx, 700001, listed, app.now(), whole=True)
    for n in range(1, 6):
        world.kick(700001, 20000 + n, BOT)
    return app


async def removed(app: App, people: Iterable[int]) -> None:
    async with app.database.transaction() as tx:
        for user_id in people:
            await memberships.member_gone(tx, 700001, user_id, app.now())


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_count_that_lags_behind_removals_makes_no_list_incomplete(
    profile: str, company: App, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile, count_lags=True)
    await removed(company, range(20001, 20006))

    reading = await bot.gateway.read_members(700001)

    assert (reading.complete, len(reading.members)) == (True, 6)
    assert any(call.action == "get_group_list" and call.params == {"no_cache": True} for call in world.calls)


async def test_a_count_that_lags_explains_nobody_who_is_missing_without_a_word(
    company: App, connect: Connect, bot: BotSide
) -> None:
    await connect("llbot", count_lags=True)
    await removed(company, range(20001, 20004))

    assert not (await bot.gateway.read_members(700001)).complete


async def test_a_cut_list_is_not_explained_by_those_who_went(
    company: App, connect: Connect, bot: BotSide
) -> None:
    account = await connect("llbot", count_lags=True)
    await removed(company, range(20001, 20006))
    account.faults.once("get_group_member_list", PartialList(3))

    assert not (await bot.gateway.read_members(700001)).complete


async def test_a_list_that_hides_owner_and_admins_is_incomplete(connect: Connect, bot: BotSide) -> None:
    await connect("llbot", hides_roles=True)

    reading = await bot.gateway.read_members(700001)

    assert not reading.complete
    assert "群主" in reading.why_incomplete


@pytest.mark.parametrize("profile", ["napcat", "llbot"])
async def test_a_list_whose_rows_are_another_groups_is_unusable(
    profile: str, connect: Connect, bot: BotSide
) -> None:
    account = await connect(profile)
    account.faults.always("get_group_member_list", ForeignRows(700002))

    reading = await bot.gateway.read_members(700001)

    assert not reading.complete
    assert reading.members == ()


def test_one_row_of_another_group_makes_a_list_unreadable() -> None:
    ours = [{"user_id": n, "role": "member", "group_id": "700001"} for n in (5, 6)]

    members, unread = read_members([*ours, {"user_id": 7, "role": "member", "group_id": 700002}], 700001)

    assert ([member.user_id for member in members], unread) == ([5, 6], 1)


async def test_an_incomplete_list_is_not_shared_with_who_comes_later(connect: Connect, bot: BotSide) -> None:
    account = await connect("llbot")
    account.faults.once("get_group_member_list", PartialList(5))

    await bot.gateway.read_members(700001)

    assert (await bot.gateway.read_members(700001)).complete


async def test_a_list_without_owner_is_incomplete(connect: Connect, bot: BotSide, world: World) -> None:
    await connect("llbot")
    world.groups[700001].members[20000].role = "member"

    assert not (await bot.gateway.read_members(700001)).complete


async def test_a_group_nobody_of_ours_is_in_is_unreachable(connect: Connect, bot: BotSide) -> None:
    await connect("llbot")

    with pytest.raises(UnreachableError, match="没有在线的账号"):
        await bot.gateway.read_members(799999)


async def test_a_group_entered_unseen_is_found_when_asked_for(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect("llbot")
    world.add_group(700009, "新群", 20000, [BOT])

    assert (await bot.gateway.read_members(700009)).complete


async def test_a_refusal_is_unreachable_and_the_next_asker_tries_again(
    connect: Connect, bot: BotSide
) -> None:
    account = await connect("llbot")
    account.faults.once("get_group_member_list", Failure(message="群成员列表获取失败"))

    with pytest.raises(UnreachableError):
        await bot.gateway.read_members(700001)
    assert (await bot.gateway.read_members(700001)).complete


async def test_a_broken_connection_ends_the_wait_at_once(
    connect: Connect, bot: BotSide, world: World
) -> None:
    account = await connect("llbot")
    account.faults.once("get_group_member_list", NoAnswer())
    reading = asyncio.ensure_future(bot.gateway.read_members(700001))
    await world.until(lambda: _lists(world) == 1)

    await account.drop()

    with pytest.raises(UnreachableError, match="断开"):
        await reading


async def test_the_admin_among_several_accounts_serves_the_group(
    connect: Connect, bot: BotSide, world: World
) -> None:
    world.add_member(700001, 10002, "second", role="member")
    world.groups[700001].members[BOT].role = "member"
    world.groups[700001].members[10002].role = "admin"
    await connect("llbot")
    await connect("llbot", 10002)
    assert bot.gateway.account_for(700001) == BOT

    reading = await bot.gateway.read_members(700001)

    assert reading.account == bot.gateway.account_for(700001) == 10002
    assert reading.bot_role is Role.ADMIN


async def test_another_account_takes_over_when_one_goes(connect: Connect, bot: BotSide, world: World) -> None:
    world.add_member(700001, 10002, "second", role="admin")
    first = await connect("llbot")
    await connect("llbot", 10002)

    await first.stop()
    await world.until(lambda: bot.gateway.accounts() == (10002,))

    assert (await bot.gateway.read_members(700001)).account == 10002


def test_rows_that_cannot_be_read_are_counted() -> None:
    good = {"user_id": 5, "role": "member", "nickname": "a", "card": None, "is_robot": True}
    bad = [{"user_id": "x", "role": "member"}, {"user_id": 6}, {"user_id": -1, "role": "owner"}, 7, None]

    members, unread = read_members([good, *bad])

    assert unread == 5
    assert members[0].is_robot
    assert members[0].card == ""


def test_a_lone_surrogate_in_a_card_does_no_harm() -> None:
    members, unread = read_members([{"user_id": 5, "role": "member", "card": "市场部\ud800\0-张三"}])

    assert unread == 0
    assert members[0].card.encode("utf-8")


async def test_readings_are_forgotten_after_a_while(
    connect: Connect, bot: BotSide, app: App, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr("plugins.gateway.reading.member_lists.KEEP_SECONDS", 0.6)
    await connect("llbot")

    await bot.gateway.read_members(700001)

    await world.until(lambda: not bot.gateway._reader._shelves)
