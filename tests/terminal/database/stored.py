"""What tests put into a SQLite database, and read of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def put(path: Path, key: str) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute(
            "INSERT INTO switches (key, value, set_by, set_at) VALUES (?, 'true', 't', '2026-01-01 00:00:00')",
            (key,),
        )
        opened.commit()


def named(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def keys(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as opened:
        return {key for (key,) in opened.execute("SELECT key FROM switches")}
