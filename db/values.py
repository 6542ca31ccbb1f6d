"""Where rows become values: the one door between a table and whoever reads it.

A value is a frozen dataclass whose fields are named as the columns are. A field that is declared as an
enum is made of the text that is stored, a tuple or frozenset of the JSON list, a dataclass of the JSON
object, bytes of a text in hexadecimal. Inside JSON days and moments are ISO texts; a field that isn't stored
has its default.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from types import UnionType
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sqlalchemy import Column, Executable, Select, String, Table, bindparam, select

from db.transaction import Transaction

Value = TypeVar("Value")
Seen = dict[Any, Any]
# The page below this id, PostgreSQL's largest of four bytes, is the first.
ABOVE_ALL = 2**31 - 1
_SHARED = frozenset({str, date, datetime})


class Reader(Generic[Value]):
    """Reads a table, or several joined, as values of one dataclass; columns that no field names stay unread.

    `select`: what queries narrow and order. `but`: the last field, where no column holds it; it keeps its
    default.
    """

    def __init__(self, kind: type[Value], *tables: Table, but: str = "") -> None:
        hints = {name: hint for name, hint in get_type_hints(kind).items() if name != but}
        self._kind = kind
        self.columns: list[Column[Any]] = [_column(name, tables) for name in hints]
        makers = [
            _maker(hint, is_text=isinstance(column.type, String))
            for hint, column in zip(hints.values(), self.columns, strict=True)
        ]
        self._made = [(n, make) for n, make in enumerate(makers) if make is not None]
        self.select = select(*self.columns)

    def read(self, row: Sequence[Any]) -> Value:
        """Return the value of one row of `columns`."""
        values = list(row)
        for n, make in self._made:
            if values[n] is not None:
                values[n] = make(values[n])
        return self._kind(*values)

    def sharing(self, seen: Seen, *, but: Collection[str] = ()) -> Callable[[Sequence[Any]], Value]:
        """Return what reads rows so that equal texts, days and moments in them are one object, as in `seen`.

        `but`: fields that hold something else in each row.
        """
        one_of = [n for n, column in enumerate(self.columns) if column.name not in but]

        def read(row: Sequence[Any]) -> Value:
            values = list(row)
            for n in one_of:
                value = values[n]
                # Not of other kinds: 1 equals True.
                if type(value) in _SHARED:
                    values[n] = seen.setdefault(value, value)
            return self.read(values)

        return read

    async def all(
        self, tx: Transaction, wanted: Executable, given: Mapping[str, Any] | None = None
    ) -> list[Value]:
        """Return the values of every row that a statement finds; with something `given`, one made once."""
        found = await (tx.rows(wanted) if given is None else tx.fetch(wanted, given))
        return [self.read(row) for row in tx.unhurried(found)]

    async def one(
        self, tx: Transaction, wanted: Executable, given: Mapping[str, Any] | None = None
    ) -> Value | None:
        """Return the value of the only row that a statement finds, or None."""
        (found,) = await self.all(tx, wanted, given) or [None]
        return found


def newest(reader: Reader[Any], table: Table) -> Select[Any]:
    """Return what reads a page of a table: at most `most` rows `below` an id, the newest first."""
    wanted = reader.select.where(table.c.id < bindparam("below"))
    return wanted.order_by(table.c.id.desc()).limit(bindparam("most"))


def written(value: Any) -> dict[str, Any]:
    """Return a value as the row that stores it: its fields by name, each as its column takes it."""
    return {one.name: stored(getattr(value, one.name)) for one in fields(value)}


def stored(value: Any) -> Any:
    """Return a field's value as its column takes it: an enum as its text, a dataclass as JSON."""
    if isinstance(value, Enum):
        return value.value
    return as_json(value) if is_dataclass(value) else value


def as_json(value: Any) -> Any:
    """Return a value as JSON holds it, of which a `Reader` makes it again."""
    if is_dataclass(value):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | frozenset):
        listed = cast("tuple[Any, ...] | frozenset[Any]", value)
        return [as_json(one) for one in (sorted(listed) if isinstance(value, frozenset) else listed)]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | time) else value


def _column(name: str, tables: Sequence[Table]) -> Column[Any]:
    return next(table.c[name] for table in tables if name in table.c)


def _maker(hint: Any, *, is_text: bool = False) -> Callable[[Any], Any] | None:
    """Return what makes a field of what a column holds; None where it is the same."""
    if _said(hint) is bytes and is_text:
        return bytes.fromhex
    made = _of_json(hint)
    return None if _said(hint) in (date, datetime, time) else made


def _of_json(hint: Any) -> Callable[[Any], Any] | None:
    """Return what makes a field of what JSON holds; None where it is the same."""
    kind = _said(hint)
    whole: Any = get_origin(kind)
    if whole in (tuple, frozenset):
        one = _of_json(get_args(kind)[0])
        return whole if one is None else _each(whole, one)
    if is_dataclass(kind):
        return _object(kind)
    if kind in (date, datetime, time):
        return kind.fromisoformat
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else None


def _each(whole: Callable[[Any], Any], one: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda listed: whole(map(one, listed))


def _said(hint: Any) -> Any:
    """Return what a field is declared as, besides None."""
    if get_origin(hint) in (Union, UnionType):
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _object(kind: Any) -> Callable[[Mapping[str, Any]], Any]:
    makers = {name: _of_json(hint) for name, hint in get_type_hints(kind).items()}

    def made(kept: Mapping[str, Any]) -> Any:
        given = {name: kept[name] for name in makers if name in kept}
        for name, value in given.items():
            make = makers[name]
            if make is not None and value is not None:
                given[name] = make(value)
        return kind(**given)

    return made
