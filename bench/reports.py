"""How long reports take with 100,000 cases, and how long the event loop is kept waiting meanwhile.

Run with `uv run python -m bench.reports [DATABASE_URL]`; without an address on a SQLite file.
"""

import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from config.settings import Settings
from db.engine import Database
from db.tables import metadata
from db.tables.base import ZONE
from db.tables.cases import cases
from db.tables.groups import groups
from regulation.periods import month_of
from regulation.policy import Policy
from services.app import App
from services.reports import figures, picture, tables
from services.reports.filters import Filters

CASES = 100_000
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)


class Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        """Return always the same moment."""
        return NOW


def case_rows(count: int, chance: random.Random) -> list[dict[str, Any]]:
    """Return rows of cases over 300 groups, 40 departments and eight months."""
    found: list[dict[str, Any]] = []
    for n in range(count):
        opened = NOW - timedelta(seconds=chance.randrange(240 * 86400))
        closed = opened + timedelta(hours=chance.randrange(400)) if chance.random() < 0.7 else None
        closed = None if closed is None or closed > NOW else closed
        found.append(
            {
                "code": chance.choice(("C1", "C1", "C1", "L1", "T1", "M1", "M2")),
                "group_id": 700001 + chance.randrange(300),
                "subject": str(n),
                "user_id": 10**8 + n,
                "employee_no": f"A{n:06d}",
                "department": f"第{chance.randrange(40)}部/二组",
                "status": "closed" if closed else "open",
                "reason": "missing_department",
                "data": {"card": "张三", "right": "市场部-张三"},
                "opened_at": opened,
                "seen_at": opened,
                "due_at": opened + timedelta(days=3),
                "overdue_at": opened + timedelta(days=3) if chance.random() < 0.3 else None,
                "closed_at": closed,
                "closed_as": "cured" if closed else None,
                "frozen": False,
            }
        )
    return found


async def watched(what: str, work: Awaitable[Any]) -> Any:
    """Await `work`; print its time and the longest wait of the event loop meanwhile."""
    worst, running = 0.0, True

    async def tick() -> None:
        nonlocal worst
        while running:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before - 0.001)

    ticker = asyncio.create_task(tick())
    start = time.perf_counter()
    result = await work
    taken = time.perf_counter() - start
    running = False
    await ticker
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{what}: {taken * 1000:.0f} ms, loop waited {worst * 1000:.1f} ms, peak {memory:.0f} MiB\n"
    )
    return result


async def main(url: str) -> None:
    """Fill the database and measure each report, some of them twice."""
    database = Database(url)
    app = App(Settings(_env_file=None), Policy(), database, phone_key=b"x", clock=Still())  # pyright: ignore
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        known = [{"group_id": 700001 + n, "name": f"第{n}群", "admin_ids": []} for n in range(300)]
        await connection.execute(insert(groups), known)
    rows = case_rows(CASES, random.Random(1))
    for start in range(0, CASES, 5000):
        async with database.transaction() as tx:
            await tx.execute(insert(cases), rows[start : start + 5000])
    del rows
    period = month_of(NOW.date())
    found = await figures.load(app, period, Filters())
    for _ in range(3):
        found = await watched("figures", figures.load(app, period, Filters()))
    for _ in range(3):
        await watched("picture", picture.render(found, "2026-11", NOW))
    half = period.__class__(NOW - timedelta(days=97), NOW)
    made = await watched("workbook", tables.export(app, "violations", half, NOW))
    sys.stdout.write(f"{made.rows} rows, {len(made.data) / 2**20:.1f} MiB\n")
    await database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else f"sqlite+aiosqlite:///{folder}/bench.db"))
