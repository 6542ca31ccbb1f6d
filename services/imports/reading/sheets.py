"""From a file's bytes to rows of cells. The type is told by the content, never by the name."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from config.phrases.registry import FILE_FAULTS
from services.imports.reading.error_cells import MARK, Errors, error_cells, sheet_part, with_errors

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PART_ENCRYPTED = 0x1
_CHUNK = 1024 * 1024
_MOST_SHEETS = 10
_DELIMITERS = (",", "\t", ";")

Row = tuple[int, Sequence[object]]
Span = tuple[tuple[int, int], tuple[int, int]]

# The module's own limit of 128 KiB a cell would stop the whole file for one long cell.
csv.field_size_limit(MAX_UNPACKED)


class UnreadableFileError(Exception):
    """The file can't be read at all; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows()` gives (row number as Excel shows it, cells), each time from the first.

    `merged`: merged areas as ((row, column), (row, column)), zero-based, within the cells given.
    """

    rows: Callable[[], Iterator[Row]]
    height: int
    merged: tuple[Span, ...] = field(default=())


def open_sheets(data: bytes) -> Iterator[Sheet]:
    """Give, one by one, what may be the table of a file: visible sheets, or a text under each delimiter.

    Raises `UnreadableFileError`.
    """
    if len(data) > MAX_UNPACKED:
        raise UnreadableFileError(FILE_FAULTS["bomb"].format(limit=MAX_UNPACKED // 1024 // 1024))
    if not data.strip(b"\x00\r\n\t "):
        raise UnreadableFileError(FILE_FAULTS["empty"])
    if data.startswith((b"PK\x05\x06", _ZIP)):
        yield from _workbook(data, _check_archive(data))
        return
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableFileError(FILE_FAULTS["password"])
        yield from _workbook(data)
        return
    yield from _text(data)


def _check_archive(data: bytes) -> frozenset[str]:
    """Refuse an archive that is broken, or whose parts unpack to more than is sane.

    Returns the parts that hold cells with errors.
    """
    flawed: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if any(part.flag_bits & _PART_ENCRYPTED for part in parts):
                raise UnreadableFileError(FILE_FAULTS["password"])
            total = sum(part.file_size for part in parts)
            for part in parts if total <= MAX_UNPACKED else ():
                size, has_errors = _unpacked(data, part, MAX_UNPACKED)
                total += max(size - part.file_size, 0)
                flawed |= {part.filename} if has_errors else set[str]()
                if total > MAX_UNPACKED:
                    break
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError) as error:
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error
    if total > MAX_UNPACKED:
        raise UnreadableFileError(FILE_FAULTS["bomb"].format(limit=MAX_UNPACKED // 1024 // 1024))
    return frozenset(flawed)


def _unpacked(data: bytes, part: zipfile.ZipInfo, limit: int) -> tuple[int, bool]:
    """Return how much a part really unpacks to (a little over `limit` at most): its entry may lie.

    And whether it holds a cell with an error. Raises ValueError for a packing that no workbook uses.
    """
    size, has_errors, tail = 0, False, b""
    for block in _blocks(data, part):
        size += len(block)
        has_errors = has_errors or MARK in tail + block[: len(MARK)] or MARK in block
        tail = block[-len(MARK) :]
        if size > limit:
            break
    return size, has_errors


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


def _workbook(data: bytes, flawed: Collection[str] = ()) -> Iterator[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [meta.name for meta in book.sheets_metadata if meta.visible is SheetVisibleEnum.Visible]
        names = shown or book.sheet_names
        for name in names[:_MOST_SHEETS]:
            yield _sheet(book.get_sheet_by_name(name), _errors(data, name, flawed))
    except PasswordError as error:
        raise UnreadableFileError(FILE_FAULTS["password"]) from error
    # calamine is Rust: a panic on a malformed file comes as a BaseException of its own.
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError(FILE_FAULTS["broken"]) from error


def _errors(data: bytes, name: str, flawed: Collection[str]) -> Errors:
    if not flawed:
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = sheet_part(archive, name)
        return error_cells(archive.read(part)) if part is not None and part in flawed else {}


def _sheet(sheet: CalamineSheet, errors: Errors) -> Sheet:
    left = sheet.start[1] if sheet.start else 0
    merged = tuple(
        ((top, first - left), (bottom, last - left))
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
    )

    def rows() -> Iterator[Row]:
        numbered = enumerate(sheet.iter_rows(), start=1)
        if not errors:
            return numbered
        return ((row, with_errors(cells, errors.get(row, ()), left)) for row, cells in numbered)

    return Sheet(rows, sheet.total_height, merged)


def _text(data: bytes) -> Iterator[Sheet]:
    text = _decode(data)
    return (_delimited(text, delimiter) for delimiter in _DELIMITERS)


def _delimited(text: str, delimiter: str) -> Sheet:
    def rows() -> Iterator[Row]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            yield from enumerate(reader, start=1)
        except csv.Error as error:
            raise UnreadableFileError(FILE_FAULTS["quotes"].format(line=reader.line_num)) from error

    return Sheet(rows, text.count("\n") + 1)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError(FILE_FAULTS["utf16"])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(FILE_FAULTS["broken" if b"\x00" in data[:4096] else "encoding"])
