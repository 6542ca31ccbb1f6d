"""What a commit costs that waits for the disk, beside one that doesn't: `python -m bench.commits [FOLDER]`.

Alone, without the bot: see docs/decisions/0013.
"""

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

TRANSACTIONS = 400
ROWS = 6


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


def main() -> None:
    """Measure both, and say what half and what 99 of 100 took."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        for mode in ("NORMAL", "FULL"):
            spent = measure(Path(folder) / f"{mode}.db", mode)
            half, most = spent[len(spent) // 2], spent[len(spent) * 99 // 100]
            sys.stdout.write(f"{mode}: p50 {half:.2f} ms, p99 {most:.2f} ms\n")


if __name__ == "__main__":
    main()
