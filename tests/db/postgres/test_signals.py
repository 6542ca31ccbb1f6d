"""Processes on one PostgreSQL: told of changes at once, and each QQ account held by one of them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from db.engine import Database
from db.postgres.locks import Lock, key, number_of
from db.postgres.signals import APPLICATION, Claim, Signals
from db.queries.work import processes

ACCOUNT, OTHER = 88880001, 99999999999
PATIENCE = 90.0


class Process:
    """One process's signals, and the topics it heard."""

    def __init__(self, database: Database, name: str) -> None:
        self.name = name
        self.database = database
        self.heard: list[str] = []
        self.news = asyncio.Event()
        self.signals = Signals(database, name, self._hear)

    def _hear(self, topic: str) -> None:
        self.heard.append(topic)
        self.news.set()

    async def hears(self, topics: list[str]) -> None:
        """Wait until exactly these topics were heard, in order."""
        async with asyncio.timeout(PATIENCE):
            while self.heard != topics:
                self.news.clear()
                await self.news.wait()

    async def cut(self) -> None:
        """End the connection from the server's side."""
        name = {"name": APPLICATION + self.name}
        end = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = :name AND datname = current_database()"
        )
        async with self.database.transaction() as tx:
            assert True in (await tx.execute(end, name)).scalars().all()


@pytest.fixture
async def pair(postgres: Database) -> AsyncGenerator[tuple[Process, Process]]:
    """Two processes, both listening."""
    made = (Process(postgres, "host:1:a"), Process(postgres, "host:2:b"))
    await left_alone(postgres)
    for one in made:
        one.signals.start()
        await one.hears([""])
    yield made
    for one in made:
        await one.signals.stop()


async def test_what_a_transaction_tells_is_heard_by_all_once_it_is_durable(
    postgres: Database, pair: tuple[Process, Process]
) -> None:
    async with postgres.transaction() as tx:
        await tx.notify("registry")
        await tx.notify("registry")
        await asyncio.sleep(0.1)
        assert pair[0].heard == [""]

    for one in pair:
        await one.hears(["", "registry"])


async def test_nothing_is_heard_of_what_was_rolled_back(
    postgres: Database, pair: tuple[Process, Process]
) -> None:
    with suppress(ZeroDivisionError):
        async with postgres.transaction() as tx:
            await tx.notify("registry")
            raise ZeroDivisionError
    async with postgres.transaction() as tx:
        await tx.notify("outbox")

    await pair[0].hears(["", "outbox"])
    assert "registry" not in pair[0].heard


async def test_an_account_is_held_by_one_until_it_lets_go(pair: tuple[Process, Process]) -> None:
    first, second = pair

    assert await first.signals.claim(ACCOUNT) is Claim.OURS
    assert await first.signals.claim(ACCOUNT) is Claim.OURS
    assert await second.signals.claim(ACCOUNT) is Claim.TAKEN
    assert await second.signals.claim(OTHER) is Claim.OURS
    await first.signals.release(ACCOUNT)
    assert await second.signals.claim(ACCOUNT) is Claim.OURS


async def test_who_holds_and_who_lives_can_be_looked_up(
    postgres: Database, pair: tuple[Process, Process]
) -> None:
    await pair[0].signals.claim(ACCOUNT)
    await pair[1].signals.claim(OTHER)
    await pair[1].signals.show({OTHER, 5})
    async with postgres.reading() as tx:
        assert await processes.holders(tx) == {ACCOUNT: "host:1:a", OTHER: "host:2:b"}
        assert await processes.holders(tx, Lock.PRESENT) == {OTHER: "host:2:b"}
        assert await processes.live_workers(tx) == {"host:1:a", "host:2:b"}

    await pair[1].signals.stop()
    async with asyncio.timeout(90):
        await left_alone(postgres, "host:1:a")
    async with postgres.reading() as tx:
        assert await processes.holders(tx) == {ACCOUNT: "host:1:a"}


async def left_alone(database: Database, *workers: str) -> None:
    """Wait until the server has noticed that only these processes are left."""
    while True:
        async with database.reading() as tx:
            if await processes.live_workers(tx) == set(workers):
                return


async def test_a_broken_connection_comes_back_listens_and_holds_what_it_held(
    postgres: Database, pair: tuple[Process, Process]
) -> None:
    first, second = pair
    await first.signals.claim(ACCOUNT)

    await first.cut()

    await first.hears(["", ""])
    assert await second.signals.claim(ACCOUNT) is Claim.TAKEN
    async with postgres.transaction() as tx:
        await tx.notify("work")
    await first.hears(["", "", "work"])
    assert first.signals.lost.empty()


@asynccontextmanager
async def waiting_for(database: Database, account: int) -> AsyncGenerator[None]:
    """Stand in line for an account's lock: whoever holds it loses it with the connection."""
    over = asyncio.Event()

    async def stand_in_line() -> None:
        async with database.reading() as tx:
            await tx.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key(Lock.ACCOUNT, account)})
            await over.wait()
            await tx.execute(text("SELECT pg_advisory_unlock_all()"))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(stand_in_line())
        await somebody_waits(database)
        yield
        over.set()


async def somebody_waits(database: Database) -> None:
    """Wait until somebody stands in line in this database; the server shows those of all."""
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
        "WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    async with database.reading() as tx:
        for _ in range(9000):
            if (await tx.execute(waiting)).scalar_one():
                return
            await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_an_account_that_another_took_meanwhile_is_given_up(
    postgres: Database, pair: tuple[Process, Process]
) -> None:
    first = pair[0].signals
    await first.claim(ACCOUNT)
    await first.claim(OTHER)

    async with waiting_for(postgres, ACCOUNT):
        await pair[0].cut()

        async with asyncio.timeout(PATIENCE):
            assert await first.lost.get() == ACCOUNT
        assert first.held == {OTHER}


@asynccontextmanager
async def closed_to_all(database: Database, server: URL) -> AsyncGenerator[None]:
    """Refuse new connections to a database, and end those there are."""
    name = database.url.database
    engine = create_async_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    async with engine.connect() as connection:
        await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        await connection.execute(end, {"name": name})
        yield
        await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    await engine.dispose()


async def test_accounts_are_given_up_while_the_database_stays_away_and_can_be_had_again_after(
    postgres: Database,
    postgres_server: URL,
    pair: tuple[Process, Process],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.postgres.signals.GRACE_SECONDS", 0.3)
    monkeypatch.setattr("db.postgres.signals.PATIENCE_SECONDS", 0.5)
    first = pair[0].signals
    assert await first.claim(ACCOUNT) is Claim.OURS

    async with closed_to_all(postgres, postgres_server):
        async with asyncio.timeout(90):
            assert await first.lost.get() == ACCOUNT
        assert first.held == frozenset()
        assert await first.claim(ACCOUNT) is Claim.UNKNOWN

    async with asyncio.timeout(90):
        await first.up.wait()
    assert await first.claim(ACCOUNT) is Claim.OURS


def test_a_key_keeps_kind_and_number_apart() -> None:
    keys = {key(lock, number) for lock in Lock for number in (0, ACCOUNT, OTHER)}

    assert len(keys) == 3 * len(Lock)
    assert all(0 < one < 1 << 63 for one in keys)
    assert number_of(key(Lock.ACCOUNT, OTHER)) == OTHER
