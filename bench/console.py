"""The console beside the gate: pages with 100,000 cases and 1,000 groups, joins while 20 people click, start.

Each page beside what its own SQL takes without us, and a bare page of the same framework; start, memory and
joins with the console on beside the same bot with it off.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import nonebot
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event
from starlette.types import ASGIApp, Receive, Scope, Send

from bench.page.figures import Figure
from bench.scene import company
from bench.scene.clicking import clicking
from config.settings import Settings
from db.connections import prepare_sqlite
from db.engine import Database
from db.prepared import Prepared
from db.tables import metadata
from db.tables.base import ZONE
from db.tables.groups import groups
from regulation.policy import Policy
from services.app import App
from services.console import codes
from services.context import use_app
from tests.company import STAFF
from tests.conftest import StoppedClock
from tests.plugins.console.scene import a_year_of_work

CASES, GROUPS, PEOPLE, LOOKS = 100_000, 1_000, 2_000, 20
PAGES = (
    "", "inbox/live", "cases", "cases?period=今年&code=C1", "cases?department=市场部&state=逾期",
    "cases/V99000", "fines", "groups", "groups/700001", "people", "people?q=李", "people/A101", "imports",
    "sources", "summary", "summary?period=今年", "spot-checks", "trail", "status", "regulation",
)  # fmt: skip
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)


class Asked:
    """What a page asks of the database, and how long the driver alone takes for the same.

    "The same" are all of its statements, those that ask who is looking too, in as many transactions, on a
    connection that is set up as ours are, each row fetched.
    """

    def __init__(self, path: Path) -> None:
        self.statements: list[tuple[str, Any]] = []
        self._plain = sqlite3.connect(path, isolation_level=None)
        prepare_sqlite(self._plain, None)
        event.listen(Engine, "before_cursor_execute", self._note)
        event.listen(Engine, "begin", lambda _: self.statements.append(("BEGIN", ())))
        run, note = Prepared.run, self._note

        def noting(self: Prepared, cursor: Any, given: Any) -> Any:
            return run(self, _Noted(cursor, note), given)

        # What is asked of the driver itself passes the listener by.
        Prepared.run = noting

    def _note(self, _: object, __: object, statement: str, values: Any, *___: object) -> None:
        if statement.startswith("SELECT"):
            self.statements.append((statement, values))

    def again(self) -> float:
        """Ask all of it again with nothing around it; return the seconds."""
        begun = time.perf_counter()
        for statement, values in self.statements:
            if statement == "BEGIN":
                self._plain.commit()
            self._plain.execute(statement, values).fetchall()
        self._plain.commit()
        return time.perf_counter() - begun

    def close(self) -> None:
        """Let go of the database."""
        self._plain.close()


class _Noted:
    """A cursor whose statements are noted."""

    def __init__(self, cursor: Any, note: Callable[..., None]) -> None:
        self._cursor, self._said = cursor, note

    def execute(self, statement: str, values: Any) -> None:
        self._said(None, None, statement, values)
        self._cursor.execute(statement, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class Loop:
    """How long the event loop was kept by one thing at a time, in CPU seconds: joins wait for no less."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._run = asyncio.Handle._run  # pyright: ignore

    def __enter__(self) -> "Loop":
        def run(handle: asyncio.Handle) -> None:
            begun = time.thread_time()
            self._run(handle)
            self.longest = max(self.longest, time.thread_time() - begun)

        asyncio.Handle._run = run  # pyright: ignore
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.Handle._run = self._run  # pyright: ignore


class Serving:
    """Wraps the site; `seconds`: what the last request took the server, without what asks at this end."""

    def __init__(self, site: ASGIApp) -> None:
        self._site = site
        self.seconds = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        await self._site(scope, receive, send)
        self.seconds = time.perf_counter() - begun


async def pages(looks: int) -> list[Figure]:
    """Fill a database, log in, and look at every page `looks` times; in this process, without a network."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "console.db"
        engine = create_engine(f"sqlite:///{path}")
        metadata.create_all(engine)
        engine.dispose()
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
        database = Database(f"sqlite+aiosqlite:///{path}")
        app = App(settings, Policy(), database, b"bench key", StoppedClock(NOW))
        await a_year_of_work(app, people=PEOPLE, stored=CASES)
        await company.store(database, groups, _more_groups())
        found = await _look(app, path, looks)
        await database.close()
    return found


def _more_groups() -> Iterator[dict[str, Any]]:
    for n in range(GROUPS):
        name = f"第{n}群"
        yield {"group_id": 710000 + n, "name": name, "admin_ids": [], "member_count": 200, "complete_at": NOW}


async def _look(app: App, path: Path, looks: int) -> list[Figure]:
    asked = Asked(path)
    found: list[Figure] = []
    kept: list[float] = []
    async with _browser(app) as look:
        bare = [await look("/bare") for _ in range(looks)]
        for page in PAGES:
            took: list[float] = []
            own: list[float] = []
            # The first look makes the template, and fills caches.
            for _ in range(looks + 1):
                asked.statements.clear()
                took.append(1000 * await look(f"/console/{page}"))
                own.append(1000 * asked.again())
            with Loop() as loop:
                await look(f"/console/{page}")
            kept.append(1000 * loop.longest)
            name = f"console: /{page}, its own SQL"
            found.append(Figure(name, "ms", tuple(took[1:]), tuple(own[1:]), "≤ 10×"))
    asked.close()
    slowest = max(found, key=lambda one: p95(one.ours))
    note = f"The slowest page: {slowest.name.removesuffix(', its own SQL')}."
    bare_ms = (1000 * statistics.median(bare),)
    worst = Figure(
        "console: p95 of the slowest page, a bare one", "ms", (p95(slowest.ours),), bare_ms, "≤ 150 ms", note
    )
    return [*found, worst, Figure("console: the loop kept longest by a page", "ms CPU", (max(kept),))]


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


@asynccontextmanager
async def _browser(app: App) -> AsyncGenerator[Callable[[str], Awaitable[float]]]:
    """Give what looks at an address as one of the admin staff, and returns the seconds the server took."""
    use_app(app)
    nonebot.init(driver="~fastapi")
    from plugins.console import Console

    outer = FastAPI(openapi_url=None)
    outer.mount("/console", Console())
    outer.add_api_route("/bare", lambda: "ok")
    serving = Serving(outer)
    transport = httpx2.ASGITransport(app=serving, client=("127.0.0.1", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        code = await codes.give(app, STAFF, by="bench")
        await client.post("/console/login", data={"qq": str(STAFF), "code": code})

        async def look(address: str) -> float:
            answer = await client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            return serving.seconds

        yield look


def measure(repeats: int) -> list[Figure]:
    """Measure all of it."""
    return [*asyncio.run(pages(LOOKS)), *asyncio.run(clicking(repeats))]
