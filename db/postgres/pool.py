"""PostgreSQL's connections, and transactions on them.

A module of its own, imported only where the database is a PostgreSQL: SQLAlchemy's asynchronous part brings
its whole ORM along, which nobody here uses and every start on SQLite would wait for.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from db.transaction import Transaction
from db.writing.bulk import Bulk


class Pool:
    """The connections of one process to its PostgreSQL."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = create_async_engine(
            url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[Transaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""
        async with self._engine.connect() as connection, connection.begin():
            yield AsyncTransaction(connection)

    def connect_args(self) -> dict[str, Any]:
        """Return what the driver is connected with, for a connection beside the pool."""
        return dict(self._engine.dialect.create_connect_args(self._url)[1])

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


class AsyncTransaction(Transaction):
    """A transaction on an asynchronous connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection.dialect.name)
        self._connection = connection

    async def _execute(self, statement: Executable, rows: Any) -> CursorResult[Any]:
        return await self._connection.execute(statement, rows)

    async def many(self, bulk: Bulk) -> None:
        """Run one statement of `db.writing.bulk` for all its rows."""
        if not bulk.is_empty:
            await self._connection.exec_driver_sql(*bulk.prepared(self._connection.dialect))

    async def chunks(self, statement: Executable, size: int) -> AsyncGenerator[Sequence[Any]]:
        """Run a select; yield its rows, `size` at a time."""
        async with self._connection.stream(statement) as found:
            async for part in found.partitions(size):
                yield part
