"""2,000 messages a second at the socket: what it costs in memory, and what becomes of requests and notices.

Run with `uv run python -m bench.flood [SECONDS]` (30 by default). The real bot on SQLite in a process of
its own; ordinary messages of 1,000 members, with join requests, renames, wrong cards and commands
between them, of which none may be lost.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from bench.page.figures import Figure, show
from db.tables.requests import join_requests
from simulator.qq.traffic import flood
from tests.journeys import load
from tests.journeys.harness import BOSS, BOT, POLICY, Journey

PER_SECOND = 2_000
ASK_SECONDS = 0.5
FLOOD_POLICY = (
    POLICY.replace("requests_seconds = 3", "requests_seconds = 3600") + "[join]\nwave_limit = 1000000\n"
)


@dataclass
class Outcome:
    """What a flood gave. Memory in MiB above the start; waits in seconds."""

    said: int = 0
    asked: int = 0
    lost: int = 0
    commands_lost: int = 0
    memory: float = 0.0
    memory_after: float = 0.0
    waits: list[float] = field(default_factory=list[float])
    wait_after: float = 0.0
    looked_at: float = 0.0
    reconnected: bool = False
    renamed: bool = False
    behind: float = 0.0
    unsent: float = 0.0
    inside: float = 0.0
    processor: float = 0.0


async def pour(folder: Path, seconds: float, per_second: int = PER_SECOND, database_url: str = "") -> Outcome:
    """Flood the bot for so long. Lost requests would stay lost: the bot's own poll for them is off."""
    journey = Journey(
        folder, database_url, forked=False, policy=FLOOD_POLICY, environment={"LOG_LEVEL": "INFO"}
    )
    rows = load.newcomers(int(seconds / ASK_SECONDS) + 1)
    outcome = Outcome(asked=len(rows))
    try:
        await load.company(journey, rows, people=1000)
        account = await load.settled(journey)
        connections, before = account.connections, load.memory(journey)
        watching = asyncio.create_task(_watch(journey, before, outcome))
        asking = asyncio.create_task(_ask(journey, rows[:-1], outcome))
        began, processor = time.monotonic(), load.processor(journey)
        outcome.said = await flood(journey.world, per_second, seconds)
        await asking
        outcome.commands_lost = 1 - len(journey.said("帮助 命令", user_id=BOSS)[1:2])
        await load.barrier(journey)
        outcome.behind = time.monotonic() - began - seconds
        outcome.processor = (load.processor(journey) - processor) / (seconds + outcome.behind)
        watching.cancel()
        outcome.wait_after = await load.answered_in(journey, load.SALES, 60_999, load.proof(rows[-1]))
        outcome.memory_after = load.memory(journey) - before
        outcome.reconnected = account.connections != connections
        figures = await load.metrics(journey)
        outcome.looked_at = figures.get("qungui_message_look_seconds_count", 0.0)
        answered = figures.get("qungui_join_answer_seconds_count", 0.0)
        outcome.inside = figures.get("qungui_join_answer_seconds_sum", 0.0) / max(1.0, answered)
        stored = {row.user_id for row in await journey.rows(select(join_requests.c.user_id))}
        outcome.lost = sum(60_000 + n not in stored for n in range(len(rows) - 1))
        outcome.renamed = journey.world.groups[load.SALES].name == "改过名的群"
    finally:
        await journey.close()
    return outcome


async def _watch(journey: Journey, before: float, outcome: Outcome) -> None:
    while True:
        outcome.memory = max(outcome.memory, load.memory(journey) - before)
        outcome.unsent = max(outcome.unsent, journey.accounts[0].unsent)
        await asyncio.sleep(0.2)


async def _ask(journey: Journey, rows: tuple[load.Row, ...], outcome: Outcome) -> None:
    """Ask to join every half second, each in a task of its own, and use a command half-way."""
    asking: list[asyncio.Task[float]] = []
    for n, row in enumerate(rows):
        comment = load.proof(row)
        asking.append(asyncio.create_task(load.answered_in(journey, load.SALES, 60_000 + n, comment)))
        if n == len(rows) // 2:
            await journey.world.whisper(BOSS, BOT, "帮助")
            await journey.world.rename(load.SALES, "改过名的群")
        await asyncio.sleep(ASK_SECONDS)
    for waited in await asyncio.gather(*asking, return_exceptions=True):
        if isinstance(waited, float):
            outcome.waits.append(waited)


def measure(repeats: int = 1, seconds: float = 30.0) -> list[Figure]:
    """Run floods of so many seconds."""
    return _figures([_one(seconds) for _ in range(repeats)])


def _one(seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(pour(Path(folder), seconds))


def _figures(found: list[Outcome]) -> list[Figure]:
    def each(name: str) -> tuple[float, ...]:
        return tuple(float(getattr(one, name)) for one in found)

    worst = tuple(max(one.waits, default=0.0) for one in found)
    middle = tuple(statistics.median(one.waits or [0.0]) for one in found)
    note = f"{sum(one.said for one in found)} messages, {sum(one.asked for one in found)} requests"
    return [
        Figure("flood: memory at most", "MiB", each("memory"), bound="≤ +100", note=note),
        Figure("flood: memory afterwards", "MiB", each("memory_after")),
        Figure("flood: requests lost", "", each("lost"), bound="0"),
        Figure("flood: commands lost", "", each("commands_lost"), bound="0"),
        Figure("flood: connection broken", "", each("reconnected"), bound="0"),
        Figure("flood: request answered in, median", "s", middle),
        Figure("flood: request answered in, worst", "s", worst),
        Figure("flood: of that in the bot, mean", "s", each("inside")),
        Figure("flood: processor used by the bot", "cores", each("processor")),
        Figure("flood: frames waiting in the simulator at most", "", each("unsent")),
        Figure("flood: done with it after the last message", "s", each("behind")),
        Figure("flood: request answered afterwards", "s", each("wait_after"), bound="≤ 1"),
        Figure("flood: messages looked at", "", each("looked_at")),
    ]


if __name__ == "__main__":
    show(_figures([_one(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)]))
