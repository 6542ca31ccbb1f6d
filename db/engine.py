"""The database: one engine, and transactions as the only way in.

SQLite takes one writer at a time: writers queue on a lock here and begin immediately, so that
nobody meets `database is locked` half-way. PostgreSQL needs neither.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.locks import Lock, key

# Where processes on one PostgreSQL tell each other what changed: see `db.signals`.
CHANNEL = "qungui"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
)


class Transaction:
    """One unit of work. Queries take it first; `after_commit` holds what to do once it is durable."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        self._after: list[Callable[[], None]] = []

    async def execute(self, statement: Executable, rows: Any = None) -> CursorResult[Any]:
        """Run one statement, with parameters (a mapping, or a list of them) if given."""
        return await self.connection.execute(statement, rows)

    async def rows(self, statement: Executable) -> Sequence[Any]:
        """Run a select; return its rows, each to be unpacked as a tuple."""
        return (await self.connection.execute(statement)).all()

    async def notify(self, topic: str) -> None:
        """Tell every process, once this transaction is durable, that something changed; see `db.signals`.

        SQLite has one bot, and what the terminal changes there is found by looking.
        """
        if self.dialect == "postgresql":
            await self.connection.execute(select(func.pg_notify(CHANNEL, topic)))

    async def lock(self, lock: Lock, number: int = 0) -> None:
        """Keep every other transaction that asks for the same lock waiting until this one ends.

        On SQLite a writing transaction keeps all others out anyway.
        """
        if self.dialect == "postgresql":
            await self.connection.execute(select(func.pg_advisory_xact_lock(key(lock, number))))

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` once this transaction is durable; not at all if it fails."""
        self._after.append(action)

    def committed(self) -> None:
        """Run what waited for the commit."""
        for action in self._after:
            action()


class Database:
    """An open database. `url` is SQLAlchemy's, with an async driver."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _make_engine(url, is_sqlite=self.is_sqlite)
        self._writer = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def path(self) -> Path | None:
        """Return the SQLite file, or None on another database or in memory."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Open a writing transaction: committed when the block ends, rolled back when it raises."""
        async with self._writer:
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(immediate=True)
                transaction = Transaction(connection)
                async with connection.begin():
                    yield transaction
            transaction.committed()

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Transaction]:
        """Open a reading transaction: one consistent view, no lock."""
        async with self.engine.connect() as connection, connection.begin():
            yield Transaction(connection)

    @asynccontextmanager
    async def alone(self, lock: Lock) -> AsyncGenerator[None]:
        """Have this block to ourselves among all processes on one PostgreSQL; nothing may wait for QQ in it.

        On SQLite there is one bot: its own tasks must keep apart by themselves.
        """
        if self.is_sqlite:
            yield
            return
        async with self.engine.connect() as connection, connection.begin():
            await connection.execute(select(func.pg_advisory_xact_lock(key(lock))))
            yield

    async def compact(self) -> None:
        """Have what was overwritten leave SQLite's log too; a reader at work puts it off to the next time."""
        if self.is_sqlite:
            async with self._writer, self.engine.connect() as connection:
                # Past SQLAlchemy, which would begin a transaction: there is no checkpoint within one.
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).fetchall()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _make_engine(url: str, *, is_sqlite: bool) -> AsyncEngine:
    # What people are called and number stands in no error's text: errors end up in logs.
    if not is_sqlite:
        return create_async_engine(
            url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
    engine = create_async_engine(url, pool_size=8, max_overflow=8, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
