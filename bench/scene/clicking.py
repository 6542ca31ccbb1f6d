"""The bot with its console on and off: start, idle memory; joins alone and while 20 people click."""

import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import httpx2

from bench.joins import RATE, SIZE
from bench.page.figures import Figure
from bench.reports import case_rows
from bench.scene import company
from bench.scene.bare import TOKEN
from bench.scene.bots import ROOT, Bot, ours
from bench.scene.qq import OWNER, Account, group_id
from bench.scene.requests import Requests, one_by_one, steadily
from config.settings import Settings
from db.engine import Database
from db.tables.cases import cases
from regulation.policy import Policy
from services.app import App, SystemClock
from services.console import codes

PEOPLE, CASES, SECONDS = 20, 100_000, 20.0
# Each looks at another page so often, and the page renews itself meanwhile, as pages do.
READS, RENEWS = 4.0, 2.0
PAGES = (
    "", "cases", "cases?department=第3部", "cases/V99000", "fines", "groups", f"groups/{group_id(0)}",
    "people", "summary", "trail", "status",
)  # fmt: skip


async def clicking(repeats: int) -> list[Figure]:
    """Measure the same bot in turn with its console on and off, and joins with and without clicks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        await company.write(url, SIZE)
        database = Database(url)
        await company.store(database, cases, case_rows(CASES, random.Random(1), group_id(0)))
        await database.close()
        starts, memory = await _starts(folder, url, repeats)
        delays, took = await _joins(folder, url, repeats)
    return [
        Figure("console: start to listening, switched off", "s", *starts, "≤ 1.05×"),
        Figure("console: idle memory, switched off", "MiB", *memory, "≤ 1.05×"),
        Figure(f"console: join p99 at 50/s, {PEOPLE} people clicking, nobody", "ms", *delays, "≤ 1.2×"),
        Figure("console: a page meanwhile", "ms", took),
    ]


Pair = tuple[tuple[float, ...], tuple[float, ...]]


async def _starts(folder: Path, url: str, repeats: int) -> tuple[Pair, Pair]:
    found: dict[str, list[tuple[float, float]]] = {"on": [], "off": []}
    for n in range(repeats + 1):
        # In turn first: whoever comes second gains by it.
        for console in ("on", "off") if n % 2 else ("off", "on"):
            async with ours(folder, url, CONSOLE=console) as bot:
                await bot.quiet()
                found[console].append((bot.seconds_to_listen, bot.rss()))
    # The first start fills the page cache and writes what Python compiles.
    on, off = found["on"][1:], found["off"][1:]
    seconds, memory = (
        (tuple(one[index] for one in on), tuple(one[index] for one in off)) for index in (0, 1)
    )
    return seconds, memory


async def _joins(folder: Path, url: str, repeats: int) -> tuple[Pair, tuple[float, ...]]:
    with_clicks: list[float] = []
    without: list[float] = []
    took: list[float] = []
    async with ours(folder, url) as bot:
        cookies = await _come_in(bot, url)
        requests = Requests()
        async with Account(bot.url, TOKEN, company.member_lists(SIZE)) as account:
            await bot.quiet()
            await one_by_one(account, requests, 30)
            for _ in range(repeats):
                await bot.quiet()
                without.append(_p99(await steadily(account, requests, SECONDS, RATE)))
                async with _clicks(bot, cookies) as looks:
                    with_clicks.append(_p99(await steadily(account, requests, SECONDS, RATE)))
                await bot.quiet()
                took.append(1000 * statistics.median(looks))
    return (tuple(with_clicks), tuple(without)), tuple(took)


def _p99(delays: Sequence[float]) -> float:
    return 1000 * sorted(delays)[int(len(delays) * 0.99) - 1]


async def _come_in(bot: Bot, url: str) -> list[str]:
    """Return the cookies of as many sessions as people click."""
    settings = Settings(_env_file=None, superusers=frozenset({OWNER}))  # pyright: ignore[reportCallIssue]
    app = App(settings, Policy(), Database(url), company.KEY, SystemClock())
    found: list[str] = []
    address = f"http://127.0.0.1:{bot.port}/console/login"
    for _ in range(PEOPLE):
        code = await codes.give(app, OWNER, by="bench")
        async with httpx2.AsyncClient(headers={"Sec-Fetch-Site": "same-origin"}) as client:
            answer = await client.post(address, data={"qq": str(OWNER), "code": code or ""})
            found.append(answer.headers["set-cookie"].split(";")[0])
    await app.database.close()
    return found


@asynccontextmanager
async def _clicks(bot: Bot, cookies: Sequence[str]) -> AsyncGenerator[list[float]]:
    """Have everybody click while the block runs; once it has ended, gives the seconds that each look took.

    They are a process of their own, which gives way to the others: what they take to write and read shall
    neither hold up the loop that measures the joins nor the bot.
    """
    looks: list[float] = []
    command = [sys.executable, "-m", "bench.scene.clicking", str(bot.port), *cookies]
    people = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert people.stdout is not None
    await people.stdout.readline()
    try:
        yield looks
    finally:
        people.terminate()
        told, _ = await people.communicate()
    looks += json.loads(told)


async def people_clicking(port: int, cookies: Sequence[str]) -> None:
    """Have everybody click until the process is told to end, and tell how long each look took."""
    os.nice(10)
    looks: list[float] = []
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    people = [asyncio.create_task(_somebody(port, cookie, n, looks)) for n, cookie in enumerate(cookies)]
    sys.stdout.write("clicking\n")
    sys.stdout.flush()
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait([waiting, *people], return_when=asyncio.FIRST_COMPLETED)
    wrong = [one for one in people if one.done()]
    assert not wrong, wrong
    sys.stdout.write(json.dumps(looks))


async def _somebody(port: int, cookie: str, number: int, looks: list[float]) -> None:
    """Look at one page after another."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.sleep(READS * number / PEOPLE)
    for turn in range(10_000):
        page = PAGES[(number + turn) % len(PAGES)]
        looks.append(await _get(reader, writer, port, cookie, page))
        await asyncio.sleep(RENEWS)
        await _get(reader, writer, port, cookie, "inbox/live?seen=0")
        await asyncio.sleep(READS - RENEWS)
    writer.close()


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, cookie: str, page: str
) -> float:
    begun = time.perf_counter()
    path = quote(f"/console/{page}", safe="/?=&")
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.split()[1] == "200", (page, head)
    length = next(line for line in head.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(int(length.partition(":")[2]))
    return time.perf_counter() - begun


if __name__ == "__main__":
    asyncio.run(people_clicking(int(sys.argv[1]), sys.argv[2:]))
