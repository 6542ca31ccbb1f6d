"""How long the console's pages take with 100,000 cases and 1,000 groups, beside their SQL and a bare page.

`python -m bench.console [CASES] [GROUPS] [REPEATS]`, on a SQLite file; in this process, without a network.
"""

import asyncio
import statistics
import sys
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import nonebot
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event, insert

from config.settings import Settings
from db.engine import Database
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

PAGES = (
    "",
    "inbox/live",
    "cases",
    "cases?period=今年&code=C1",
    "cases?department=市场部&state=逾期",
    "cases/V99000",
    "fines",
    "groups",
    "groups/700001",
    "people",
    "people?q=李",
    "people/A101",
    "imports",
    "summary?period=今年",
    "spot-checks",
    "trail",
    "status",
    "regulation",
)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)


class Spent:
    """How long the database worked, in whatever thread."""

    def __init__(self) -> None:
        self.seconds, self._since = 0.0, threading.local()
        event.listen(Engine, "before_cursor_execute", self._begin)
        event.listen(Engine, "after_cursor_execute", self._end)

    def _begin(self, *_: object) -> None:
        self._since.at = time.perf_counter()

    def _end(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._since.at


async def main(stored: int, many: int, repeats: int) -> None:
    """Fill a database, log in, and look at every page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "console.db"
        engine = create_engine(f"sqlite:///{path}")
        metadata.create_all(engine)
        engine.dispose()
        settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
        app = App(
            settings, Policy(), Database(f"sqlite+aiosqlite:///{path}"), b"bench key", StoppedClock(NOW)
        )
        await a_year_of_work(app, people=2000, stored=stored)
        await _more_groups(app, many)
        await _look(app, repeats)
        await app.database.close()


async def _more_groups(app: App, many: int) -> None:
    rows: list[dict[str, Any]] = [
        {"group_id": 710000 + n, "name": f"第{n}群", "admin_ids": [], "member_count": 200, "complete_at": NOW}
        for n in range(many)
    ]
    async with app.database.transaction() as tx:
        await tx.execute(insert(groups), rows)


async def _look(app: App, repeats: int) -> None:
    use_app(app)
    nonebot.init(driver="~fastapi")
    from plugins.console import Console

    outer = FastAPI(openapi_url=None)
    outer.mount("/console", Console())
    outer.add_api_route("/bare", lambda: "ok")
    transport = httpx2.ASGITransport(app=outer, client=("127.0.0.1", 1))
    spent = Spent()
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        code = await codes.give(app, STAFF, by="bench")
        await client.post("/console/login", data={"qq": str(STAFF), "code": code})
        for address in ("/bare", *(f"/console/{page}" for page in PAGES)):
            took: list[float] = []
            sql: list[float] = []
            for _ in range(repeats + 1):
                spent.seconds, began = 0.0, time.perf_counter()
                answer = await client.get(address)
                assert answer.status_code == 200, (address, answer.status_code)
                took.append(1000 * (time.perf_counter() - began))
                sql.append(1000 * spent.seconds)
            # The first look makes the template, and fills caches.
            took, sql = sorted(took[1:]), sorted(sql[1:])
            p95 = took[int(len(took) * 0.95) - 1]
            line = f"{address:42} median {statistics.median(took):7.1f} ms  p95 {p95:7.1f} ms"
            sys.stdout.write(f"{line}  SQL {statistics.median(sql):7.1f} ms\n")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    asyncio.run(main(*(given + [100_000, 1_000, 20][len(given) :])))
