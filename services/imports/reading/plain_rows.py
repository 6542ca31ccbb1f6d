"""Rows of which every cell is as nearly all are: read many at a time, column by column.

What takes a second look, a word in the preview or a refusal is left to the reader of single rows, which
would read the others just the same.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from itertools import repeat
from typing import Any

from config.phrases.imports import FIELDS
from regulation.claims.digits import hash_digits
from services.imports.reading.files.sheet import Row, Sheet
from services.imports.reading.noted import CellFault
from services.imports.reading.person import Person
from services.imports.reading.shared import Shared, SharedReader
from services.imports.reading.tables.columns import Header
from services.imports.reading.tables.leavers import says_left
from services.imports.reading.words import cells as read
from services.imports.reading.words import dates
from services.imports.reading.words.person_names import NameReader

DATES = ("hired_on", "regularized_on", "departed_on", "handover_on")
# What stands for a cell that takes a second look, by what its column is read as.
_NO_DAY, _NO_PHONE = date.min, ""
_NOBODYS = Shared("", "", "", False, (), frozenset())


class PlainRows:
    """Reads one sheet's plain rows. `at`: its place among the sheets."""

    def __init__(
        self, at: int, sheet: Sheet, header: Header, shared: SharedReader, names: NameReader, phone_key: bytes
    ) -> None:
        columns = header.columns
        self._sheet, self._key = at, phone_key
        self._no_at, self._name_at = columns["employee_no"], columns["name"]
        self._qq_at, self._phone_at = columns.get("qq"), columns.get("phone")
        self._names = _Once(partial(_name, names))
        self._places = shared.places
        self._shared = _Once(partial(_shared, shared))
        self._dates = [(columns.get(name), _Once(partial(_day, FIELDS[name], sheet.epoch))) for name in DATES]
        self._left = {at: _Once(partial(_says_left, title)) for at, title in header.unused.items()}

    def read(self, rows: Sequence[Row]) -> list[Person | None]:
        """Return each row's person, or None where the row takes a second look."""
        places, lines = zip(*rows, strict=True)
        # As wide as the narrowest, which reaches every column that counts.
        cells: list[Sequence[Any]] = list(zip(*lines, strict=False))
        numbers = list(map(read.plain_number, cells[self._no_at]))
        names = list(map(self._names.__getitem__, cells[self._name_at]))
        shared = list(map(self._shared.__getitem__, zip(*(cells[at] for at in self._places), strict=True)))
        qqs = repeat(()) if self._qq_at is None else list(map(read.plain_qqs, cells[self._qq_at]))
        phones = repeat(None) if self._phone_at is None else self._phones(numbers, cells[self._phone_at])
        days = [
            repeat(None) if at is None else list(map(seen.__getitem__, cells[at])) for at, seen in self._dates
        ]
        marked = ((numbers, None), (names, None), (qqs, None), (phones, _NO_PHONE))
        unsure = _where((*marked, *((column, _NO_DAY) for column in days)))
        unsure |= _where((map(seen.__getitem__, cells[at]), True) for at, seen in self._left.items())
        if None in shared:
            unsure |= _where([(shared, None)])
            shared = [one or _NOBODYS for one in shared]
        departments, statuses, titles, heads, also_in, _ = zip(*shared, strict=True)
        made = zip(
            places, numbers, names, departments, statuses, titles, heads, qqs, phones, *days, also_in,
            repeat(self._sheet),
        )  # fmt: skip
        people: list[Person | None] = list(map(Person._make, made))
        for at in unsure:
            people[at] = None
        return people

    def _phones(self, numbers: Sequence[str | None], cells: Sequence[object]) -> list[str | None]:
        key, digits = self._key, map(read.plain_digits, cells)
        return [
            hash_digits(key, number, four) if four and number else None if four == "" else _NO_PHONE
            for number, four in zip(numbers, digits, strict=True)
        ]


class _Once(dict[Any, Any]):
    """What each cell of a column is read as, each distinct one read once."""

    def __init__(self, reader: Callable[[Any], Any]) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, cell: object) -> object:
        self[cell] = value = self._reader(cell)
        return value


def _name(names: NameReader, cell: object) -> str | None:
    try:
        name, is_cleaned = names.read(cell) if isinstance(cell, str) else ("", True)
    except CellFault:
        return None
    return None if is_cleaned else name


def _shared(reader: SharedReader, cells: Sequence[object]) -> Shared | None:
    row: list[object] = [""] * (reader.places[-1] + 1)
    for at, cell in zip(reader.places, cells, strict=True):
        row[at] = cell
    try:
        shared = reader.read(row)
    except CellFault:
        return None
    return None if shared.said else shared


def _day(field: str, epoch: date, cell: object) -> date | None:
    if cell == "":
        return None
    try:
        return dates.day(cell, field, epoch) or _NO_DAY
    except CellFault:
        return _NO_DAY


def _says_left(title: str, cell: object) -> bool:
    return says_left(cell, title)


def _where(columns: Iterable[tuple[Iterable[Any], object]]) -> set[int]:
    """Return the rows in which any of these columns holds its mark."""
    found: set[int] = set()
    for column, mark in columns:
        if not isinstance(column, repeat):
            found.update(at for at, value in enumerate(column) if value == mark)
    return found
