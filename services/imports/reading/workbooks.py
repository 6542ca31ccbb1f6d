"""Workbooks: .xlsx by calamine, with what it doesn't tell; .xls of before 2007 by xlrd, which tells all."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import Any, cast

import xlrd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.number_formats import NOTHING_SHOWN, Shown, as_shown, shows_zeros
from services.imports.reading.sheet import MAX_UNPACKED, Row, Sheet, Span, UnreadableFileError
from services.imports.reading.unsaid import (
    EPOCH,
    EPOCH_1904,
    ERROR_MARK,
    FORMULA_MARK,
    is_1904,
    sheet_part,
    unsaid,
    zero_styles,
)

_PART_ENCRYPTED = 0x1
_CHUNK = 1024 * 1024
_MOST_SHEETS = 40
_MARKS = (ERROR_MARK, FORMULA_MARK)
_BEHIND = max(map(len, _MARKS))


def xlsx_sheets(data: bytes) -> Iterator[Sheet]:
    """Give the visible sheets of an .xlsx. Raises `UnreadableFileError`."""
    marked = _check_archive(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableFileError(FILE_FAULTS["save_as"])
            epoch = EPOCH_1904 if is_1904(archive) else EPOCH
            styles = zero_styles(archive)
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            seen = [meta.name for meta in book.sheets_metadata if meta.visible is SheetVisibleEnum.Visible]
            for name in (seen or book.sheet_names)[:_MOST_SHEETS]:
                sheet = book.get_sheet_by_name(name)
                left = sheet.start[1] if sheet.start else 0
                part = sheet_part(archive, name)
                looked = part is not None and (bool(styles) or part in marked)
                cells = (
                    unsaid(archive.read(part), styles, left) if part is not None and looked else NOTHING_SHOWN
                )
                yield _sheet(sheet, name, left, cells, epoch)
    except PasswordError as error:
        raise UnreadableFileError(FILE_FAULTS["password"]) from error
    # calamine is Rust: a panic on a malformed file comes as a BaseException of its own.
    except (CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError) as error:
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error


def _sheet(sheet: CalamineSheet, name: str, left: int, shown: Shown, epoch: Any) -> Sheet:
    merged = tuple(
        ((top, first - left), (bottom, last - left))
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
    )

    def rows() -> Iterator[Row]:
        return enumerate(sheet.iter_rows(), start=1)

    return Sheet(rows, sheet.total_height, merged, name, epoch, shown)


def _check_archive(data: bytes) -> Collection[str]:
    """Refuse an archive that is broken, or whose parts unpack to more than is sane.

    Returns the parts that hold cells with errors or formulas.
    """
    marked: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & _PART_ENCRYPTED for part in parts):
                raise UnreadableFileError(FILE_FAULTS["password"])
            total = sum(part.file_size for part in parts)
            for part in parts if total <= MAX_UNPACKED else ():
                size, has_mark = _unpacked(data, part, MAX_UNPACKED)
                total += max(size - part.file_size, 0)
                marked |= {part.filename} if has_mark else set[str]()
                if total > MAX_UNPACKED:
                    break
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError) as error:
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error
    if total > MAX_UNPACKED:
        raise UnreadableFileError(FILE_FAULTS["bomb"].format(limit=MAX_UNPACKED // 1024 // 1024))
    return marked


def _unpacked(data: bytes, part: zipfile.ZipInfo, limit: int) -> tuple[int, bool]:
    """Return how much a part really unpacks to (a little over `limit` at most): its entry may lie.

    And whether it holds a cell with an error or a formula. Raises ValueError for a packing that no
    workbook uses.
    """
    size, has_mark, tail = 0, False, b""
    for block in _blocks(data, part):
        size += len(block)
        has_mark = has_mark or any(mark in tail + block[:_BEHIND] or mark in block for mark in _MARKS)
        tail = block[-_BEHIND:]
        if size > limit:
            break
    return size, has_mark


def _blocks(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(part.compress_type)
    name, extra = struct.unpack_from("<HH", data, part.header_offset + 26)
    start = part.header_offset + 30 + name + extra
    packed: bytes | memoryview = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    unpacker = zlib.decompressobj(-15)
    while packed and not unpacker.eof:
        yield unpacker.decompress(packed, _CHUNK)
        packed = unpacker.unconsumed_tail


def xls_sheets(data: bytes) -> Iterator[Sheet]:
    """Give the visible sheets of an .xls. Raises `UnreadableFileError`."""
    try:
        with open(os.devnull, "w") as nowhere:
            book: Any = xlrd.open_workbook(
                file_contents=data, formatting_info=True, on_demand=True, logfile=nowhere
            )
            sheets = [book.sheet_by_index(at) for at in range(min(book.nsheets, _MOST_SHEETS))]
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
