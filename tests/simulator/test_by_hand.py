"""Trying the bot by hand, and load."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from simulator import World
from simulator.console.by_hand import FIRST_GROUP, FIRST_OWNER, populate, run_simulator
from simulator.console.commands import Console
from simulator.qq.traffic import flood
from tests.simulator.conftest import APPLICANT, BOT, FRIEND, GROUP, MEMBER, Connect, TinyBot


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def run_for_a_while(port: int, told: list[str], lines: AsyncIterator[str]) -> asyncio.Task[None]:
    return asyncio.create_task(
        run_simulator(2, 12, port, "", "napcat", told.append, lively_seconds=0.02, lines=lines)
    )


async def test_tells_in_chinese_what_the_bot_does(bot: TinyBot, world: World) -> None:
    told: list[str] = []
    port = int(bot.url.split(":")[2].split("/")[0])
    commands = typed(f"申请 {FIRST_GROUP} 30001 市场部 张三", "胡说", "", f"说 {FIRST_GROUP}")
    task = await run_for_a_while(port, told, commands)
    await bot.event(meta_event_type="lifecycle")
    await bot.data("send_group_msg", group_id=FIRST_GROUP, message="请改名片")
    await bot.data("send_private_msg", user_id=FIRST_OWNER, message="有一条申请")
    wanted = ("已连接机器人", "机器人 → 群“", "请改名片", "附言：", "没有“胡说”", "用法：说")
    await world.until(lambda: all(any(w in t for t in told) for w in wanted), what=f"{wanted} told")
    await bot.event(post_type="message")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert told[0] == "模拟 2 个群，每群 12 人，机器人账号 10001（NapCat.Onebot）。"


def test_groups_have_the_size_asked_for() -> None:
    world = World()
    populate(world, BOT, 3, 20)
    assert [len(group.members) for group in world.groups.values()] == [20, 20, 20]
    assert all(group.manages(BOT) for group in world.groups.values())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"申请 {GROUP} {APPLICANT} 市场部 张三", "request_raised"),
        (f"邀请 {GROUP} {MEMBER}", "request_raised"),
        (f"加好友 {MEMBER} 我是张三", "request_raised"),
        (f"进群 {GROUP} {APPLICANT}", "joined"),
        (f"退群 {GROUP} {MEMBER}", "left"),
        (f"踢 {GROUP} {MEMBER}", "kicked"),
        (f"改名片 {GROUP} {MEMBER} 技术部-张三", "card_changed"),
        (f"管理员 {GROUP} {MEMBER} 是", "role_changed"),
        (f"转让 {GROUP} {MEMBER}", "owner_changed"),
        (f"改群名 {GROUP} 新名", "renamed"),
        (f"解散 {GROUP}", "dismissed"),
    ],
)
async def test_typed_commands_act(line: str, kind: str, world: World) -> None:
    assert (await Console(world, BOT).run(line)).startswith("好。")
    assert world.happened[-1].kind == kind


async def test_typed_talk_reaches_the_bot(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect()
    console = Console(world, BOT)
    await console.run(f"说 {GROUP} {MEMBER} 大家 好")
    await console.run(f"艾特 {GROUP} {MEMBER} 帮助")
    await console.run(f"私聊 {FRIEND} 我的")
    await console.run(f"私聊 {MEMBER} 名片")
    await bot.event(raw_message="大家 好")
    assert (await bot.event(raw_message="我的"))["sub_type"] == "friend"
    assert (await bot.event(raw_message="名片"))["sub_type"] == "group"


async def test_settling_by_hand_and_mistakes(world: World) -> None:
    console = Console(world, BOT)
    assert await console.run(f"审批 {GROUP} {APPLICANT} 同意") == "没有等着处理的申请。"
    request = await world.ask_to_join(GROUP, APPLICANT, "A1")
    await console.run(f"审批 {GROUP} {APPLICANT} 拒绝")
    assert request.verdict == "reject"
    assert await console.run("退群 1 2") == "没有这个群或这个人：1"
    assert await console.run("退群 甲 乙") == "用法：退群 群 QQ"
    assert "改名片 群 QQ 名片：" in await console.run("帮助")
    assert f"{GROUP} 测试群一" in await console.run("群")
    assert "总-群主" in await console.run(f"成员 {GROUP}")


async def test_a_flood_of_two_thousand_messages(world: World, bot: TinyBot, connect: Connect) -> None:
    account = await connect(heartbeat_seconds=None)
    before = account.pushed
    assert await flood(world, per_second=2000, seconds=1.0) == 2000
    here = [g.group_id for g in world.groups.values() if BOT in g.members]
    expected = sum(1 for m in world.messages.values() if m.group_id in here)
    await bot.event(expected, post_type="message")
    assert account.pushed - before == expected
