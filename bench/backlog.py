"""A backlog of 10,000 messages in the outbox: does it drain at the pace, and does the event loop stay free?

Run with `uv run python -m bench.backlog [SECONDS] [ROWS]` (30 s, 10,000 rows). The real bot on SQLite in a
process of its own, sending every 0.05 s at the least; its loop is looked at every 5 ms from within.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from bench.page.figures import Figure, show
from db.tables.base import ZONE
from db.tables.work import outbox
from tests.journeys import load
from tests.journeys.harness import ROOT, Journey

ROWS, SECONDS = 10_000, 30.0
PACE, JITTER = 0.05, 0.125
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """`rate`: sent, as a share of what the pace allows. Lags in milliseconds; `processor` in cores."""

    rate: float
    lag_p99: float
    lag_median: float
    idle_p99: float
    processor: float


async def drain(folder: Path, seconds: float, rows: int = ROWS, database_url: str = "") -> Outcome:
    """Let the bot drain a backlog for so long."""
    entry = folder / "watched.py"
    entry.write_text(WATCHED, "utf-8")
    journey = Journey(folder, database_url, forked=False, entry=entry, environment={"LOG_LEVEL": "INFO"})
    try:
        await load.company(journey, people=50)
        await load.settled(journey)
        idle_from = time.time()
        await asyncio.sleep(min(3.0, seconds / 3))
        idle_to = time.time()
        await _fill(journey, rows)
        await journey.until(lambda: len(journey.said("积压")) > 3, "the first of the backlog", 30)
        began, before, processor = time.time(), len(journey.said("积压")), load.processor(journey)
        await asyncio.sleep(seconds)
        ended, sent = time.time(), len(journey.said("积压")) - before
        processor = (load.processor(journey) - processor) / seconds
        waiting = await journey.rows(select(func.count()).where(outbox.c.state == "waiting"))
        assert waiting[0][0] > 0, "the backlog was too small for so long"
    finally:
        await journey.close()
    lags = [tuple(map(float, line.split())) for line in (folder / "lag.txt").read_text("ascii").splitlines()]
    busy = sorted(lag * 1000 for at, lag in lags if began <= at <= ended)
    idle = sorted(lag * 1000 for at, lag in lags if idle_from <= at <= idle_to)
    allowed = seconds / (PACE * (1 + JITTER))
    return Outcome(sent / allowed, _p99(busy), statistics.median(busy), _p99(idle), processor)


def _p99(values: list[float]) -> float:
    return values[int(len(values) * 0.99)]


async def _fill(journey: Journey, count: int) -> None:
    rows = [
        {
            "kind": "send_group",
            "group_id": load.SALES,
            "payload": {"parts": [{"text": f"积压{n}"}]},
            "lane": "message",
            "priority": 30,
            "order_at": NEVER,
            "not_before": PAST,
            "made_at": PAST,
            "state": "waiting",
            "attempts": 0,
            "key": f"backlog:{n}",
        }
        for n in range(count)
    ]
    database = journey.database()
    async with database.transaction() as tx:
        await tx.execute(insert(outbox), rows)
    await database.close()


def measure(repeats: int = 3, seconds: float = 10.0) -> list[Figure]:
    """Drain for so many seconds, several times."""
    return _figures([_one(seconds, ROWS) for _ in range(repeats)])


def _one(seconds: float, rows: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(drain(Path(folder), seconds, rows))


def _figures(found: list[Outcome]) -> list[Figure]:
    return [
        Figure("backlog: sent, of what the pace allows", "", tuple(o.rate for o in found), bound="≈ 1"),
        Figure("backlog: loop's lag, p99", "ms", tuple(o.lag_p99 for o in found), bound="≤ 20"),
        Figure("backlog: loop's lag, median", "ms", tuple(o.lag_median for o in found)),
        Figure("backlog: loop's lag idle before, p99", "ms", tuple(o.idle_p99 for o in found)),
        Figure("backlog: processor used", "cores", tuple(o.processor for o in found)),
    ]


if __name__ == "__main__":
    chosen = [float(word) for word in sys.argv[1:]]
    show(_figures([_one(chosen[0] if chosen else SECONDS, int(chosen[1]) if chosen[1:] else ROWS)]))
