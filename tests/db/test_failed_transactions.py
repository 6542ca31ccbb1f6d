"""A SQLite connection whose transaction failed is closed: nobody knows what state it is in."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database, Transaction
from db.scheduling.workers import Workers, hop

# What a connection is given that is to fail later: whoever meets this has got it.
MARK, OURS = 7, 15000
Fails = Callable[[Database], Awaitable[object]]


@pytest.fixture
async def database(tmp_path: Path) -> Database:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'd.db'}")
    async with opened.transaction() as tx:
        await tx.execute(text("CREATE TABLE kept (n INTEGER PRIMARY KEY)"))
        await tx.execute(
            text("CREATE TABLE child (n INTEGER REFERENCES kept(n) DEFERRABLE INITIALLY DEFERRED)")
        )
        for n in range(3):
            await tx.execute(text(f"INSERT INTO kept VALUES ({n})"))
    return opened


async def mark(tx: Transaction) -> None:
    await tx.execute(text(f"PRAGMA busy_timeout={MARK}"))


async def timeout_of(tx: Transaction) -> int:
    return (await tx.execute(text("PRAGMA busy_timeout"))).scalar_one()


async def at_begin(database: Database) -> None:
    with closing(sqlite3.connect(str(database.path), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        await database.run(timeout_of)


async def orphan(tx: Transaction) -> None:
    await tx.execute(text("INSERT INTO child VALUES (99)"))


async def at_commit(database: Database) -> None:
    await database.run(orphan)


async def at_a_blocks_commit(database: Database) -> None:
    async with database.transaction() as tx:
        await orphan(tx)


async def amid(database: Database) -> None:
    async with database.reading() as tx:
        await tx.execute(text("SELECT nothing FROM nowhere"))


async def amid_in_one_thread(database: Database) -> None:
    async def work(tx: Transaction) -> None:
        await tx.execute(text("SELECT nothing FROM nowhere"))

    await database.run(work)


@pytest.mark.parametrize("fails", [at_begin, at_commit, at_a_blocks_commit, amid, amid_in_one_thread])
async def test_no_later_transaction_gets_the_connection(database: Database, fails: Fails) -> None:
    await database.run(mark)
    with pytest.raises(SQLAlchemyError):
        await fails(database)
    async with database.reading() as one, asyncio.timeout(60):
        assert [await timeout_of(one), await asyncio.create_task(timeout_apart(database))] == [OURS, OURS]
    await database.close()


async def timeout_apart(database: Database) -> int:
    return await database.run(timeout_of)


async def test_one_whose_transaction_ended_well_serves_the_next(database: Database) -> None:
    await database.run(mark)
    assert await database.run(timeout_of) == MARK
    await database.close()


async def test_a_list_read_half_leaves_nobody_an_old_view(database: Database) -> None:
    async with database.reading() as tx:
        half = tx.chunks(text("SELECT n FROM kept"), 1)
        await anext(half)
    with closing(sqlite3.connect(str(database.path), isolation_level=None)) as another:
        another.execute("INSERT INTO kept VALUES (3)")
    async with database.reading() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM kept"))).scalar_one() == 4
    async with database.transaction() as tx:
        await tx.execute(text("INSERT INTO kept VALUES (4)"))
    await database.close()


async def test_who_is_cancelled_twice_still_waits_for_the_thread() -> None:
    """At the second, another thread would have got the connection while the first was at work on it."""
    workers, begun, go = Workers(1, "test"), threading.Event(), threading.Event()
    ended: list[str] = []

    def work() -> str:
        begun.set()
        assert go.wait(60)
        ended.append("done")
        return "it"

    hopping = asyncio.create_task(hop(workers, work, undo=lambda it: ended.append(f"undone {it}")))
    assert await asyncio.to_thread(begun.wait, 60)
    for _ in range(3):
        hopping.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert not hopping.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await hopping
    assert ended == ["done", "undone it"]
    await workers.close()
