"""Many rows in one go, handed to the driver as it takes them.

What SQLAlchemy does for each row of a hundred thousand costs several times what the database does with
it. Here values become what is stored column by column, each distinct one once. Not for sealed tables: see
`db.ledger`.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, Table, cast, func, select

# Column → its values, one for each row.
Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Bulk:
    """One statement for many rows. `names`, `values`: its columns, in its order, and what they hold."""

    table: Table
    statement: str
    names: Sequence[str]
    values: Sequence[Sequence[Any]]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no row."""
        return not self.values or not self.values[0]

    def prepared(self, dialect: Dialect) -> tuple[str, list[tuple[Any, ...]]]:
        """Return the statement and the rows as the driver of `dialect` takes them."""
        mark = "?" if dialect.name == "sqlite" else "%s"
        stored: list[Sequence[Any]] = []
        for name, values in zip(self.names, self.values, strict=True):
            kind: Any = self.table.c[name].type
            make = kind.dialect_impl(dialect).bind_processor(dialect)
            stored.append(values if make is None else _made(make, values))
        return self.statement.replace("?", mark), list(zip(*stored, strict=True))


def insertion(
    table: Table, columns: Columns, *, new_by: Sequence[str] = (), or_change: Sequence[str] = ()
) -> Bulk:
    """Insert rows; what a column defaults to isn't filled in.

    `new_by`: the columns of a key; a row that exists already by them is passed over, or gets these columns
    (`or_change`).
    """
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"
    if new_by:
        changes = ", ".join(f"{name} = excluded.{name}" for name in or_change)
        statement += (
            f" ON CONFLICT ({', '.join(new_by)}) DO {f'UPDATE SET {changes}' if changes else 'NOTHING'}"
        )
    return Bulk(table, statement, list(columns), list(columns.values()))


def change(
    table: Table, key: str | Sequence[str], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Bulk:
    """Change the columns `names` of the rows known by `key`; each of `rows`: their values, then the key's."""
    keys = [key] if isinstance(key, str) else list(key)
    values = ", ".join(f"{name} = ?" for name in names)
    statement = f"UPDATE {table.name} SET {values} WHERE {' AND '.join(f'{one} = ?' for one in keys)}"
    return Bulk(table, statement, [*names, *keys], list(zip(*rows, strict=True)))


def columns_of(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Return rows, all with the same columns, column by column."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def among(column: ColumnElement[Any], values: Collection[Any], dialect: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values: one parameter, however many they are."""
    if dialect == "postgresql":
        return column == func.any(cast(list(values), ARRAY(column.type)))
    each = func.json_each(json.dumps(list(values), ensure_ascii=False)).table_valued("value")
    return column.in_(select(each.c.value))


class _Made(dict[Any, Any]):
    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> Any:
        self[value] = made = self._make(value)
        return made


def _made(make: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    made = _Made(make)
    try:
        return [made[value] for value in values]
    except TypeError:
        # Lists and mappings, which no dict takes for a key.
        return [make(value) for value in values]
