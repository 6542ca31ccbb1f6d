"""What a transaction costs: its wait for the disk, and the way it runs: `python -m bench.commits [FOLDER]`.

Alone, without the bot: see docs/decisions/0006 and 0013.
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import text

from bench.page.figures import Figure, show
from db.engine import Database, Transaction

TRANSACTIONS = 400
ROWS = 6
_REPEATS = 5
_ADD = text("INSERT INTO t (a) VALUES ('x')")
_LOOK = text("SELECT a FROM t LIMIT 1")
Way = Callable[[], Awaitable[object]]


def measure(file: Path, mode: str) -> list[float]:
    """Return how long each transaction took, in milliseconds, shortest first."""
    spent: list[float] = []
    with closing(sqlite3.connect(file, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute(f"PRAGMA synchronous={mode}")
        opened.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
        for _ in range(TRANSACTIONS):
            began = time.perf_counter()
            opened.execute("BEGIN IMMEDIATE")
            for _ in range(ROWS):
                opened.execute("INSERT INTO t (a) VALUES (?)", ("x" * 300,))
            opened.execute("COMMIT")
            spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)


async def measure_ways(file: Path) -> list[Figure]:
    """Return what a transaction of `ROWS` statements costs, each way beside a block that a task holds."""
    database = Database(f"sqlite+aiosqlite:///{file}")

    async def add(tx: Transaction) -> None:
        for _ in range(ROWS):
            await tx.execute(_ADD)

    async def look(tx: Transaction) -> None:
        for _ in range(ROWS):
            await tx.execute(_LOOK)

    async def write_block() -> None:
        async with database.transaction() as tx:
            await add(tx)

    async def read_block() -> None:
        async with database.reading() as tx:
            await look(tx)

    def twenty() -> Awaitable[object]:
        return asyncio.gather(*(database.together(add) for _ in range(20)))

    ways: list[tuple[str, Way, Way, int]] = [
        ("run(writes=False), beside reading()", lambda: database.run(look, writes=False), read_block, 1),
        ("run(), beside transaction()", lambda: database.run(add), write_block, 1),
        ("together(), twenty at once, beside transaction()", twenty, write_block, 20),
    ]
    found: list[Figure] = []
    for name, ours, base, many in ways:
        pairs = [(await _cpu(ours, many), await _cpu(base, 1)) for _ in range(_REPEATS)]
        found.append(Figure(name, "µs CPU", tuple(a for a, _ in pairs), tuple(b for _, b in pairs)))
    await database.close()
    return found


async def _cpu(way: Way, many: int) -> float:
    began = time.process_time()
    for _ in range(TRANSACTIONS // many):
        await way()
    return (time.process_time() - began) / TRANSACTIONS * 1e6


def main() -> None:
    """Say what half and what 99 of 100 commits took, and what each way costs."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        for mode in ("NORMAL", "FULL"):
            file = Path(folder) / f"{mode}.db"
            spent = measure(file, mode)
            half, most = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
            sys.stdout.write(f"{mode}: p50 {half:.2f} ms, p99 {most:.2f} ms\n")
        show(asyncio.run(measure_ways(Path(folder) / "FULL.db")))


if __name__ == "__main__":
    main()
