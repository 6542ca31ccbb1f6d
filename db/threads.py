"""Synchronous connections in threads: what SQLite is opened with, and what many small acts share.

The asynchronous SQLite driver crosses threads four times for one statement and SQLAlchemy switches
greenlets for each. Here a statement crosses once (`HopTransaction`), or a whole transaction does
(`ThreadTransaction`).
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, Executable

from db.connections import Connections
from db.prepared import PreparedStatements, commit_with, in_one_go, many, on_driver
from db.scheduling.calm import Aside
from db.scheduling.workers import Workers, finish, hop
from db.transaction import Asked, Parting, Transaction
from db.writing.bulk import Bulk

R = TypeVar("R")
T = TypeVar("T")
Work = Callable[[Transaction], Coroutine[Any, Any, R]]

# What the log's file is made long enough for, in bytes; after more than that it stays longer by itself.
ROOM = 16 * 2**20
# A statement at a time each. More would only hold memory: every thread and connection has its own.
_AT_ONCE = 6
_PASSES = 8


class ThreadTransaction(Transaction):
    """A transaction that runs in one thread from end to end: to await it is to have it."""

    def __init__(self, connection: Connection, prepared: PreparedStatements, *, durable: bool = True) -> None:
        super().__init__(connection.dialect.name)
        self._connection = connection
        self._prepared = prepared
        self._durable = durable
        self.aside: Aside | None = None

    async def _execute(self, statement: Executable, rows: Any) -> CursorResult[Any]:
        self._step()
        return self._connection.execute(statement, rows)

    def _step(self) -> None:
        if self.aside is not None:
            self.aside.step()

    async def fetch(self, statement: Executable, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Run a select that is made once, on the driver itself; return its rows."""
        self._step()
        return on_driver(self._connection, self._prepared[statement].run, given)

    async def several(self, *asked: Asked) -> Sequence[Sequence[Sequence[Any]]]:
        """Run selects that are made once, on the driver itself; return the rows of each."""
        if self.dialect == "sqlite" or len(asked) < 2:
            return await super().several(*asked)
        self._step()
        return in_one_go(self._connection, [(self._prepared[one], given) for one, given in asked])

    async def change(self, statement: Executable, given: Mapping[str, Any]) -> int:
        """Run an update or delete that is made once, on the driver itself; return how many rows."""
        if self.sealing is not None:
            await self.sealing.note(self, statement, given, once=True)
        return on_driver(self._connection, self._prepared[statement].change, given)

    async def _add(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Any]]:
        prepared = self._prepared.adding(statement, *rows[0])
        return on_driver(self._connection, prepared.add, rows)

    async def many(self, bulk: Bulk) -> None:
        """Run one statement of `db.writing.bulk` for all its rows."""
        many(self._connection, bulk)

    async def _part(self, parting: Sequence[Parting], seals: Bulk | None) -> None:
        if self.dialect == "sqlite" or (self._durable and not parting and seals is None):
            await super()._part(parting, seals)
            return
        adding = [(self._prepared.adding(statement, *rows[0]), rows) for statement, rows, _ in parting]
        found = commit_with(self._connection, adding, seals, durable=self._durable)
        for (_, _, then), rows in zip(parting, found, strict=True):
            then(rows)

    def unhurried(self, items: Iterable[T]) -> Iterable[T]:
        """Yield each of many, stepping aside every so often if this is a look."""
        return items if self.aside is None else self.aside.among(items)

    async def chunks(self, statement: Executable, size: int) -> AsyncGenerator[Sequence[Any]]:
        """Run a select; yield its rows, `size` at a time."""
        found = self._connection.execute(statement)
        while part := found.fetchmany(size):
            yield part


