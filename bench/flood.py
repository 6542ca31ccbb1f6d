"""2,000 messages a second at the socket: what it costs in memory, and what becomes of requests and notices.

The real bot on SQLite in a process of its own; ordinary messages of 1,000 members, with join requests,
renames, wrong cards and commands between them, of which none may be lost.
"""

import asyncio
import statistics
import time
from pathlib import Path

from sqlalchemy import select

from bench.page.figures import Figure, figures
from bench.scene.apart import repeated
from db.tables.requests import join_requests
from simulator.qq.traffic import flood
from tests.journeys import load
from tests.journeys.harness import BOSS, BOT, POLICY, Journey

PER_SECOND, SECONDS = 2_000, 30.0
ASK_SECONDS = 0.5
FLOOD_POLICY = (
    POLICY.replace("requests_seconds = 3", "requests_seconds = 3600") + "[join]\nwave_limit = 1000000\n"
)
WORST = ("memory at most", "frames waiting in the simulator at most")
UNITS = {
    "memory at most": "MiB",
    "memory afterwards": "MiB",
    "request answered in, median": "s",
    "request answered in, worst": "s",
    "of that in the bot, mean": "s",
    "processor used by the bot": "cores",
    "done with it after the last message": "s",
    "request answered afterwards": "s",
}
BOUNDS = {
    "memory at most": "≤ +100",
    "requests lost": "0",
    "requests unanswered": "0",
    "commands lost": "0",
    "renames lost": "0",
    "connection broken": "0",
    "request answered afterwards": "≤ 1",
}


async def pour(folder: Path, seconds: float = SECONDS) -> dict[str, float]:
    """Flood the bot for so long. Lost requests would stay lost: the bot's own poll for them is off."""
    journey = Journey(folder, forked=False, policy=FLOOD_POLICY, environment={"LOG_LEVEL": "INFO"})
    rows = load.newcomers(int(seconds / ASK_SECONDS) + 1)
    found: dict[str, float] = dict.fromkeys(WORST, 0.0)
    try:
        await load.company(journey, rows, people=1000)
        account = await load.settled(journey)
        connections, memory = account.connections, load.memory(journey)
        watching = asyncio.create_task(_watch(journey, memory, found))
        asking = asyncio.create_task(_ask(journey, rows[:-1]))
        began, processor = time.monotonic(), load.processor(journey)
        found["messages"] = await flood(journey.world, PER_SECOND, seconds)
        waits = await asking
        found["commands lost"] = 1 - len(journey.said("帮助 命令", user_id=BOSS)[1:2])
        await load.barrier(journey)
        behind = time.monotonic() - began - seconds
        found["done with it after the last message"] = behind
        found["processor used by the bot"] = (load.processor(journey) - processor) / (seconds + behind)
        watching.cancel()
        last = await load.answered_in(journey, load.SALES, 60_999, load.proof(rows[-1]))
        found["request answered afterwards"] = last
        found["memory afterwards"] = load.memory(journey) - memory
        found["connection broken"] = account.connections != connections
        told = await load.metrics(journey)
        found["messages looked at"] = told.get("qungui_message_look_seconds_count", 0.0)
        answered = told.get("qungui_join_answer_seconds_count", 0.0)
        inside = told.get("qungui_join_answer_seconds_sum", 0.0)
        found["of that in the bot, mean"] = inside / max(1.0, answered)
        stored = {row.user_id for row in await journey.rows(select(join_requests.c.user_id))}
        found["requests lost"] = sum(60_000 + n not in stored for n in range(len(rows) - 1))
        found["renames lost"] = journey.world.groups[load.SALES].name != "改过名的群"
    finally:
        await journey.close()
    found["requests unanswered"] = len(rows) - 1 - len(waits)
    found["request answered in, median"] = statistics.median(waits or [0.0])
    found["request answered in, worst"] = max(waits, default=0.0)
    return found


async def _watch(journey: Journey, before: float, found: dict[str, float]) -> None:
    while True:
        now = (load.memory(journey) - before, journey.accounts[0].unsent)
        found.update((name, max(found[name], one)) for name, one in zip(WORST, now, strict=True))
        await asyncio.sleep(0.2)


async def _ask(journey: Journey, rows: tuple[load.Row, ...]) -> list[float]:
    """Ask to join every half second, each in a task of its own, with a command half-way; return the waits."""
    asking: list[asyncio.Task[float]] = []
    for n, row in enumerate(rows):
        comment = load.proof(row)
        asking.append(asyncio.create_task(load.answered_in(journey, load.SALES, 60_000 + n, comment)))
        if n == len(rows) // 2:
            await journey.world.whisper(BOSS, BOT, "帮助")
            await journey.world.rename(load.SALES, "改过名的群")
        await asyncio.sleep(ASK_SECONDS)
    waits = await asyncio.gather(*asking, return_exceptions=True)
    return [waited for waited in waits if isinstance(waited, float)]


def measure(repeats: int) -> list[Figure]:
    """Run floods."""
    return figures("flood", repeated(pour, repeats), units=UNITS, bounds=BOUNDS)
