"""One cache of compiled statements, and of those made once, for every SQLite engine of this process.

An engine keeps what it has compiled, by its own dialect; each test has an engine of its own, and to compile
its statements anew took longer than to run them. All these dialects are set up alike, so they may be equal.
"""

from typing import Any

from sqlalchemy import URL, Dialect, Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from db import connections, threads
from db.prepared import PreparedStatements

_compiled: dict[Any, Any] = {}
_prepared: list[PreparedStatements] = []
_make = connections._make_engine


def _make_engine(url: URL, *, is_sqlite: bool, pool_size: int) -> Engine:
    engine = _make(url, is_sqlite=is_sqlite, pool_size=pool_size)
    if is_sqlite:
        engine.update_execution_options(compiled_cache=_compiled)
    return engine


def _statements(dialect: Dialect) -> PreparedStatements:
    if dialect.name != "sqlite":
        return PreparedStatements(dialect)
    if not _prepared:
        _prepared.append(PreparedStatements(dialect))
    return _prepared[0]


def _equal(self: SQLiteDialect_pysqlite, other: object) -> bool:
    return type(self) is type(other)


def _hash(self: SQLiteDialect_pysqlite) -> int:
    return hash(type(self))


def share() -> None:
    """Let engines made from now on share them."""
    SQLiteDialect_pysqlite.__eq__ = _equal
    SQLiteDialect_pysqlite.__hash__ = _hash
    connections._make_engine = _make_engine
    threads.PreparedStatements = _statements  # pyright: ignore[reportAttributeAccessIssue]
