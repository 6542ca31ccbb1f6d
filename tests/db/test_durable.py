"""What is committed is on the disk: see docs/decisions/0013."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db import connections, threads
from db.engine import Database, Transaction
from tests.conftest import DURABLE

NORMAL, FULL = 1, 2


async def test_every_commit_of_the_bot_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "SYNCHRONOUS", DURABLE)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'd.db'}")
    async with database.reading() as tx:
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar_one() == FULL
    await database.close()


async def level(tx: Transaction) -> int:
    return (await tx.execute(text("PRAGMA synchronous"))).scalar_one()


async def test_only_a_note_does_not_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one connection, one after the other."""
    monkeypatch.setattr(connections, "SYNCHRONOUS", DURABLE)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'd.db'}")
    levels = [await database.run(level, durable=durable) for durable in (True, False, True)]
    assert levels == [FULL, NORMAL, FULL]
    await database.close()


async def test_a_commit_overwrites_the_log_and_does_not_lengthen_it(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'd.db'}")
    async with database.transaction() as tx:
        await tx.execute(text("CREATE TABLE kept (n INTEGER)"))
    await database.checkpoint()
    long = (tmp_path / "d.db-wal").stat().st_size
    for n in range(20):
        async with database.transaction() as tx:
            await tx.execute(text(f"INSERT INTO kept VALUES ({n})"))
    await database.checkpoint()
    assert (tmp_path / "d.db-wal").stat().st_size == long >= threads.ROOM
    await database.close()
    with closing(sqlite3.connect(tmp_path / "d.db")) as opened:
        assert opened.execute("SELECT count(*) FROM kept").fetchall() == [(20,)]
        assert opened.execute("SELECT name FROM sqlite_master").fetchall() == [("kept",)]
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
