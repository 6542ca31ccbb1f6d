"""kill -9 anywhere in a pull leaves the old registry or the new one, and the next pull goes on."""

import asyncio
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from tests.services.imports.sources.killed import pull_once
from tests.services.imports.sources.test_folder import csv

PEOPLE, MOVED = range(30), range(6)
# Of some ninety statements, one in so many is the last.
STEP = 9
ROOT = Path(__file__).parents[4]
KILLED = "tests.services.imports.sources.killed"


def departments(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as rows:
        return [one for (one,) in rows.execute("SELECT department FROM employees ORDER BY employee_no")]


def drop(place: Path, moved: range, at: int) -> None:
    path = place / f"{at}.csv"
    lines = csv(PEOPLE).decode().splitlines(keepends=True)
    lines[1 : 1 + len(moved)] = [line.replace("市场部", "采购部") for line in lines[1 : 1 + len(moved)]]
    path.write_text("".join(lines), "utf-8")
    os.utime(path, (at, at))


async def test_a_pull_killed_anywhere_leaves_the_old_or_the_new_registry(tmp_path, sqlite_template):
    place, out, database = tmp_path / "hr", tmp_path / "out", tmp_path / "start.db"
    place.mkdir()
    out.mkdir()
    database.write_bytes(sqlite_template)
    drop(place, range(0), at=100)
    await pull_once(database, place)
    old = departments(database)
    drop(place, MOVED, at=200)
    words = [sys.executable, "-m", KILLED, database, place, out, str(STEP)]
    assert await (await asyncio.create_subprocess_exec(*words, cwd=ROOT)).wait() == 0
    new = ["采购部"] * len(MOVED) + ["市场部"] * (len(PEOPLE) - len(MOVED))
    left = {path: departments(path) for path in out.glob("*.db")}
    assert {tuple(one) for one in left.values()} == {tuple(old), tuple(new)}
    for path in sorted(left)[:: max(len(left) // 2, 1)]:
        await pull_once(path, place)
        assert departments(path) == new
