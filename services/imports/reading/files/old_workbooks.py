"""Workbooks of before 2007, .xls, by xlrd, which tells everything."""

import os
import struct
from collections.abc import Iterator
from typing import Any, cast

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.files.number_formats import as_shown, shows_zeros
from services.imports.reading.files.sheet import MOST_SHEETS, Row, Sheet, Span, UnreadableFileError
from services.imports.reading.files.xlsx_details import EPOCH, EPOCH_1904


def xls_sheets(data: bytes) -> Iterator[Sheet]:
    """Give the visible sheets of an .xls. Raises `UnreadableFileError`."""
    try:
        with open(os.devnull, "w") as nowhere:
            book: Any = xlrd.open_workbook(
                file_contents=data, formatting_info=True, on_demand=True, logfile=nowhere
            )
            sheets = [book.sheet_by_index(at) for at in range(min(book.nsheets, MOST_SHEETS))]
            for sheet in [one for one in sheets if not one.visibility] or sheets:
                yield _old_sheet(book, sheet)
    # On a malformed file xlrd stumbles as Python does: over indices, structs, assertions, codecs.
    except (XLRDError, CompDocError, AssertionError, AttributeError, LookupError) as error:
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error
    except (struct.error, ArithmeticError, MemoryError, TypeError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error


def _old_sheet(book: Any, sheet: Any) -> Sheet:
    merged: tuple[Span, ...] = tuple(
        ((top, left), (bottom - 1, right - 1)) for top, bottom, left, right in sheet.merged_cells
    )
    codes = {
        at: book.format_map[style.format_key].format_str
        for at, style in enumerate(book.xf_list)
        if style.format_key in book.format_map
    }
    codes = {at: code for at, code in codes.items() if shows_zeros(code)}
    rows: list[Row] = []
    shown: dict[int, dict[int, str]] = {}
    for at in range(sheet.nrows):
        cells = sheet.row(at)
        rows.append((at + 1, [_old_value(book, cell) for cell in cells]))
        texts = {
            column: text
            for column, cell in enumerate(cells)
            if cell.ctype == xlrd.XL_CELL_NUMBER
            and cell.xf_index in codes
            and (text := as_shown(repr(cell.value), codes[cell.xf_index])) is not None
        }
        if texts:
            shown[at + 1] = texts
    epoch = EPOCH_1904 if book.datemode else EPOCH
    return Sheet(lambda: iter(rows), len(rows), merged, sheet.name, epoch, shown)


def _old_value(book: Any, cell: Any) -> object:
    value = cast("object", cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cast("int", value), "#N/A")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if cell.ctype == xlrd.XL_CELL_DATE and isinstance(value, float) and value >= 1:
        try:
            return xlrd.xldate_as_datetime(value, book.datemode)
        except (ValueError, OverflowError):
            return value
    return value
