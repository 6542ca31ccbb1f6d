"""Statements that are made once for each set of columns they write: for `Transaction.change` and `add`."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Executable, Insert, Table, bindparam, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

# So that a new value is no condition of the same name.
_NEW = "new_"


def new_values(table: Table, names: Sequence[str]) -> dict[str, Any]:
    """Return what a statement made once is to write to these columns; `as_new` gives the values."""
    return {name: bindparam(f"{_NEW}{name}", type_=table.c[name].type) for name in names}


def as_new(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as a statement with `new_values` takes them."""
    return {f"{_NEW}{name}": value for name, value in values.items()}


@cache
def update_where(
    table: Table, where: tuple[Any, ...], names: tuple[str, ...], *returning: Column[Any]
) -> Executable:
    """Return what changes these columns where all of `where`, a constant of its module, is so."""
    changed = update(table).where(*where).values(new_values(table, names))
    return changed.returning(*returning) if returning else changed


def insert_for(dialect: str) -> Any:
    """Return SQLAlchemy's insertion for a dialect: theirs alone can heed what is there already."""
    if dialect != "postgresql":
        return sqlite_insert
    # Two MiB that are of no use where the database is SQLite.
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert


@cache
def insert_unless(dialect: str, table: Table, on: tuple[str, ...]) -> Insert:
    """Return what inserts a row unless one with the same columns `on` is there."""
    new: Insert = insert_for(dialect)(table).on_conflict_do_nothing(index_elements=list(on))
    return new


@cache
def insert_or_change(dialect: str, table: Table, on: tuple[str, ...], names: tuple[str, ...]) -> Executable:
    """Return what inserts a row (`as_new`) of these columns, or changes those but `on` where one is there."""
    statement = insert_for(dialect)(table).values(new_values(table, names))
    others = {name: statement.excluded[name] for name in names if name not in on}
    return statement.on_conflict_do_update(index_elements=list(on), set_=others)
