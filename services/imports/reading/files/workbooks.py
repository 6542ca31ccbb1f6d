"""Workbooks of today: .xlsx by calamine, with what it doesn't tell."""

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.files.number_formats import NOTHING_SHOWN, Shown
from services.imports.reading.files.sheet import MAX_UNPACKED, MOST_SHEETS, Row, Sheet, UnreadableFileError
from services.imports.reading.files.xlsx_details import (
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
            for name in (seen or book.sheet_names)[:MOST_SHEETS]:
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
