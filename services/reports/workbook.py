"""Workbooks for Excel: tables with frozen header, filters and widths, and a sheet that explains them.

Writing one is pure computing for seconds. It is done in a thread, a few rows at a time as they come
from the database, so that neither the event loop waits nor all rows are ever in memory.
"""

import asyncio
import io
import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from config.phrases import reports as say
from db.writing.parts import in_parts

Cell = str | int | Decimal | date | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_RICH = "<r>"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_000
_A4 = 9
_FORMATS = {
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm"},
    "money": {"num_format": "0.00"},
    "text": {"num_format": "@"},
    "number": {"num_format": "0"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, `kind` (text, number, money, date or time) and width in characters."""

    title: str
    kind: str = "text"
    width: int = 14


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `parts` gives raw rows, a few at a time; `cells` makes a row's cells, in the thread."""

    name: str
    columns: tuple[Column, ...]
    parts: AsyncIterable[Sequence[Any]]
    cells: Callable[[Any], Sequence[Cell]]


def table_of(name: str, columns: tuple[Column, ...], rows: Sequence[Sequence[Cell]]) -> Table:
    """Return a table of rows that are there already."""
    return Table(name, columns, _in_parts(rows), tuple)


async def _in_parts(rows: Sequence[Sequence[Cell]]) -> AsyncGenerator[Sequence[Any]]:
    for part in in_parts(rows):
        yield part


@lru_cache(maxsize=8192)
def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula or markup, and none chokes on it."""
    plain = _CONTROL.sub("", text[:_LONGEST])
    return "'" + plain if text.startswith(_FORMULA) or plain.startswith((*_FORMULA, _RICH)) else plain


async def build(tables: Iterable[Table], notes: Sequence[tuple[str, str]]) -> tuple[bytes, int]:
    """Return an xlsx of these tables and how many rows they have; nothing stays on disk.

    The last sheet, 说明, holds `notes` and the number of rows.
    """
    writer = await asyncio.to_thread(_Writer)
    for table in tables:
        await asyncio.to_thread(writer.begin, table)
        async for part in table.parts:
            await asyncio.to_thread(writer.write, table, part)
        await asyncio.to_thread(writer.end, table)
    return await asyncio.to_thread(writer.finish, notes), writer.rows


class _Writer:
    """One workbook on its way. `rows`: how many were written, headers aside."""

    def __init__(self) -> None:
        # 9 MiB that an idle bot can do without.
        import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

        from services.reports.sheet import Sheet

        self.rows = 0
        self._sheet_class = Sheet
        self._out = io.BytesIO()
        # The package has no type hints.
        make: Any = xlsxwriter.Workbook
        self._book = make(self._out, {"constant_memory": True})
        self._looks = {kind: self._book.add_format(look) for kind, look in _FORMATS.items()}
        self._head = self._book.add_format({"bold": True, "bg_color": "#E7EDF5", "bottom": 1})

    def begin(self, table: Table) -> None:
        """Open a sheet: widths, header, frozen."""
        self._sheet: Any = self._book.add_worksheet(table.name, worksheet_class=self._sheet_class)
        for index, column in enumerate(table.columns):
            self._sheet.set_column(index, index, column.width, self._looks[column.kind])
        self._sheet.freeze_panes(1, 0)
        # On paper: lying, as wide as one page, the header on each.
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        for index, column in enumerate(table.columns):
            self._sheet.write_string(0, index, column.title, self._head)
        self._row = 1

    def write(self, table: Table, part: Sequence[Any]) -> None:
        """Write some rows."""
        kinds = [column.kind for column in table.columns]
        looks = [self._looks[kind] for kind in kinds]
        for raw in part:
            cells = [neutral(cell) if isinstance(cell, str) else cell for cell in table.cells(raw)]
            self._sheet.put(self._row, cells, kinds, looks)
            self._row += 1
        self.rows += len(part)

    def end(self, table: Table) -> None:
        """Give the sheet its filters."""
        self._sheet.autofilter(0, 0, max(1, self._row - 1), len(table.columns) - 1)

    def finish(self, notes: Sequence[tuple[str, str]]) -> bytes:
        """Write the sheet that explains, and return the file."""
        sheet = self._book.add_worksheet(say.SHEETS["notes"], worksheet_class=self._sheet_class)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 60)
        for row, line in enumerate([*notes, (say.NOTES["rows"], str(self.rows))]):
            sheet.put(row, [neutral(text) for text in line], ["text"] * 2, [self._looks["text"]] * 2)
        self._book.close()
        return self._out.getvalue()
