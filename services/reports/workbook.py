"""Workbooks for Excel: tables with frozen header, filters and widths, and a sheet that explains them.

Building one is pure computing for seconds: call `build` in a thread.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from config.phrases import reports as say

Cell = str | int | Decimal | date | datetime | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_000
_FORMATS = {
    "date": {"num_format": "yyyy-mm-dd"},
    "time": {"num_format": "yyyy-mm-dd hh:mm"},
    "money": {"num_format": "0.00"},
    "text": {"num_format": "@"},
    "number": {},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, `kind` (text, number, money, date or time) and width in characters."""

    title: str
    kind: str = "text"
    width: int = 14


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of rows, each with a cell a column."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


@lru_cache(maxsize=4096)
def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula, and none chokes on it."""
    plain = _CONTROL.sub("", text[:_LONGEST])
    return "'" + plain if plain.startswith(_FORMULA) else plain


def build(tables: Iterable[Table], notes: Sequence[tuple[str, str]]) -> bytes:
    """Return an xlsx of these tables and, last, the sheet 说明 with `notes`; nothing stays on disk."""
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    # The package has no type hints.
    make: Any = xlsxwriter.Workbook
    with make(out, options) as book:
        formats = {kind: book.add_format(look) for kind, look in _FORMATS.items()}
        head = book.add_format({"bold": True, "bg_color": "#E7EDF5", "bottom": 1, "valign": "vcenter"})
        for table in tables:
            _write(book.add_worksheet(table.name), table, formats, head)
        explained = Table(say.SHEETS["notes"], (Column("", width=14), Column("", width=60)), notes)
        _write(book.add_worksheet(explained.name), explained, formats, head, plain=True)
    return out.getvalue()


def _write(sheet: Any, table: Table, formats: dict[str, Any], head: Any, *, plain: bool = False) -> None:
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width, formats[column.kind])
    if not plain:
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
        for index, column in enumerate(table.columns):
            sheet.write_string(0, index, column.title, head)
    writers = [_WRITERS[column.kind] for column in table.columns]
    kinds = [formats[column.kind] for column in table.columns]
    for row, cells in enumerate(table.rows, 0 if plain else 1):
        for index, cell in enumerate(cells):
            if cell is not None and cell != "":
                writers[index](sheet, row, index, cell, kinds[index])


def _text(sheet: Any, row: int, index: int, cell: Any, look: Any) -> None:
    sheet.write_string(row, index, neutral(str(cell)), look)


def _number(sheet: Any, row: int, index: int, cell: Any, look: Any) -> None:
    sheet.write_number(row, index, cell, look)


def _date(sheet: Any, row: int, index: int, cell: Any, look: Any) -> None:
    # A spreadsheet knows no time zones: what it shows is the time in Asia/Shanghai.
    sheet.write_datetime(row, index, cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell, look)


_WRITERS = {"text": _text, "number": _number, "money": _number, "date": _date, "time": _date}
