"""Transactions that many tasks open at once, and what may not be done in one."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from db.engine import Database, HeldError, Transaction
from db.queries.groups import last_seen
from db.tables.base import ZONE

MANY = 200


async def test_hundreds_of_readers_and_writers_at_once_all_get_their_turn(database: Database) -> None:
    """Each holds its connection for a while between two statements: none may wait for one in a thread."""
    open_now = most = 0

    async def look(number: int) -> None:
        nonlocal open_now, most
        async with database.transaction() if number % 10 == 0 else database.reading() as tx:
            open_now += 1
            most = max(most, open_now)
            await tx.execute(text("SELECT 1"))
            await asyncio.sleep(0)
            await tx.execute(text("SELECT 1"))
            open_now -= 1

    await asyncio.gather(*(look(number) for number in range(MANY)))
    assert 1 < most < MANY


async def test_small_work_passes_while_readers_hold_all_they_may(database: Database) -> None:
    release = asyncio.Event()

    async def hold() -> None:
        async with database.reading() as tx:
            await tx.execute(text("SELECT 1"))
            await release.wait()

    holders = [asyncio.create_task(hold()) for _ in range(MANY)]
    await asyncio.sleep(0)

    async def work(tx: Transaction) -> int:
        return (await tx.execute(text("SELECT 7"))).scalar_one()

    async with asyncio.timeout(20):
        assert await database.run(work) == 7
        assert await database.together(work) == 7
    release.set()
    await asyncio.gather(*holders)


async def test_a_task_holds_one_transaction_and_asks_nobody_meanwhile(database: Database) -> None:
    async with database.reading():
        with pytest.raises(HeldError):
            database.must_be_free()
        with pytest.raises(HeldError):
            async with database.transaction():
                pass
        await asyncio.create_task(free(database))
    await free(database)


async def free(database: Database) -> None:
    """What another task holds is none of ours."""
    database.must_be_free()


NOON = datetime(2026, 3, 2, 12, tzinfo=ZONE)


async def test_groups_are_marked_together_at_the_end_the_earlier_time_standing(database: Database) -> None:
    async with database.transaction() as tx:
        for group_id in (700003, 700001, 700002):
            await last_seen.put(tx, group_id, look_at=NOON if group_id == 700001 else None)
    async with database.transaction() as tx:
        await last_seen.look_no_later(tx, [700003, 700001], NOON + timedelta(hours=2))
        await last_seen.look_no_later(tx, [700003], NOON + timedelta(hours=1))
        await last_seen.look_no_later(tx, [700002], NOON - timedelta(hours=1))
    async with database.reading() as tx:
        assert await last_seen.due(tx, NOON - timedelta(hours=1)) == [700002]
        assert await last_seen.due(tx, NOON) == [700002, 700001]
        assert await last_seen.due(tx, NOON + timedelta(hours=1)) == [700002, 700001, 700003]


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_two_that_mark_the_same_groups_in_turn_never_wait_for_each_other(database: Database) -> None:
    async with database.transaction() as tx:
        for group_id in (1, 2):
            await last_seen.put(tx, group_id, look_at=None)
    both_began = asyncio.Barrier(2)

    async def mark(*group_ids: int) -> None:
        async with database.transaction() as tx:
            for group_id in group_ids:
                await last_seen.look_no_later(tx, [group_id], NOON)
                await both_began.wait()

    await asyncio.gather(mark(1, 2), mark(2, 1))
    async with database.reading() as tx:
        assert sorted(await last_seen.due(tx, NOON)) == [1, 2]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_who_is_cancelled_as_the_database_closes_is_cancelled_and_no_failure(
    database: Database,
) -> None:
    begun = asyncio.Event()

    async def hold() -> None:
        async with database.reading() as tx:
            await tx.execute(text("SELECT 1"))
            begun.set()
            await asyncio.Event().wait()

    held = asyncio.create_task(hold())
    await begun.wait()
    await database.close()
    held.cancel()
    await asyncio.wait({held}, timeout=30)
    assert held.cancelled()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_who_is_cancelled_while_beginning_as_the_database_closes_is_cancelled_too(
    database: Database,
) -> None:
    async def write() -> None:
        async with database.transaction() as tx:
            await tx.execute(text("SELECT 1"))

    await write()
    with closing(sqlite3.connect(str(database.path), isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        begins = asyncio.create_task(write())
        await asyncio.sleep(0.05)
        closes = asyncio.create_task(database.close())
        await asyncio.sleep(0.05)
        begins.cancel()
        await asyncio.sleep(0)
        another.execute("ROLLBACK")
    await closes
    await asyncio.wait({begins}, timeout=30)
    assert begins.cancelled()


async def test_what_failed_is_not_there_for_the_next_on_the_same_connection(database: Database) -> None:
    """SQLite's connections are kept between transactions, with whatever one left behind."""

    async def write_and_fail(tx: Transaction) -> None:
        await last_seen.put(tx, 1, name="一")
        await tx.execute(text("SELECT 1"))
        raise LookupError

    for _ in range(3):
        with pytest.raises(LookupError):
            await database.run(write_and_fail)
        with pytest.raises(LookupError):
            async with database.transaction() as tx:
                await write_and_fail(tx)
    assert await database.run(last_seen.get_many, writes=False) == {}
