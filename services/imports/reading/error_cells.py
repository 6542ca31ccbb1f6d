"""Cells of an xlsx that hold an Excel error (#N/A, #REF!).

The reader of workbooks gives such a cell as an empty one. Here an empty cell says something (no date
of departure: still there), so what a broken look-up left behind must not pass for it.
"""

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

MARK = b't="e"'
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_CELL = re.compile(rb'<c\s([^>]*t="e"[^>]*)>(.*?)</c>', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<v>([^<]{1,20})</v>")

# Row number as Excel shows it → (column, zero-based, and the error).
Errors = Mapping[int, Sequence[tuple[int, str]]]


def sheet_part(archive: zipfile.ZipFile, name: str) -> str | None:
    """Return the part of an archive that holds the sheet of this name, or None where that can't be told."""
    parts = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
        return None
    sheets = _attributes(_SHEET, archive.read("xl/workbook.xml"))
    wanted = next((sheet.get("r:id") for sheet in sheets if sheet.get("name") == name), None)
    relations = _attributes(_RELATION, archive.read("xl/_rels/workbook.xml.rels"))
    target = next((one.get("Target", "") for one in relations if one.get("Id") == wanted), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in parts else None


def _attributes(tag: re.Pattern[str], data: bytes) -> Iterator[dict[str, str]]:
    for found in tag.finditer(data.decode("utf-8", "replace")):
        yield {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(found[1])}


def error_cells(data: bytes) -> Errors:
    """Return the error cells of one sheet's part."""
    found: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for cell in _CELL.finditer(data):
        place, value = _PLACE.search(cell[1]), _VALUE.search(cell[2])
        if place is not None:
            text = value[1].decode("ascii", "replace") if value is not None else "#N/A"
            found[int(place[2])].append((_column(place[1]), text))
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def with_errors(cells: Sequence[object], errors: Sequence[tuple[int, str]], left: int) -> Sequence[object]:
    """Return a row's cells with its errors in place. `left`: the column that the first cell is."""
    filled = list(cells)
    for column, text in errors:
        if 0 <= column - left < len(filled):
            filled[column - left] = text
    return filled
