"""What the reader of workbooks doesn't tell of an xlsx: errors, formulas never calculated, shown zeros, 1904.

A cell with an error, or a formula nobody has calculated, comes as an empty one. Here an empty cell
says something (no date of departure: still there), so what a broken look-up left behind must not
pass for it. A number that its format shows as 00123 comes as 123.
"""

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from services.imports.reading.files.number_formats import Shown, as_shown, shows_zeros

UNCALCULATED = "#公式没有算出结果"
ERROR_MARK, FORMULA_MARK = b't="e"', b"f>"
EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_TAG = r"<(?:\w+:)?{name}\b([^>]*)>"
_SHEET, _RELATION, _PROPERTIES, _FORMAT, _STYLE = (
    re.compile(_TAG.format(name=name)) for name in ("sheet", "Relationship", "workbookPr", "numFmt", "xf")
)
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPE = re.compile(rb"""\bt=["'](\w+)["']""")
_STYLED = re.compile(rb"""\bs=["'](\d{1,6})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]{1,40})</")
_IS_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


def is_1904(archive: zipfile.ZipFile) -> bool:
    """Tell whether a workbook counts its days from 1904, as Excel on a Mac once did."""
    properties = _attributes(_PROPERTIES, _text(archive, "xl/workbook.xml"))
    return any(one.get("date1904", "0").casefold() in ("1", "true", "on") for one in properties)


def zero_styles(archive: zipfile.ZipFile) -> dict[bytes, str]:
    """Return the styles whose number format shows leading zeros: a cell's style → its format."""
    text = _text(archive, "xl/styles.xml")
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in _attributes(_FORMAT, text)}
    formats = {key: code for key, code in formats.items() if shows_zeros(code)}
    found = _STYLES.search(text) if formats else None
    styles = _attributes(_STYLE, found[0]) if found is not None else ()
    every = (one.get("numFmtId") for one in styles)
    return {str(at).encode(): formats[key] for at, key in enumerate(every) if key in formats}


def sheet_part(archive: zipfile.ZipFile, name: str) -> str | None:
    """Return the part of an archive that holds the sheet of this name, or None where that can't be told."""
    sheets = _attributes(_SHEET, _text(archive, "xl/workbook.xml"))
    wanted = next((sheet.get("r:id") for sheet in sheets if sheet.get("name") == name), None)
    relations = _attributes(_RELATION, _text(archive, "xl/_rels/workbook.xml.rels"))
    target = next((one.get("Target", "") for one in relations if one.get("Id") == wanted), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in archive.namelist() else None


def _text(archive: zipfile.ZipFile, part: str) -> str:
    return archive.read(part).decode("utf-8", "replace") if part in archive.namelist() else ""


def _attributes(tag: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for found in tag.finditer(text):
        yield {name: html.unescape(one or two) for name, one, two in _ATTRIBUTE.findall(found[1])}


def unsaid(part: bytes, styles: Mapping[bytes, str], left: int) -> Shown:
    """Return what stands in the cells of a sheet that come as something else.

    `styles`: see `zero_styles`. `left`: the column that the reader gives first.
    """
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for cell in _CELL.finditer(part):
        place = _PLACE.search(cell[1])
        text = _unsaid(cell[1], cell[2] or b"", styles) if place is not None else None
        if text is not None and place is not None:
            found[int(place[2])][_column(place[1]) - left] = text
    return found


def _unsaid(attributes: bytes, inside: bytes, styles: Mapping[bytes, str]) -> str | None:
    kind, value = _TYPE.search(attributes), _VALUE.search(inside)
    if kind is not None and kind[1] == b"e":
        return value[1].decode("ascii", "replace") if value is not None else "#N/A"
    if kind is not None and kind[1] != b"n":
        return None
    if value is None:
        return UNCALCULATED if _IS_FORMULA.search(inside) else None
    style = _STYLED.search(attributes) if styles else None
    code = styles.get(style[1]) if style is not None else None
    return as_shown(value[1].decode("ascii", "replace"), code) if code is not None else None


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
