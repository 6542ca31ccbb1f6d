"""Synchronous connections, and what begins and ends a transaction on one.

On SQLite they are kept between transactions: what SQLAlchemy's pool and its own transaction do around each
costs more than a look at the database itself. Only one whose transaction was committed is kept.
"""

from collections import deque
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from db.postgres.liveness import watch
from db.prepared import faults_of

# Each commit waits for the disk, but for notes (docs/decisions/0013). Tests, which fear no power cut, don't.
SYNCHRONOUS: str = "FULL"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
    # 128 MiB. The commit that fills the log writes all of it into the file and waits for the disk;
    # the bot sees to that beside its work (`checkpoint`) before it comes to this, however much is asked.
    "PRAGMA wal_autocheckpoint=32768",
    # KiB, of each connection, instead of 2,000: the machine's own cache of the file serves them all.
    "PRAGMA cache_size=-512",
)
_KEPT = 4


class Connections:
    """Those of one database. `pool_size`: as many as there are threads; one more is made anew each time."""

    def __init__(self, url: URL, *, is_sqlite: bool, pool_size: int) -> None:
        self._is_sqlite = is_sqlite
        self.engine = _make_engine(url, is_sqlite=is_sqlite, pool_size=pool_size)
        # The connection used last comes first: it still knows the statements.
        self._kept: deque[Connection] = deque()

    @contextmanager
    def transaction(self, *, writes: bool, durable: bool = True) -> Generator[Connection]:
        """Begin one on a connection; committed when the block ends, rolled back when it raises."""
        connection = self.begin(writes=writes, durable=durable)
        try:
            yield connection
        except BaseException:
            self.roll_back(connection)
            raise
        self.commit(connection)

    def begin(self, *, writes: bool, durable: bool = True) -> Connection:
        """Return a connection with a transaction that has begun; `commit` or `roll_back` gives it back."""
        connection = self._take()
        try:
            if self._is_sqlite:
                _begin(connection, writes, durable)
            else:
                connection.begin()
        except BaseException:
            self._discard(connection)
            raise
        return connection

    def _take(self) -> Connection:
        with suppress(IndexError):
            return self._kept.pop()
        return self.engine.connect()

    def commit(self, connection: Connection) -> None:
        """End a transaction; what it wrote is durable then."""
        if not self._is_sqlite:
            with connection:
                connection.commit()
            return
        try:
            with faults_of(connection):
                _driver(connection).commit()
        except BaseException:
            self.roll_back(connection)
            raise
        self._keep(connection)

    def roll_back(self, connection: Connection) -> None:
        """End a transaction as if it had never been."""
        if not self._is_sqlite:
            with connection:
                connection.rollback()
            return
        try:
            # Closing it does so too, but not before the last half-read list is let go of.
            with suppress(SQLAlchemyError), faults_of(connection):
                _driver(connection).rollback()
        finally:
            self._discard(connection)

    def _discard(self, connection: Connection) -> None:
        """Close one whose transaction failed: nobody knows what state it is in."""
        if self._is_sqlite:
            connection.invalidate()
        connection.close()

    def _keep(self, connection: Connection) -> None:
        # What SQLAlchemy began of itself at its first statement has ended by now: it says so to nobody else.
        if connection.in_transaction():
            connection.rollback()
        if len(self._kept) < _KEPT:
            self._kept.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close them."""
        while self._kept:
            with suppress(SQLAlchemyError):
                self._kept.pop().close()
        self.engine.dispose()


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _begin(connection: Connection, writes: bool, durable: bool) -> None:
    """Say what kind of transaction has begun. No listener does: each costs on every statement."""
    level = SYNCHRONOUS if durable or SYNCHRONOUS == "OFF" else "NORMAL"
    # The driver's own cursor: SQLAlchemy's costs as much as all the rest of opening a transaction.
    with faults_of(connection), closing(_driver(connection).cursor()) as cursor:
        if connection.info.get("synchronous") != level:
            connection.info["synchronous"] = level
            cursor.execute(f"PRAGMA synchronous={level}")
        cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_engine(url: URL, *, is_sqlite: bool, pool_size: int) -> Engine:
    if not is_sqlite:
        engine = create_engine(url, pool_size=pool_size, pool_use_lifo=True, hide_parameters=True)
        watch(engine)
        return engine
    engine = create_engine(
        url.set(drivername="sqlite"), pool_size=4, max_overflow=12, pool_use_lifo=True, hide_parameters=True
    )
    event.listen(engine, "connect", prepare_sqlite)
    return engine


def prepare_sqlite(dbapi: Any, _record: object) -> None:
    """Set up a new connection of the driver as all of ours are."""
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()
