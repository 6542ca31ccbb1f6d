"""Statements that are made once and run often, without what SQLAlchemy does at each run.

It looks the statement up by its key, spells out its lists, and wraps what it finds: several times what the
database itself takes for a few rows. Here that is done once for each length of a list, and lists are filled
up to a power of two, so that there are few lengths.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from db.writing.bulk import Bulk

R = TypeVar("R")

Given = Mapping[str, Any]
Process = Callable[[Any], Any]


class Prepared:
    """A select, or a change, for one dialect. What is given for an expanding parameter is a list.

    `names`: the columns that an insertion fills.
    """

    def __init__(self, statement: Any, dialect: Dialect, names: Sequence[str] | None = None) -> None:
        self._dialect = dialect
        self._compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=names)
        columns = statement.exported_columns if statement.is_select or statement._returning else ()
        self._kinds = [column.type.dialect_impl(dialect) for column in columns]
        self._made: list[tuple[int, Process]] | None = None
        # Whose lists are spelt out, unlike a list that is one value.
        binds = self._compiled.binds.items()
        # What a column that isn't given defaults to.
        defaults = ((column.key, column.default) for column in self._compiled.insert_prefetch)
        self._defaults = {key: _default(default) for key, default in defaults if key in self._compiled.binds}
        self._lists = [name for name, bind in binds if bind.expanding and bind.required]
        self._spelt: dict[tuple[int, ...], _Spelt] = {}

    def run(self, cursor: Any, given: Given) -> list[Sequence[Any]]:
        """Run it with a cursor of the driver; return the rows."""
        self.change(cursor, given)
        return self.rows(cursor)

    def add(self, cursor: Any, rows: Sequence[Given]) -> list[Sequence[Any]]:
        """Run it with a cursor of the driver for each of these rows; return what it returned of them."""
        if self._defaults:
            rows = [{**{key: make() for key, make in self._defaults.items()}, **row} for row in rows]
        spelt, found = self._spelling(rows[0]), list[Sequence[Any]]()
        if self._dialect.name == "postgresql" and len(rows) > 1:
            # Sent together. As one statement for all rows it would be read anew each time, by both ends.
            cursor.executemany(spelt.text, [spelt.values(row) for row in rows], returning=True)
            found += cursor.fetchall()
            while cursor.nextset():
                found += cursor.fetchall()
            return self._as_values(found, cursor)
        for row in rows:
            cursor.execute(spelt.text, spelt.values(row))
            found += cursor.fetchall()
        return self._as_values(found, cursor)

    def change(self, cursor: Any, given: Given) -> int:
        """Run it with a cursor of the driver; return how many rows it touched."""
        if self._defaults:
            given = {**{key: make() for key, make in self._defaults.items()}, **given}
        if self._lists:
            given = {**given, **{name: _filled(given[name]) for name in self._lists}}
        spelt = self._spelling(given)
        cursor.execute(spelt.text, spelt.values(given))
        return cursor.rowcount

    def rows(self, cursor: Any) -> list[Sequence[Any]]:
        """Return the rows that a cursor found by it."""
        return self._as_values(cursor.fetchall(), cursor)

    def _spelling(self, given: Given) -> "_Spelt":
        lengths = tuple(len(given[name]) for name in self._lists)
        spelt = self._spelt.get(lengths)
        if spelt is None:
            spelt = self._spelt[lengths] = _Spelt(self._compiled, given, self._dialect)
        return spelt

    def _as_values(self, found: list[Sequence[Any]], cursor: Any) -> list[Sequence[Any]]:
        if self._made is None:
            self._made = self._read(cursor.description)
        return [_row(row, self._made) for row in found] if self._made else found

    def _read(self, description: Sequence[Sequence[Any]]) -> list[tuple[int, Process]]:
        """Return how columns become values; some depends on what the driver says they are."""
        kinds = zip(self._kinds, description, strict=True)
        made = [kind.result_processor(self._dialect, one[1]) for kind, one in kinds]
        return [(n, process) for n, process in enumerate(made) if process is not None]


def _default(default: Any) -> Callable[[], Any]:
    return partial(default.arg, None) if default.is_callable else lambda: default.arg


def _row(row: Sequence[Any], made: Sequence[tuple[int, Process]]) -> Sequence[Any]:
    values = list(row)
    for n, process in made:
        values[n] = process(values[n])
    return values


class _Spelt:
    """A statement whose lists have one length each."""

    def __init__(self, compiled: SQLCompiler, given: Given, dialect: Dialect) -> None:
        state = compiled.construct_expanded_state(given)
        self.text = state.statement
        processes: dict[str, Process | None] = {
            name: _bound(bind.type, dialect)
            for name, bind in compiled.binds.items()
            if name not in state.parameter_expansion
        }
        # Of what is spelt out the state knows them; of the rest the types do.
        processes |= state.processors
        # Where each parameter comes from: what is given, and which of a list.
        places: dict[str, tuple[str, int | None]] = {name: (name, None) for name in given}
        self._lists = [name for name in state.parameter_expansion if name in given]
        for name in self._lists:
            places |= {part: (name, n) for n, part in enumerate(state.parameter_expansion[name])}
        # SQLite's driver takes them in their order, PostgreSQL's by their names.
        self._names = None if state.positiontup is not None else list(state.parameters)
        self._parts = [
            (*places[name], processes.get(name))
            if name in places
            else (None, None, _always(state.parameters[name], processes.get(name)))
            for name in state.positiontup or state.parameters
        ]

    def values(self, given: Given) -> Any:
        """Return what the driver is to be given."""
        flat = {**given, **{name: _flat(given[name]) for name in self._lists}} if self._lists else given
        made: list[Any] = []
        for name, n, process in self._parts:
            value = None if name is None else flat[name] if n is None else flat[name][n]
            made.append(value if process is None else process(value))
        return made if self._names is None else dict(zip(self._names, made, strict=True))


def _always(value: Any, process: Process | None) -> Process:
    """Return what gives a parameter that the statement itself holds."""
    ready = value if process is None else process(value)
    return lambda _: ready


def _bound(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _filled(values: list[Any]) -> list[Any]:
    """Return a list with its last value repeated until its length is a power of two: IN finds the same."""
    return values + values[-1:] * ((1 << max(0, len(values) - 1).bit_length()) - len(values))


def _flat(values: list[Any]) -> list[Any]:
    return [part for one in values for part in one] if values and isinstance(values[0], tuple) else values


class PreparedStatements:
    """Those of one engine."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._made: dict[tuple[Executable, tuple[str, ...]], Prepared] = {}

    def __getitem__(self, statement: Executable) -> Prepared:
        return self.adding(statement)

    def adding(self, statement: Executable, *names: str) -> Prepared:
        """Return an insertion of rows with these columns: one statement is given rows of several kinds."""
        if (known := self._made.get((statement, names))) is None:
            known = self._made[statement, names] = Prepared(statement, self._dialect, names or None)
        return known