class HopTransaction(Transaction):
    """A transaction whose statements each run in a thread, with all their rows read there."""

    def __init__(self, connection: Connection, threads: Workers, prepared: PreparedStatements) -> None:
        super().__init__(connection.dialect.name)
        self._connection = connection
        self._threads = threads
        self._prepared = prepared
        self._begun: list[CursorResult[Any]] = []

    async def _execute(self, statement: Executable, rows: Any) -> CursorResult[Any]:
        return await hop(self._threads, self._whole, statement, rows)

    async def fetch(self, statement: Executable, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Run a select that is made once, on the driver itself; return its rows."""
        return await hop(self._threads, on_driver, self._connection, self._prepared[statement].run, given)

    async def change(self, statement: Executable, given: Mapping[str, Any]) -> int:
        """Run an update or delete that is made once, on the driver itself; return how many rows."""
        if self.sealing is not None:
            await self.sealing.note(self, statement, given, once=True)
        return await hop(self._threads, on_driver, self._connection, self._prepared[statement].change, given)

    async def _add(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> Sequence[Sequence[Any]]:
        prepared = self._prepared.adding(statement, *rows[0])
        return await hop(self._threads, on_driver, self._connection, prepared.add, rows)

    async def many(self, bulk: Bulk) -> None:
        """Run one statement of `db.writing.bulk` for all its rows."""
        await hop(self._threads, many, self._connection, bulk)

    async def rows(self, statement: Executable, given: Any = None) -> Sequence[Any]:
        """Run a select, with parameters if given; return its rows, each to be unpacked as a tuple."""
        return await hop(self._threads, lambda: self._connection.execute(statement, given).all())

    def _whole(self, statement: Executable, rows: Any) -> Any:
        result = self._connection.execute(statement, rows)
        return result.freeze()() if statement.is_select else result

    async def chunks(self, statement: Executable, size: int) -> AsyncGenerator[Sequence[Any]]:
        """Run a select; yield its rows, `size` at a time."""
        found = await hop(self._threads, self._connection.execute, statement)
        self._begun.append(found)
        while part := await hop(self._threads, found.fetchmany, size):
            yield part

    async def let_go(self) -> None:
        """Let go of what was read in chunks: a list read half would keep its view of the database open."""
        for found in self._begun:
            await hop(self._threads, found.close)


class Threads:
    """The threads of one database, and their connections."""

    def __init__(self, url: URL, *, is_sqlite: bool) -> None:
        self._pool = Workers(_AT_ONCE, "database")
        self.connections = Connections(url, is_sqlite=is_sqlite, pool_size=_AT_ONCE)
        self._prepared = PreparedStatements(self.connections.engine.dialect)

    @asynccontextmanager
    async def hopping(self, *, immediate: bool) -> AsyncGenerator[HopTransaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""
        connections = self.connections
        begin = partial(connections.begin, writes=immediate)
        connection = await hop(self._pool, begin, undo=connections.roll_back)
        try:
            yield (transaction := HopTransaction(connection, self._pool, self._prepared))
            await transaction.let_go()
        except BaseException:
            if self._pool.have_ended:
                connection.invalidate()
            else:
                await hop(self._pool, connections.roll_back, connection)
            raise
        await hop(self._pool, connections.commit, connection)

    async def plainly(
        self, work: Callable[[Connection], R], *, writes: bool = True, durable: bool = True
    ) -> R:
        """Call `work` with a connection in one thread, as one transaction."""
        return await hop(self._pool, self._plainly, work, writes, durable)

    def _plainly(self, work: Callable[[Connection], R], writes: bool, durable: bool) -> R:
        with self.connections.transaction(writes=writes, durable=durable) as connection:
            return work(connection)

    async def run(self, work: Work[R], *, writes: bool, durable: bool) -> tuple[R, Transaction]:
        """Run `work` as one transaction in one thread; it may await nothing but that."""
        return await self.plainly(
            partial(_in_one, work, self._prepared, durable=durable), writes=writes, durable=durable
        )

    async def look(self, work: Work[R], aside: Aside) -> R:
        """Run `work` as one reading transaction in one thread, which steps aside while there is no calm."""
        return await self.plainly(partial(_aside, work, self._prepared, aside), writes=False)

    async def checkpoint(self, mode: str) -> None:
        """Write SQLite's log into the file (`PASSIVE`), and empty it (`TRUNCATE`); in no transaction."""
        await hop(self._pool, self._checkpoint, mode)

    def _checkpoint(self, mode: str) -> None:
        connection = self.connections.engine.raw_connection()
        try:
            # What is committed meanwhile is left over; the log begins anew once nothing is.
            for _ in range(_PASSES):
                _, pages, written = connection.cursor().execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
                if pages == written:
                    break
        finally:
            connection.close()

    async def make_room(self) -> None:
        """Have the log's file be `ROOM` long at least, in no transaction; it must be nobody's turn to write.

        A commit that overwrites waits for its own pages alone. One that lengthens the file also waits for
        the file system's journal, and so for whatever else the machine is writing (decision 13).
        """
        await hop(self._pool, self._make_room)

    def _make_room(self) -> None:
        connection = self.connections.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                # More than the cache holds goes to the log, and what is rolled back stays there unread.
                cursor.execute("CREATE TABLE room (filling BLOB)")
                cursor.execute(f"INSERT INTO room VALUES (zeroblob({ROOM + ROOM // 8}))")
            finally:
                cursor.execute("ROLLBACK")
        finally:
            connection.close()

    async def close(self) -> None:
        """Close every connection, once the transactions that have begun have ended."""
        await self._pool.close()
        self.connections.close()


def _in_one(
    work: Work[R], prepared: PreparedStatements, connection: Connection, *, durable: bool
) -> tuple[R, Transaction]:
    transaction = ThreadTransaction(connection, prepared, durable=durable)
    return finish(work(transaction)), transaction


def _aside(work: Work[R], prepared: PreparedStatements, aside: Aside, connection: Connection) -> R:
    transaction = ThreadTransaction(connection, prepared)
    transaction.aside = aside
    with aside.within(connection.connection.dbapi_connection):
        found = finish(work(transaction))
    # What follows is drawn on the event loop, where all that hurries would wait for it.
    aside.step()
    return found
