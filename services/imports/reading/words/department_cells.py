"""The cells that name departments: the own one, its levels in columns of their own, those also worked for."""

from collections.abc import Sequence

from config.phrases.imports import FIELDS
from regulation.cards.names import department_key
from services.imports.reading.tables.columns import Header
from services.imports.reading.words import cells as read
from services.imports.reading.words.departments import SURELY_SEVERAL, DepartmentReader, SeveralError
from services.imports.reading.words.noise import lost_characters

_LIMIT = 400
# The departments, the main one first, and what is to be said of how they were read (keys of `NOTES`).
Departments = tuple[tuple[str, ...], frozenset[str]]


class DepartmentCells:
    """Reads one sheet's departments."""

    def __init__(self, header: Header, reader: DepartmentReader) -> None:
        self._own = header.columns["department"]
        self._levels = header.levels
        self._main = header.columns.get("main_department")
        self._also_in = header.columns.get("also_in")
        self._reader = reader

    def read(self, cells: Sequence[object]) -> Departments:
        """Return the departments of a row. Raises `CellFault`."""
        own, said = self._named(self._joined(cells) if self._levels else cells[self._own], "department")
        if self._main is not None and cells[self._main] not in ("", None):
            (main, *_), _ = self._named(cells[self._main], "department")
            own = (next((path for path in own if f"/{path}".endswith(f"/{main}")), main), *own)
        if self._also_in is None:
            return tuple(dict.fromkeys(own)), said
        also, said_too = self._also(cells[self._also_in])
        return tuple(dict.fromkeys((*own, *also))), said | said_too

    def _joined(self, cells: Sequence[object]) -> str:
        texts = (read.as_text(cells[at]) for at in self._levels)
        return "/".join(text for text in texts if text and text not in read.NOTHING)

    def _also(self, cell: object) -> Departments:
        text = read.as_text(cell)
        if len(text) > 4000:
            raise read.fault("many")
        if text.casefold() in read.NOTHING:
            return (), frozenset()
        between = SURELY_SEVERAL if self._reader.listed else read.SEVERAL
        found = [self._named(part, "also_in") for part in between.split(text) if part.strip()]
        paths = (path for paths, _ in found for path in paths)
        return tuple(dict.fromkeys(paths)), frozenset[str]().union(*(said for _, said in found))

    def _named(self, cell: object, name: str) -> Departments:
        text = _text(cell, FIELDS[name])
        try:
            paths, said = self._reader.several(text)
        except SeveralError:
            raise read.fault("several", value=read.shown(text)) from None
        if (
            not paths
            or text.casefold() in read.NOTHING
            or not all(department_key(part) for path in paths for part in path.split("/"))
        ):
            raise read.fault("missing", field=FIELDS[name])
        if max(map(len, paths)) > _LIMIT:
            raise read.fault("too_long", field=FIELDS[name], limit=_LIMIT)
        return paths, said


def _text(cell: object, field: str) -> str:
    """Return what a cell says, each of its lines by itself. Raises `CellFault`."""
    lines = cell.strip().replace("\r\n", "\n") if isinstance(cell, str) else cell
    parts = lines.split("\n") if isinstance(lines, str) and len(lines) < 10_000 else [lines]
    read_lines = (read.words(read.line_of(part), field, _LIMIT, required=len(parts) == 1) for part in parts)
    text = "\n".join(filter(None, read_lines))
    if lost_characters(text):
        raise read.fault("lost", field=field, value=read.shown(text))
    return text