def on_driver(connection: Connection, run: Callable[[Any, Any], R], given: Any) -> R:
    """Call `run` with a cursor of the driver and what is given for it."""
    driver: Any = connection.connection.dbapi_connection
    with faults_of(connection), closing(driver.cursor()) as cursor:
        return run(cursor, given)


def in_one_go(connection: Connection, asked: Sequence[tuple[Prepared, Mapping[str, Any]]]) -> Any:
    """Send PostgreSQL all of it before the first answer is waited for."""
    driver: Any = connection.connection.dbapi_connection
    with faults_of(connection):
        cursors = [driver.cursor() for _ in asked]
        with driver.pipeline():
            for cursor, (statement, given) in zip(cursors, asked, strict=True):
                statement.change(cursor, given)
        # Whoever reads before it ends has it wait twice.
        return [statement.rows(cursor) for cursor, (statement, _) in zip(cursors, asked, strict=True)]


def commit_with(
    connection: Connection,
    adding: Sequence[tuple[Prepared, Sequence[Given]]],
    seals: Bulk | None,
    *,
    durable: bool,
) -> list[list[Sequence[Any]]]:
    """Send PostgreSQL the last rows of a transaction and its commit in one go; return what came of each.

    Where anything of it fails nothing is committed, as ever.
    """
    driver: Any = connection.connection.dbapi_connection
    asked = [[(statement, driver.cursor(), row) for row in rows] for statement, rows in adding]
    with faults_of(connection):
        with driver.pipeline():
            if not durable:
                driver.execute("SET LOCAL synchronous_commit = off")
            for statement, cursor, row in (one for part in asked for one in part):
                statement.change(cursor, row)
            if seals is not None:
                text, rows = seals.prepared(connection.dialect)
                driver.cursor().executemany(text, rows)
            # The driver's own `commit` would wait, and the pipeline's end once more.
            driver.execute("COMMIT")
        return [[row for one, cursor, _ in part for row in one.rows(cursor)] for part in asked]


@contextmanager
def faults_of(connection: Connection) -> Generator[None]:
    """Have the driver's errors be SQLAlchemy's, as whoever looks out for them expects."""
    driver: Any = connection.dialect.dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(None, None, error, driver.Error, hide_parameters=True) from error


def many(connection: Connection, bulk: Bulk) -> None:
    """Run one statement of `db.writing.bulk` for all its rows."""
    if not bulk.is_empty:
        statement, rows = bulk.prepared(connection.dialect)
        on_driver(connection, lambda cursor, given: cursor.executemany(statement, given), rows)
