"""Statements that are made once and run often, without what SQLAlchemy does at each run.

It looks the statement up by its key, spells out its lists, and wraps what it finds: several times what the
database itself takes for a few rows. Here that is done once for each length of a list, and lists are filled
up to a power of two, so that there are few lengths.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Given = Mapping[str, Any]
Process = Callable[[Any], Any]


class Prepared:
    """A select, or a change, for one dialect. What is given for an expanding parameter is a list."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: SQLCompiler = statement.compile(dialect=dialect)
        columns = statement.selected_columns if statement.is_select else ()
        self._kinds = [column.type.dialect_impl(dialect) for column in columns]
        self._made: list[tuple[int, Process]] | None = None
        self._spelt: dict[tuple[int, ...], _Spelt] = {}

    def run(self, cursor: Any, given: Given) -> list[Sequence[Any]]:
        """Run it with a cursor of the driver; return the rows."""
        self.change(cursor, given)
        if self._made is None:
            self._made = self._read(cursor.description)
        found = cursor.fetchall()
        return [_row(row, self._made) for row in found] if self._made else found

    def change(self, cursor: Any, given: Given) -> int:
        """Run it with a cursor of the driver; return how many rows it touched."""
        lists = {
            name: _filled(cast("list[Any]", one)) for name, one in given.items() if isinstance(one, list)
        }
        given = {**given, **lists}
        lengths = tuple(map(len, lists.values()))
        spelt = self._spelt.get(lengths)
        if spelt is None:
            spelt = self._spelt[lengths] = _Spelt(self._compiled, given, self._dialect)
        cursor.execute(spelt.text, spelt.values(given))
        return cursor.rowcount

    def _read(self, description: Sequence[Sequence[Any]]) -> list[tuple[int, Process]]:
        """Return how columns become values; some depends on what the driver says they are."""
        kinds = zip(self._kinds, description, strict=True)
        made = [kind.result_processor(self._dialect, one[1]) for kind, one in kinds]
        return [(n, process) for n, process in enumerate(made) if process is not None]


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
        self._order = state.positiontup
        self._names = {name: state.parameter_expansion.get(name) for name in given}
        # Of what is spelt out the state knows them; of the rest the types do.
        self._process: dict[str, Process] = dict(state.processors)
        for name, bind in compiled.binds.items():
            process = None if name in state.parameter_expansion else _bound(bind.type, dialect)
            if process is not None:
                self._process[name] = process
        self._known = self._ready({name: one for name, one in state.parameters.items() if name not in given})

    def values(self, given: Given) -> Any:
        """Return what the driver is to be given."""
        flat: dict[str, Any] = {}
        for name, names in self._names.items():
            if names is None:
                flat[name] = given[name]
            else:
                flat.update(zip(names, _flat(given[name]), strict=True))
        ready = self._known | self._ready(flat)
        return ready if self._order is None else [ready[name] for name in self._order]

    def _ready(self, values: Given) -> dict[str, Any]:
        return {
            name: process(one) if (process := self._process.get(name)) else one
            for name, one in values.items()
        }


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
        self._made: dict[Executable, Prepared] = {}

    def __getitem__(self, statement: Executable) -> Prepared:
        if (known := self._made.get(statement)) is None:
            known = self._made[statement] = Prepared(statement, self._dialect)
        return known
