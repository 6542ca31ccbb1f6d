"""What many rows have in common: department, status, title, headship. Each combination is read once."""

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple

from config.phrases.imports import FIELDS
from regulation.policy import Policy
from services.imports.reading.tables.columns import Header, header_key
from services.imports.reading.tables.heads import HeadReader
from services.imports.reading.words import cells as read
from services.imports.reading.words.department_cells import DepartmentCells
from services.imports.reading.words.departments import DepartmentReader
from services.imports.reading.words.statuses import ASKED, meaning, status_words

_TITLE_LIMIT = 200
_COLUMNS = ("department", "main_department", "status", "title", "is_head", "also_in")


class Shared(NamedTuple):
    """What a row has in common with others. `said`: keys of `NOTES`, of how it was read."""

    department: str
    status: str
    title: str
    is_head: bool
    also_in: tuple[str, ...]
    said: frozenset[str]


class SharedReader:
    """Reads what rows have in common. `statuses`: every word known for a status."""

    def __init__(self, header: Header, policy: Policy, departments: DepartmentReader) -> None:
        at = header.columns
        self.statuses = status_words(policy.registry.status_words)
        self._statuses = self.statuses | ASKED.get(header_key(header.called.get("status", "")), {})
        # The columns that it reads, and no other.
        self.places = sorted({*header.levels, *(at[name] for name in _COLUMNS if name in at)})
        self._pick = itemgetter(*self.places)
        self._status_at, self._title_at = at.get("status"), at.get("title")
        self._departments = DepartmentCells(header, departments)
        self._heads = HeadReader(header, policy.departments)
        self._known: dict[object, Shared] = {}

    def read(self, cells: Sequence[object]) -> Shared:
        """Return what a row has in common with others. Raises `CellFault`."""
        key = self._pick(cells)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._fresh(cells)
        return known

    def _fresh(self, cells: Sequence[object]) -> Shared:
        departments, said = self._departments.read(cells)
        own, *also_in = departments
        cell = "" if self._title_at is None else read.line_of(cells[self._title_at])
        title = read.words(cell, FIELDS["title"], _TITLE_LIMIT)
        status = "" if self._status_at is None else self._status(cells[self._status_at])
        return Shared(own, status, title, self._heads.read(cells, own, title), tuple(also_in), said)

    def _status(self, cell: object) -> str:
        text = read.as_text(cell)[:100]
        if text in read.ERRORS:
            raise read.fault("excel_error", field=FIELDS["status"], value=text)
        found = meaning(text, self._statuses)
        if text and found is None and text.casefold() not in read.NOTHING:
            raise read.fault("status", value=read.shown(text))
        return found.value if found is not None else ""
