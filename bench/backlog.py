"""A backlog of 10,000 messages in the outbox: does it drain at the pace, and does the event loop stay free?

The real bot on SQLite in a process of its own, sending every 0.05 s at the least; its loop is looked at every
5 ms from within.
"""

import asyncio
import statistics
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from bench.page.figures import Figure, figures
from bench.scene.apart import repeated
from db.tables.base import ZONE
from db.tables.work import outbox
from tests.journeys import load
from tests.journeys.harness import ROOT, Journey

ROWS, SECONDS = 10_000, 10.0
PACE, JITTER = 0.05, 0.125
UNITS = {
    "loop's lag, p99": "ms",
    "loop's lag, median": "ms",
    "loop's lag idle before, p99": "ms",
    "processor used": "cores",
}
BOUNDS = {"sent, of what the pace allows": "≈ 1", "loop's lag, p99": "≤ 20"}
PAST, NEVER = datetime(2020, 1, 1, tzinfo=ZONE), datetime(9999, 1, 1, tzinfo=ZONE)
# The bot itself, with somebody inside who writes down how late the loop is.
WATCHED = f"""
import asyncio, sys, time
sys.path.insert(0, {str(ROOT)!r})
import bot, nonebot

async def tick():
    with open("lag.txt", "w", buffering=1) as file:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            file.write(f"{{time.time()}} {{time.perf_counter() - before - 0.005}}\\n")

kept = []

async def watch():
    kept.append(asyncio.get_running_loop().create_task(tick()))

def start(app, begin=bot.start):
    begin(app)
    nonebot.get_driver().on_startup(watch)

bot.start = start
bot.main()
"""


async def drain(folder: Path) -> dict[str, float]:
    """Let the bot drain a backlog for `SECONDS`."""
    entry = folder / "watched.py"
    entry.write_text(WATCHED, "utf-8")
    journey = Journey(folder, forked=False, entry=entry, environment={"LOG_LEVEL": "INFO"})
    try:
        await load.company(journey, people=50)
        await load.settled(journey)
        idle_from = time.time()
        await asyncio.sleep(3.0)
        idle_to = time.time()
        await _fill(journey)
        await journey.until(lambda: len(journey.said("积压")) > 3, "the first of the backlog", 30)
        began, before, processor = time.time(), len(journey.said("积压")), load.processor(journey)
        await asyncio.sleep(SECONDS)
        ended, sent = time.time(), len(journey.said("积压")) - before
        processor = (load.processor(journey) - processor) / SECONDS
        waiting = await journey.rows(select(func.count()).where(outbox.c.state == "waiting"))
        assert waiting[0][0] > 0, "the backlog was too small for so long"
    finally:
        await journey.close()
    lags = [tuple(map(float, line.split())) for line in (folder / "lag.txt").read_text("ascii").splitlines()]
    busy = sorted(lag * 1000 for at, lag in lags if began <= at <= ended)
    idle = sorted(lag * 1000 for at, lag in lags if idle_from <= at <= idle_to)
    return {
        "sent, of what the pace allows": sent / SECONDS * PACE * (1 + JITTER),
        "loop's lag, p99": _p99(busy),
        "loop's lag, median": statistics.median(busy),
        "loop's lag idle before, p99": _p99(idle),
        "processor used": processor,
    }


def _p99(values: list[float]) -> float:
    return values[int(len(values) * 0.99)]


async def _fill(journey: Journey) -> None:
    rows = [
        {
            "kind": "send_group", "group_id": load.SALES, "payload": {"parts": [{"text": f"积压{n}"}]},
            "lane": "message", "priority": 30, "order_at": NEVER, "not_before": PAST, "made_at": PAST,
            "state": "waiting", "attempts": 0, "key": f"backlog:{n}",
        }
        for n in range(ROWS)
    ]  # fmt: skip
    database = journey.database()
    async with database.transaction() as tx:
        await tx.execute(insert(outbox), rows)
    await database.close()


def measure(repeats: int) -> list[Figure]:
    """Drain, several times."""
    return figures("backlog", repeated(drain, repeats), units=UNITS, bounds=BOUNDS)
