"""Who is the head of a department: by a column that says so, or by title."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from config.phrases.imports import FIELDS, READING
from regulation.cards.names import name_key
from regulation.policy import DepartmentNames
from services.imports.reading.files.sheet import Sheet
from services.imports.reading.noted import CellFault
from services.imports.reading.tables.columns import Header
from services.imports.reading.words import cells as read


class HeadReader:
    """Reads who is a head."""

    def __init__(self, header: Header, names: DepartmentNames) -> None:
        self._place = header.columns.get("is_head")
        self._names = names
        self._titles = frozenset(name_key(title) for title in names.head_titles)

    def read(self, cells: Sequence[object], department: str, title: str) -> bool:
        """Tell whether a row is a head's. Raises `CellFault`."""
        if self._place is not None:
            return read.truth(cells[self._place], FIELDS["is_head"])
        return bool(title) and self._is_titled(department, title)

    def _is_titled(self, department: str, title: str) -> bool:
        """Tell whether a title means the head: one of the titles, alone or behind the department's name.

        A title may still hold the name that the department had before.
        """
        key = name_key(title)
        leaf = department.rsplit("/", 1)[-1]
        called = (leaf, *self._names.aliases_of(department), *self._names.formerly(department))
        return key in self._titles or any(
            key == name_key(name) + head for name in called for head in self._titles
        )


def without_supervisors(sheet: Sheet, header: Header) -> Header:
    """Return a sheet's header with a column for heads left aside that tells everybody's supervisor by name.

    It is one where nobody's row says yes or no, and whose header doesn't ask for it.
    """
    place = header.columns.get("is_head")
    if place is None or not _tells_names(sheet, header, place):
        return header
    columns: Mapping[str, int] = {name: at for name, at in header.columns.items() if name != "is_head"}
    title = header.called.get("is_head", FIELDS["is_head"])
    unused = {**header.unused, place: READING["of_names"].format(title=title)}
    called = {name: title for name, title in header.called.items() if name != "is_head"}
    return replace(header, columns=columns, unused=unused, called=called)


def _tells_names(sheet: Sheet, header: Header, place: int) -> bool:
    told = False
    for number, cells in sheet.rows():
        if place >= len(cells) or number < header.row:
            continue
        text = str(cells[place] or "").strip()
        if number == header.row and "是" in text:
            return False
        if number > header.row and text and text.casefold() not in read.NOTHING:
            if _is_answer(text):
                return False
            told = told or bool(cells[header.columns["employee_no"]])
    return told


def _is_answer(cell: str) -> bool:
    try:
        read.truth(cell, "")
    except CellFault:
        return False
    return True
