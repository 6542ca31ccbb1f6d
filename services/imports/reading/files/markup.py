"""Tables that are called .xls and are none: pages of HTML, and the XML that Excel 2003 wrote."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.files.number_formats import as_shown
from services.imports.reading.files.sheet import Sheet, Span, UnreadableFileError
from services.imports.reading.files.xlsx_details import EPOCH, EPOCH_1904, UNCALCULATED

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]{3,20})""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_WIDEST, _TALLEST, _MOST_ROWS = 1000, 100_000, 1_100_000
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"


def decoded(data: bytes) -> str:
    """Return the text of a page in the encoding it names, else in UTF-8 or GB18030."""
    named = _CHARSET.search(data[:4096])
    name = named[1].decode("ascii").casefold() if named is not None else ""
    for encoding in (("gb18030",) if name.startswith("gb") else ()) + ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(FILE_FAULTS["encoding"])


def html_sheets(data: bytes) -> Iterator[Sheet]:
    """Give the tables of a page of HTML as sheets. Raises `UnreadableFileError` where it has none."""
    page = _Page()
    page.feed(decoded(data))
    page.close()
    if not any(table.rows for table in page.tables):
        raise UnreadableFileError(FILE_FAULTS["save_as"])
    for table in page.tables:
        if table.rows:
            yield table.sheet("")


class _Table:
    """Rows as they are read, cells put behind those that reach down from above."""

    def __init__(self) -> None:
        self.rows: list[list[object]] = []
        self.merged: list[Span] = []
        self.shown: dict[int, dict[int, str]] = {}
        self._reaching: dict[tuple[int, int], bool] = {}

    def row(self, at: int | None = None) -> None:
        """Begin a row, at a place if one is named."""
        while at is not None and len(self.rows) < min(at, _MOST_ROWS):
            self.rows.append([])
        self.rows.append([])

    def cell(self, value: object, across: int, down: int, at: int | None = None) -> int:
        """Add a cell that reaches over more columns and rows; return its column."""
        if not self.rows:
            self.row()
        top, cells = len(self.rows) - 1, self.rows[-1]
        left = min(at, _WIDEST) if at is not None else len(cells)
        while at is None and (top, left) in self._reaching:
            left += 1
        cells += [""] * (left - len(cells))
        cells.append(value)
        across, down = min(across, _WIDEST), min(down, _TALLEST)
        if across or down:
            self.merged.append(((top, left), (top + down, left + across)))
            cells += [""] * across
            for row in range(top + 1, top + down + 1):
                self._reaching.update({(row, column): True for column in range(left, left + across + 1)})
        return left

    def sheet(self, name: str, *, is_1904: bool = False) -> Sheet:
        """Return what was read."""
        rows = list(enumerate(self.rows, start=1))
        epoch = EPOCH_1904 if is_1904 else EPOCH
        return Sheet(lambda: iter(rows), len(rows), tuple(self.merged), name, epoch, self.shown)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[_Table] = []
        self._text: list[str] | None = None
        self._spans = (0, 0)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; a line break stays one."""
        if tag == "table":
            self._finish()
            self.tables.append(_Table())
        elif tag == "br" and self._text is not None:
            self._text.append("\0")
        elif tag in ("tr", "td", "th") and self.tables:
            self._finish()
            if tag == "tr":
                self.tables[-1].row()
                return
            self._text = []
            spans = dict(attrs)
            self._spans = _span(spans.get("colspan")), _span(spans.get("rowspan"))

    def handle_endtag(self, tag: str) -> None:
        """End a cell with whatever holds it."""
        if tag in ("td", "th", "tr", "table"):
            self._finish()

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell."""
        if self._text is not None:
            self._text.append(data)

    def _finish(self) -> None:
        if self._text is not None:
            text = _SPACES.sub(" ", "".join(self._text)).replace("\0", "\n").replace("\xa0", " ").strip()
            self.tables[-1].cell(text, *self._spans)
            self._text = None


def _span(text: str | None) -> int:
    return max(int(text) - 1, 0) if text is not None and text.isascii() and text.isdecimal() else 0


def xml_sheets(data: bytes) -> Iterator[Sheet]:
    """Give the visible sheets of a workbook as Excel 2003 wrote it in XML. Raises `UnreadableFileError`."""
    text = _DECLARATION.sub("", decoded(data), count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableFileError(FILE_FAULTS["save_as"])
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise UnreadableFileError(FILE_FAULTS["save_as"]) from error
    if root.tag != f"{_SS}Workbook":
        raise UnreadableFileError(FILE_FAULTS["save_as"])
    is_1904 = root.find(f"{_X}ExcelWorkbook/{_X}Date1904") is not None
    formats: dict[str, str] = {}
    for style in root.iter(f"{_SS}Style"):
        number, parent = style.find(f"{_SS}NumberFormat"), style.get(f"{_SS}Parent", "")
        code = number.get(f"{_SS}Format", "") if number is not None else formats.get(parent, "")
        formats[style.get(f"{_SS}ID", "")] = code
    sheets = root.findall(f"{_SS}Worksheet")
    hidden = f"{_X}WorksheetOptions/{_X}Visible"
    for sheet in [one for one in sheets if one.find(hidden) is None] or sheets:
        yield _xml_table(sheet, formats).sheet(sheet.get(f"{_SS}Name", ""), is_1904=is_1904)


def _xml_table(sheet: ElementTree.Element, formats: dict[str, str]) -> _Table:
    table = _Table()
    for row in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        table.row(_place(row))
        for cell in row.iterfind(f"{_SS}Cell"):
            across, down = _number(cell.get(f"{_SS}MergeAcross")), _number(cell.get(f"{_SS}MergeDown"))
            column = table.cell(_xml_value(cell), across, down, _place(cell))
            style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or ""
            value = table.rows[-1][column]
            text = as_shown(repr(value), formats[style]) if style in formats and value != "" else None
            if text is not None and isinstance(value, float):
                table.shown.setdefault(len(table.rows), {})[column] = text
    return table


def _place(element: ElementTree.Element) -> int | None:
    index = _number(element.get(f"{_SS}Index"))
    return index - 1 if index else None


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _xml_value(cell: ElementTree.Element) -> object:
    found = cell.find(f"{_SS}Data")
    if found is None:
        return UNCALCULATED if cell.get(f"{_SS}Formula") else ""
    text, kind = "".join(found.itertext()), found.get(f"{_SS}Type")
    if kind == "Number":
        try:
            return float(text)
        except ValueError:
            return text
    return text == "1" if kind == "Boolean" else text
