"""A roster as read, packed: so it comes from the process that read it, and is kept until it is settled.

What many share (departments, titles, dates) is packed once, and is one object when unpacked: a hundred
thousand rows cross from one process to another for little.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from db.writing.parts import in_parts
from services.imports.packing import Columns, Packer, as_date, lists, stored_parts, uncollected
from services.imports.reading.noted import RowFault
from services.imports.reading.person import Person, Roster

_PART = 1000
_FIELDS = Person._fields
_SHARED = ("department", "status", "title", "also_in")
_NUMBER = itemgetter(_FIELDS.index("employee_no"))
_DATES = ("hired_on", "regularized_on", "departed_on", "handover_on")


def pack_rows(roster: Roster) -> bytes:
    """Return a roster as read, to be kept until it is settled."""
    packer = Packer()
    packer.add("columns", [sorted(columns) for columns in roster.columns])
    for name in ("faults", "notes", "doubts", "unnumbered"):
        packer.add(name, getattr(roster, name))
    packer.add("ids", list(roster.ids.items()))
    packer.add("seen", sorted(roster.seen.difference(map(_NUMBER, roster.people))))
    pack_people(packer, "people", roster.people)
    return packer.packed()


def pack_people(packer: Packer, name: str, everybody: Sequence[Person]) -> None:
    """Add people under a name, and under `shared` what many of them share."""
    tables = {field: _Table() for field in (*_SHARED, *_DATES)}
    for people in in_parts(everybody, _PART):
        columns: dict[str, Any] = dict(zip(_FIELDS, zip(*people, strict=True), strict=True))
        for field, table in tables.items():
            columns[field] = tuple(map(table.__getitem__, columns[field]))
        columns["qqs"] = lists(columns["qqs"])
        packer.add("shared", {field: table.news() for field, table in tables.items()})
        packer.add_columns(name, list(columns.values()))


class _Table(dict[object, int]):
    """Values met so far, each with its place; those met since they were last asked for are `news`."""

    def __init__(self) -> None:
        super().__init__()
        self._news: list[object] = []

    def __missing__(self, value: object) -> int:
        self[value] = place = len(self)
        self._news.append(value)
        return place

    def news(self) -> list[object]:
        """Return the values whose places the other side has not been told."""
        values, self._news = self._news, []
        return values


def unpack_rows(data: bytes) -> Roster:
    """Return what `pack_rows` was given."""
    with uncollected():
        return _unpacked(data)


def _unpacked(data: bytes) -> Roster:
    roster = Roster()
    tables: dict[str, list[Any]] = {name: [] for name in (*_SHARED, *_DATES)}
    for name, part in stored_parts(data):
        if name == "people":
            roster.people += _people(part, tables)
        elif name == "shared":
            for each, values in part.items():
                tables[each] += map(_reader(each), values)
        elif name == "columns":
            # A preview kept by an earlier version speaks of one sheet.
            roster.columns += map(frozenset[str], [part] if part and isinstance(part[0], str) else part)
        elif name == "faults":
            roster.faults += [RowFault(*row) for row in part]
        elif name in ("seen", "ids"):
            getattr(roster, name).update(part)
        else:
            getattr(roster, name).extend(part)
    roster.seen.update(map(_NUMBER, roster.people))
    return roster


def _reader(name: str) -> Callable[[Any], object]:
    if name in _DATES:
        return lambda text: None if text is None else date.fromisoformat(text)
    return tuple if name == "also_in" else str


def _people(part: Columns | Sequence[Sequence[Any]], tables: dict[str, list[Any]]) -> Iterator[Person]:
    if not part:
        return iter(())
    by_row = not isinstance(part, Columns)
    if by_row and isinstance(part[0][_FIELDS.index("department")], str):
        return map(_kept_before, part)
    columns: dict[str, Any] = dict(zip(_FIELDS, zip(*part, strict=True) if by_row else part, strict=True))
    for name, values in tables.items():
        columns[name] = map(values.__getitem__, columns[name])
    if by_row:
        columns["qqs"] = map(tuple, columns["qqs"])
    return map(Person._make, zip(*columns.values(), strict=True))


def _kept_before(row: Sequence[Any]) -> Person:
    """Return a person of a preview kept by an earlier version, with nothing shared, of one sheet at first."""
    values: dict[str, Any] = dict(zip(_FIELDS, (*row, 0), strict=False))
    values |= {name: as_date(values[name]) for name in _DATES}
    values |= {name: tuple(values[name]) for name in ("qqs", "also_in")}
    return Person(**values)
