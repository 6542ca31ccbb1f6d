"""Accounts and groups that leave a question for a member list unanswered."""

import asyncio
import contextlib
from collections.abc import Generator

import pytest

from plugins.gateway import calls
from plugins.gateway.calls import Call
from services.ports import UnreachableError
from simulator import NoAnswer, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect


@contextlib.contextmanager
def impatient(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Wait a twentieth of a second at most for a list of members."""
    with monkeypatch.context() as quick:
        quick.setattr(
            calls, "member_list", lambda group_id: Call("get_group_member_list", {"group_id": group_id}, 0.05)
        )
        yield


async def test_an_account_that_answers_nothing_is_not_waited_for_in_each_of_its_groups(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for group_id in range(700010, 700030):
        world.add_group(group_id, "群", 20000, [BOT])
    world.add_group(700040, "别的账号的群", 20000, [10002])
    mute = await connect("llbot")
    await connect("llbot", 10002)
    mute.faults.always("get_group_member_list", NoAnswer())

    async def why(group_id: int) -> str:
        with pytest.raises(UnreachableError) as caught:
            await bot.gateway.read_members(group_id)
        return str(caught.value)

    with impatient(monkeypatch):
        told = await asyncio.gather(*map(why, range(700010, 700030)))

    # Four at once; as the first of them end, some more may have begun before the fourth has.
    waited = sum("没有等到" in one for one in told)
    assert 4 <= waited < 8
    assert sum("过一分钟再问" in one for one in told) == 20 - waited
    assert (await bot.gateway.read_members(700040)).complete


async def test_a_group_that_is_never_answered_for_silences_no_other(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_group(700010, "没有答复的群", 20000, [BOT])
    account = await connect("llbot")
    with impatient(monkeypatch):
        account.faults.once("get_group_member_list", NoAnswer(), times=6)
        for _ in range(6):
            with pytest.raises(UnreachableError, match="没有等到"):
                await bot.gateway.read_members(700010, max_age=0)

    assert (await bot.gateway.read_members(700001)).complete


async def test_a_group_of_an_account_that_answers_nothing_is_served_by_another_admin(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for group_id in range(700010, 700014):
        world.add_group(group_id, "群", 20000, [BOT])
    world.add_member(700001, 10002, "second", role="admin")
    mute = await connect("llbot")
    await connect("llbot", 10002)
    assert (await bot.gateway.read_members(700001)).account == BOT
    mute.faults.always("get_group_member_list", NoAnswer())
    with impatient(monkeypatch):
        for group_id in range(700010, 700014):
            with pytest.raises(UnreachableError):
                await bot.gateway.read_members(group_id)

    reading = await bot.gateway.read_members(700001, max_age=0)

    assert (reading.complete, reading.account) == (True, 10002)


async def test_so_is_a_group_of_an_account_that_has_but_two_and_answers_for_neither(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_member(700001, 10002, "second", role="admin")
    mute = await connect("llbot")
    await connect("llbot", 10002)
    assert (await bot.gateway.read_members(700001)).account == BOT
    mute.faults.always("get_group_member_list", NoAnswer())
    with impatient(monkeypatch):
        for group_id in (700001, 700002) * 2:
            with pytest.raises(UnreachableError):
                await bot.gateway.read_members(group_id, max_age=0)

    reading = await bot.gateway.read_members(700001, max_age=0)

    assert (reading.complete, reading.account) == (True, 10002)
