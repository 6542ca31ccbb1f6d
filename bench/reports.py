"""How long reports take with 100,000 cases, and how long the event loop is kept waiting meanwhile."""

import asyncio
import io
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter
from PIL import Image
from sqlalchemy import func, select

from bench.page.figures import Figure
from bench.scene import company
from config.settings import Settings
from db.engine import Database
from db.tables import metadata
from db.tables.base import ZONE
from db.tables.cases import cases
from db.tables.groups import groups
from regulation.periods import Period, month_of
from regulation.policy import Policy
from services.app import App
from services.reports import figures, picture, tables
from services.reports.filters import Filters
from tests.conftest import StoppedClock

CASES = 100_000
# As many as the workbook of violations has.
COLUMNS = 16
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZONE)


def case_rows(count: int, chance: random.Random, first_group: int = 700001) -> Iterator[dict[str, Any]]:
    """Give rows of cases over 300 groups, 40 departments and eight months."""
    for n in range(count):
        opened = NOW - timedelta(seconds=chance.randrange(240 * 86400))
        closed = opened + timedelta(hours=chance.randrange(400)) if chance.random() < 0.7 else None
        closed = None if closed is None or closed > NOW else closed
        yield {
            "code": chance.choice(("C1", "C1", "C1", "L1", "T1", "M1", "M2")),
            "group_id": first_group + chance.randrange(300), "subject": str(n), "user_id": 10**8 + n,
            "employee_no": f"A{n:06d}", "department": f"第{chance.randrange(40)}部/二组",
            "status": "closed" if closed else "open", "reason": "missing_department",
            "data": {"card": "张三", "right": "市场部-张三"}, "opened_at": opened, "seen_at": opened,
            "due_at": opened + timedelta(days=3),
            "overdue_at": opened + timedelta(days=3) if chance.random() < 0.3 else None,
            "closed_at": closed, "frozen": False,
            # One in thirty was dismissed as wrong, and is to be counted nowhere.
            "closed_as": ("dismissed" if n % 30 == 0 else "cured") if closed else None,
        }  # fmt: skip


@dataclass(slots=True)
class Taken:
    """What reports took: seconds by name, and the longest that the event loop was kept waiting (s)."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    waited: list[float] = field(default_factory=list[float])

    async def watch(self, what: str, work: Awaitable[Any]) -> Any:
        """Await `work`, and note what it took."""
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
        self.seconds[what].append(time.perf_counter() - start)
        running = False
        await ticker
        self.waited.append(worst)
        return result


async def count_cases(database: Database, period: Period) -> None:
    """Have the database count the period's cases, as the least that any summary asks of it."""
    counted = (
        select(cases.c.code, cases.c.department, func.count())
        .where(cases.c.opened_at >= period.start, cases.c.opened_at < period.end)
        .group_by(cases.c.code, cases.c.department)
    )
    async with database.reading() as tx:
        await tx.rows(counted)


def empty_picture(png: bytes) -> None:
    """Pack a picture of the same size with nothing on it."""
    Image.new("RGB", Image.open(io.BytesIO(png)).size).save(io.BytesIO(), "PNG", optimize=True)


def plain_workbook(rows: int) -> None:
    """Have the library write as many rows of plain text."""
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for n in range(rows):
        for column in range(COLUMNS):
            sheet.write_string(n, column, f"{n} {column}")
    book.close()


async def measured(url: str, repeats: int) -> list[Figure]:
    """Fill the database and measure each report."""
    database = Database(url)
    app = App(Settings(_env_file=None), Policy(), database, phone_key=b"x", clock=StoppedClock(NOW))  # pyright: ignore
    await database.plainly(metadata.create_all)
    known = [{"group_id": 700001 + n, "name": f"第{n}群", "admin_ids": []} for n in range(300)]
    await company.store(database, groups, known)
    await company.store(database, cases, case_rows(CASES, random.Random(1)))
    taken = Taken()
    half = Period(NOW - timedelta(days=97), NOW)
    found = await figures.load(app, month_of(NOW.date()), Filters())
    made, plain = None, Taken()
    for _ in range(repeats):
        found = await taken.watch("figures", figures.load(app, month_of(NOW.date()), Filters()))
        await plain.watch("figures", count_cases(database, month_of(NOW.date())))
        png = await taken.watch("picture", picture.render(found, "2026-11", NOW))
        await plain.watch("picture", asyncio.to_thread(empty_picture, png))
        made = await taken.watch("workbook", tables.export(app, "violations", half, NOW))
        await plain.watch("workbook", asyncio.to_thread(plain_workbook, made.rows))
    await database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    label = {"workbook": f"workbook of {made.rows:,} rows" if made else "workbook"}
    times = [
        Figure(
            f"summary, {CASES:,} cases: {label.get(name, name)}", "s",
            tuple(seconds), tuple(plain.seconds[name]), "≤ 3×" if name == "figures" else "",
        )
        for name, seconds in taken.seconds.items()
    ]  # fmt: skip
    loop = Figure("summary: longest wait of the event loop", "ms", tuple(one * 1000 for one in taken.waited))
    return [*times, loop, Figure("summary: peak memory", "MiB", (peak,))]


def measure(repeats: int) -> list[Figure]:
    """Measure, on a SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(f"sqlite+aiosqlite:///{folder}/bench.db", repeats))
