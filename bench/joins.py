"""Join decisions: how long from event to answer, how many a second, and the whole road, beside a bare bot.

The bare one says yes to everybody. Every verdict of ours is on the disk before QQ hears of it; so a second
bare one, which commits one row before it says yes, shows what that costs anybody.
Where `QUNGUI_TEST_POSTGRES` names a server, ours runs on that too.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import uuid
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.page.figures import Figure, Numbers, figures
from bench.scene import company
from bench.scene.bare import TOKEN
from bench.scene.bots import Bot, bare, ours
from bench.scene.company import Size
from bench.scene.qq import Account
from bench.scene.requests import GROUPS, PEOPLE, Requests, at_once, one_by_one, steadily
from bench.scene.road import bare_road, our_road
from tests.databases import address, new_database

RATE = 50
SIZE = Size(PEOPLE, GROUPS, bound=0)
POSTGRES = os.environ.get("QUNGUI_TEST_POSTGRES", "")
UNITS = {
    "p50": "ms",
    "p50 at 50/s": "ms",
    "p99 at 50/s": "ms",
    "throughput": "1/s",
    "processor for each of a wave": "ms CPU",
    "slowest asked meanwhile": "ms",
    "all done and read back after": "s",
}
PROMISED = {"p50": "≤ 1.6×", "p99 at 50/s": "≤ 2×", "throughput": "≥ 0.85×"}
OF_THE_ROAD = {"throughput": "≥ 0.6×", "all done and read back after": "≤ 60 s", "left undone": "0"}
ON_POSTGRESQL = {"p50": "≤ 1.5×", "throughput": "≥ 0.6×"}


async def round_of(running: AbstractAsyncContextManager[Bot], *, count: int, seconds: float) -> Numbers:
    """Measure one bot once."""
    requests = Requests()
    async with running as bot, Account(bot.url, TOKEN, company.member_lists(SIZE)) as account:
        await bot.quiet()
        await one_by_one(account, requests, 30)
        alone = await one_by_one(account, requests, 100)
        await bot.quiet()
        steady = await steadily(account, requests, seconds, RATE)
        before = await bot.quiet()
        throughput = await at_once(account, requests, count)
        processor = (bot.cpu() - before) / count
    return {
        "p50": statistics.median(alone) * 1000,
        "p50 at 50/s": statistics.median(steady) * 1000,
        "p99 at 50/s": sorted(steady)[int(len(steady) * 0.99) - 1] * 1000,
        "throughput": throughput,
        "processor for each of a wave": processor * 1000,
    }


async def measure_async(repeats: int) -> list[Figure]:
    """Measure all bots in turn, `repeats` times."""
    found: dict[str, list[Numbers]] = {}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as name:
            for what, numbers in (await _once(Path(name))).items():
                found.setdefault(what, []).append(numbers)
                sys.stderr.write(f"{what}: {dict(numbers)}\n")
    base, mine = found["bare"], found["ours"]
    on_postgresql = "join decisions, PostgreSQL beside SQLite"
    parts = [
        ("join decisions", mine, base, PROMISED),
        ("join road", found["our road"], found["bare road"], OF_THE_ROAD),
        ("a bare bot that commits a row", found["remember"], base, {}),
        (on_postgresql, found.get("postgresql", []), mine, ON_POSTGRESQL),
    ]
    return [
        figure
        for title, runs, beside, bounds in parts
        if runs
        for figure in figures(title, runs, beside, units=UNITS, bounds=bounds)
    ]


async def _once(folder: Path) -> dict[str, Numbers]:
    made: dict[str, Numbers] = {}
    made["ours"] = await round_of(ours(folder, await _database(folder, "answers")), count=600, seconds=10)
    made["bare"] = await round_of(bare("approve", folder), count=600, seconds=10)
    made["remember"] = await round_of(bare("remember", folder), count=600, seconds=10)
    made["our road"] = await our_road(folder, await _database(folder, "road"), SIZE)
    made["bare road"] = await bare_road(folder, SIZE)
    if POSTGRES:
        with new_database(make_url(POSTGRES), f"bench_{uuid.uuid4().hex[:8]}", None) as url:
            await company.write(address(url), SIZE)
            made["postgresql"] = await round_of(ours(folder, address(url)), count=600, seconds=10)
    return made


async def _database(folder: Path, name: str) -> str:
    """Return the address of a new SQLite database with the company in it."""
    url = f"sqlite+aiosqlite:///{folder / name}.db"
    await company.write(url, SIZE)
    return url


def measure(repeats: int) -> list[Figure]:
    """Measure."""
    return asyncio.run(measure_async(repeats))
