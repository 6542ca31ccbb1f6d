"""From a file's bytes to sheets of cells. The type is told by the content, never by the name."""

import codecs
import csv
import io
import re
from collections.abc import Iterator

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.files.markup import html_sheets, xml_sheets
from services.imports.reading.files.sheet import MAX_UNPACKED, Row, Sheet, UnreadableFileError
from services.imports.reading.files.workbooks import xlsx_sheets

_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_TABLE = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SPREADSHEET = re.compile(
    rb"<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet", re.DOTALL
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|style)\b", re.IGNORECASE)
_MAIL = re.compile(rb"MIME-Version\s*:", re.IGNORECASE)
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DELIMITERS = (",", "\t", ";")

# The module's own limit of 128 KiB a cell would stop the whole file for one long cell.
csv.field_size_limit(MAX_UNPACKED)


def open_sheets(data: bytes) -> Iterator[Sheet]:
    """Give, one by one, what may be the table of a file: visible sheets, or a text under each delimiter.

    Raises `UnreadableFileError`.
    """
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if len(data) > MAX_UNPACKED:
        raise UnreadableFileError(FILE_FAULTS["bomb"].format(limit=MAX_UNPACKED // 1024 // 1024))
    if not data.strip(b"\x00\r\n\t "):
        raise UnreadableFileError(FILE_FAULTS["empty"])
    if data.startswith(_ZIP):
        return xlsx_sheets(data)
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableFileError(FILE_FAULTS["password"])
        # Its reader takes longer to start than a roster to read, and is seldom needed.
        from services.imports.reading.files.old_workbooks import xls_sheets

        return xls_sheets(data)
    if start.startswith(b"<"):
        if _SPREADSHEET.search(data[:8192]):
            return xml_sheets(data)
        if _PAGE.search(start):
            return html_sheets(data)
    if _MAIL.match(start) or data.startswith(_NO_TABLE):
        raise UnreadableFileError(FILE_FAULTS["save_as"])
    return _text(data)


def is_workbook(data: bytes) -> bool:
    """Tell whether a file's sheets are parts of it, and not one text read in different ways."""
    return data.startswith((*_ZIP, _OLE)) or data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _text(data: bytes) -> Iterator[Sheet]:
    text = _decode(data)
    cut = not text.endswith(("\n", "\r")) and "\n" in text
    told = _SEPARATOR.match(text)
    first = 2 if told is not None else 1
    text = text[told.end() :] if told is not None else text
    delimiters = dict.fromkeys((told[1], *_DELIMITERS)) if told is not None else _DELIMITERS
    return (_delimited(text, delimiter, first, cut=cut) for delimiter in delimiters)


def _delimited(text: str, delimiter: str, first: int, *, cut: bool) -> Sheet:
    def rows() -> Iterator[Row]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            yield from enumerate(reader, start=first)
        except csv.Error as error:
            line = reader.line_num + first - 1
            raise UnreadableFileError(FILE_FAULTS["quotes"].format(line=line)) from error

    return Sheet(rows, text.count("\n") + first, cut=cut)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFileError(FILE_FAULTS["utf16"])
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            # Half a character at the very end: the file was cut there.
            text = decoder.decode(data)
            return text + ("\ufffd" if decoder.getstate()[0] else "")
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(FILE_FAULTS["broken" if b"\x00" in data[:4096] else "encoding"])
