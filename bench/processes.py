"""What one more process brings: 1, 2 and 4 bots on one PostgreSQL, each with its share of the groups.

Beside them `pgbench`, which commits one row for each of as many clients: what the server gives to anybody.
Needs `QUNGUI_TEST_POSTGRES`.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import AsyncExitStack
from pathlib import Path

import psutil
from sqlalchemy.engine import make_url

from bench.joins import POSTGRES, SIZE
from bench.page.figures import Figure, Numbers, figures
from bench.scene import company
from bench.scene.bare import TOKEN
from bench.scene.bots import Bot, ours
from bench.scene.qq import ACCOUNT, Account
from bench.scene.requests import Requests, at_once
from tests.databases import address, new_database

COUNTS, ASKED, SECONDS = (1, 2, 4), 1200, 5
COMMIT = "INSERT INTO kept VALUES (:client_id, repeat('x', 300));\n"
BESIDE_ONE = ("joins answered, one process's", "pgbench with as many clients, one")
UNITS = {
    **dict.fromkeys(BESIDE_ONE, "1/s"),
    "cores busy with the bots": "cores",
    "cores busy with PostgreSQL": "cores",
    "cores busy playing QQ": "cores",
}


def measure(repeats: int) -> list[Figure]:
    """Measure; nothing without a server."""
    if not POSTGRES:
        sys.stderr.write("QUNGUI_TEST_POSTGRES names no server: processes are not measured\n")
        return []
    found: dict[int, list[Numbers]] = {count: [] for count in COUNTS}
    for _ in range(repeats):
        for count, runs in found.items():
            runs.append(asyncio.run(_once(count)))
    alone = [{name: one[name] for name in BESIDE_ONE} for one in found[1]]
    return [
        figure
        for count, runs in found.items()
        for figure in figures("1 process" if count == 1 else f"{count} processes", runs, alone, units=UNITS)
    ]


async def _once(count: int) -> Numbers:
    """Have so many bots answer a wave at once."""
    with (
        tempfile.TemporaryDirectory() as name,
        new_database(make_url(POSTGRES), f"bench_{uuid.uuid4().hex[:8]}", None) as url,
    ):
        await company.write(address(url), SIZE)
        commits = await asyncio.to_thread(_pgbench, url.render_as_string(hide_password=False), count, name)
        async with AsyncExitStack() as stack:
            accounts: list[Account] = []
            bots: list[Bot] = []
            for at in range(count):
                folder = Path(name) / str(at)
                folder.mkdir()
                bots.append(await stack.enter_async_context(ours(folder, address(url))))
                lists = dict(list(company.member_lists(SIZE, ACCOUNT + at).items())[at::count])
                account = Account(bots[-1].url, TOKEN, lists, ACCOUNT + at)
                accounts.append(await stack.enter_async_context(account))
            requests = [Requests(at, count) for at in range(count)]
            each = list(zip(accounts, requests, strict=True))
            # Once to warm up.
            await asyncio.gather(*(at_once(account, asks, 50) for account, asks in each))
            for bot in bots:
                await bot.quiet()
            return {BESIDE_ONE[1]: commits, **await _wave(bots, each)}


async def _wave(bots: list[Bot], each: list[tuple[Account, Requests]]) -> Numbers:
    asked = ASKED // len(each)
    spent, served, drove = sum(bot.cpu() for bot in bots), _server(), time.process_time()
    begun = time.perf_counter()
    await asyncio.gather(*(at_once(account, asks, asked) for account, asks in each))
    took = time.perf_counter() - begun
    server = sum(max(0.0, cpu - served.get(one, 0.0)) for one, cpu in _server().items())
    return {
        BESIDE_ONE[0]: ASKED / took,
        "cores busy with the bots": (sum(bot.cpu() for bot in bots) - spent) / took,
        "cores busy with PostgreSQL": server / took,
        "cores busy playing QQ": (time.process_time() - drove) / took,
    }


def _server() -> dict[int, float]:
    """Return the CPU seconds so far of each of PostgreSQL's processes, by its number."""
    found = psutil.process_iter(["name", "cpu_times"])
    return {one.pid: sum(one.info["cpu_times"][:2]) for one in found if one.info["name"] == "postgres"}


def _pgbench(url: str, clients: int, folder: str) -> float:
    """Return how many rows a second so many clients commit, one at a time each."""
    pgbench = shutil.which("pgbench")
    if pgbench is None:
        raise RuntimeError("pgbench is missing: it comes with PostgreSQL's server")
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    script = Path(folder) / "commit.sql"
    script.write_text(COMMIT, "utf-8")
    made = ["psql", "-q", plain, "-c", "CREATE TABLE kept (client int, text text)"]
    subprocess.run(made, check=True, capture_output=True)
    asked = [pgbench, "-n", "-c", str(clients), "-T", str(SECONDS), "-f", str(script), plain]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    return float(said.split("tps = ")[1].split()[0])
