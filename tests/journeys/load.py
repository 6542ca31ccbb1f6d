"""Helpers of the journeys and measurements under load: a bot's memory and metrics, a barrier, a company."""

import asyncio
import os
import re
import time
from pathlib import Path

import httpx2

from simulator import Implementation
from tests.journeys.harness import BOSS, BOT, STAFF, TOKEN, Journey, Row

SALES = 700001
MIB = 2**20


def memory(journey: Journey) -> float:
    """Return the bot's resident memory now, in MiB."""
    assert journey.process is not None
    status = Path(f"/proc/{journey.process.pid}/status").read_text("ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def processor(journey: Journey) -> float:
    """Return how many seconds of processor time the bot has used."""
    assert journey.process is not None
    told = Path(f"/proc/{journey.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


async def metrics(journey: Journey) -> dict[str, float]:
    """Return the bot's figures from `/metrics`, by name with labels."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        page = (await client.get(f"http://127.0.0.1:{journey.port}/metrics", headers=headers)).text
    lines = (line.rpartition(" ") for line in page.splitlines() if line and line[0] != "#")
    return {name: float(value) for name, _, value in lines}


async def barrier(journey: Journey, patience: float = 120.0) -> None:
    """Wait until the bot has taken in all that was sent and nothing of it is under way."""
    account = journey.accounts[0]
    await journey.until(lambda: account.unsent == 0, "everything to be sent", patience)
    before = len(journey.said("帮助 命令", user_id=BOSS))
    deadline = time.monotonic() + patience
    while True:
        await journey.world.whisper(BOSS, BOT, "帮助")
        try:
            await journey.until(lambda: len(journey.said("帮助 命令", user_id=BOSS)) > before, "help", 5)
        except AssertionError:
            assert time.monotonic() < deadline, "the bot doesn't answer any more"
            continue
        break
    while (await metrics(journey))["qungui_events_under_way"] > 2:
        assert time.monotonic() < deadline, "events are left hanging"
        await asyncio.sleep(0.1)


async def answered_in(journey: Journey, group_id: int, user_id: int, comment: str) -> float:
    """Let somebody ask to join; return after how many seconds QQ had the bot's answer."""
    began = time.monotonic()
    request = await journey.world.ask_to_join(group_id, user_id, comment)
    await journey.until(lambda: request.verdict is not None, f"an answer to {user_id}", 60)
    return time.monotonic() - began


def newcomers(count: int, first: int = 0) -> tuple[Row, ...]:
    """Return invented employees of 市场部 who are in no group yet and have no QQ on record."""
    return tuple(
        Row(f"N{n:05}", f"新{chr(0x4E00 + n // 500)}{chr(0x5200 + n % 500)}", "市场部", None, f"139{n:08}")
        for n in range(first, first + count)
    )


def proof(row: Row) -> str:
    """Return the comment with which this employee asks to join."""
    return f"{row.department} {row.name} {row.no} {row.phone[-4:]}"


async def company(journey: Journey, staff: tuple[Row, ...] = (), people: int = 200) -> None:
    """Fill the world: a filed group of 市场部 with `people` right cards, the bot as admin; import all."""
    members = tuple(
        Row(f"M{n:05}", f"员{chr(0x4E00 + n // 500)}{chr(0x5200 + n % 500)}", "市场部", 40000 + n)
        for n in range(people)
    )
    world = journey.world
    world.add_group(SALES, "市场部工作群", 20001)
    world.add_member(SALES, 20001, nickname="王强", card="市场部-王强", role="owner")
    world.add_member(SALES, 20005, nickname="x", card="市场部-陈晨")
    for row in members:
        world.add_member(SALES, row.qq or 0, nickname=row.name, card=f"市场部-{row.name}")
    world.add_member(SALES, BOT, nickname="群规", card="群规", role="admin")
    for user_id in (BOSS, 20001, 20002, 20003):
        world.befriend(BOT, user_id)
    await journey.import_roster((*STAFF, *members, *staff))
    await journey.import_filings((SALES, "市场部工作群", "市场部", 20001))


async def settled(journey: Journey, profile: str = "napcat") -> Implementation:
    """Start the bot, connect, and wait until it has read the group and is at rest."""
    await journey.start()
    account = await journey.connect(profile=profile)
    asked = lambda: any(call.action == "get_group_member_list" for call in journey.world.calls)  # noqa: E731
    await journey.until(asked, "the first reading", 30)
    await barrier(journey)
    return account
