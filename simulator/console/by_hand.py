"""Trying the bot by hand: groups of invented people, told on the terminal, moved by typed commands."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
import threading
from collections.abc import AsyncIterator, Callable

from simulator.console.commands import Console
from simulator.console.teller import Teller
from simulator.onebot.implementation import Implementation
from simulator.qq.model import Member
from simulator.qq.people import DEPARTMENTS, card, name
from simulator.qq.traffic import PHRASES
from simulator.qq.world import World

FIRST_GROUP = 700001
FIRST_OWNER = 20000
FIRST_MEMBER = 100001
FIRST_APPLICANT = 900001

Tell = Callable[[str], None]


def populate(
    world: World, self_id: int, groups: int, members: int, seed: int = 0
) -> list[tuple[int, str, str]]:
    """Fill the world with groups of ``members`` people each, the bot an admin in all of them.

    Return everybody who is in them: QQ number, name and department; owners come first.
    """
    chance = random.Random(seed)
    people = max(members, groups * members // 3)
    names = [(name(chance), chance.choice(DEPARTMENTS)) for _ in range(people)]
    staff: dict[int, tuple[str, str]] = {}
    for number in range(groups):
        group_id, owner_id = FIRST_GROUP + number, FIRST_OWNER + number
        department = DEPARTMENTS[number % len(DEPARTMENTS)]
        owner_name = name(chance)
        owner = Member(owner_id, owner_name, f"{department}-{owner_name}")
        present = chance.sample(range(people), max(0, members - 2))
        others = [Member(FIRST_MEMBER + i, names[i][0], card(chance, *names[i])) for i in present]
        staff = {owner_id: (owner_name, department), **staff, **{FIRST_MEMBER + i: names[i] for i in present}}
        bot = Member(self_id, world.nickname_of(self_id), role="admin")
        world.add_group(group_id, f"{department}工作群{number + 1}", owner, [bot, *others])
        world.befriend(self_id, owner_id)
    return [(user_id, *who) for user_id, who in staff.items()]


async def typed_lines() -> AsyncIterator[str]:
    """Lines typed on stdin. A daemon thread reads them, so that nothing waits for Enter at the end."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True, name="stdin").start()
    while (line := await lines.get()) is not None:
        yield line


async def _live(world: World, self_id: int, seconds: float, chance: random.Random) -> None:
    """Now and then somebody talks, asks to join, or changes their card."""
    applicant = FIRST_APPLICANT
    while True:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * seconds)
        peopled = [(g, u) for g in world.groups.values() for u in g.members if u != self_id]
        if not peopled:
            continue
        group, user_id = chance.choice(peopled)
        what = chance.random()
        if what < 0.7:
            await world.say(group.group_id, user_id, chance.choice(PHRASES))
        elif what < 0.85:
            person, department = name(chance), chance.choice(DEPARTMENTS)
            comment = (
                f"问题：部门 姓名 工号 手机后四位\n答案：{department} {person} A{applicant % 1000:03} 0000"
            )
            await world.ask_to_join(group.group_id, applicant, comment, person)
            applicant += 1
        else:
            person = group.members[user_id].nickname
            await world.change_card(group.group_id, user_id, card(chance, person))


async def _obey(console: Console, lines: AsyncIterator[str], tell: Tell) -> None:
    async for line in lines:
        if line.strip():
            tell(await console.run(line))


async def run_simulator(
    groups: int,
    members: int,
    port: int,
    token: str = "",
    profile: str = "napcat",
    tell: Tell = print,
    *,
    host: str = "127.0.0.1",
    self_id: int = 10001,
    lively_seconds: float = 8.0,
    lines: AsyncIterator[str] | None = None,
    seed: int = 0,
) -> None:
    """Simulate until cancelled: ``groups`` groups of ``members`` people, connected to the bot.

    ``tell`` gets each line to show (Chinese). ``lively_seconds`` is about how often something
    happens by itself (0: never). ``lines`` are commands; by default those typed on stdin.
    """
    world = World()
    account = Implementation(
        world, self_id, f"ws://{host}:{port}/onebot/v11/ws", token, profile, reconnect_seconds=3.0,
        nickname="群规",
    )  # fmt: skip
    populate(world, self_id, groups, members, seed)
    tell(f"模拟 {groups} 个群，每群 {members} 人，机器人账号 {self_id}（{account.profile.app_name}）。")
    tell("输入“帮助”看可以做什么，Ctrl+C 结束。")
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(world.close)
        await account.start()
        stack.push_async_callback(account.stop)
        async with asyncio.TaskGroup() as work:
            work.create_task(Teller(world, account, tell).run())
            work.create_task(_obey(Console(world, self_id), lines or typed_lines(), tell))
            if lively_seconds > 0:
                work.create_task(_live(world, self_id, lively_seconds, random.Random(seed + 1)))
