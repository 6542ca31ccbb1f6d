"""What one cell means as a date, in the forms that people, Excel and databases write them."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from services.imports.reading.files.xlsx_details import EPOCH
from services.imports.reading.words.cells import NOTHING, as_text, fault, shown

_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
    r"(?:[ T].*|\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?", re.ASCII)
_NEVER = (2999, 9999)
_FIRST, _LAST = date(1930, 1, 1), date(2199, 12, 31)
# What stands for "no date": of zero, of SQL Server, of a table's first day. 1970-01-01 may be either.
_BLANK_DAY = re.compile(
    r"(?:0000-00-00|1899-12-3[01]|1900-0?1-0?[01]|1904-0?1-0?1)(?:[ T].*)?|0+(?:\.0+)?|00:00(?::00)?",
    re.ASCII,
)
# What stands where there is no such day yet.
_NOT_YET = frozenset({"至今", "在职", "未离职", "尚未离职", "未转正"})
_DOUBTFUL = date(1970, 1, 1)


def day(cell: object, field: str, epoch: date = EPOCH) -> date | None:
    """Return the date of a cell in any usual form, a bare serial counted from `epoch` too; None when empty.

    Zero shown as a date (1900-01-00, or midnight) is a look-up that found an empty cell.
    """
    if isinstance(cell, datetime):
        return _sane(cell.date(), field)
    if isinstance(cell, date):
        return _sane(cell, field)
    if isinstance(cell, time):
        return None
    text = as_text(cell)
    if not text or (len(text) <= 4 and (text.casefold() in NOTHING or text in _NOT_YET)):
        return None
    if len(text) > 40:
        raise fault("date", field=field, value=shown(text))
    return _written_day(unicodedata.normalize("NFKC", text), field, epoch)


def _written_day(text: str, field: str, epoch: date) -> date | None:
    if _BLANK_DAY.fullmatch(re.sub(r"[/.年月]", "-", text).rstrip("日")):
        return None
    found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        try:
            return _sane(date(*map(int, found.groups())), field)
        except ValueError:
            raise fault("date", field=field, value=shown(text)) from None
    serial = _SERIAL.fullmatch(text)
    if serial is not None:
        value = epoch + timedelta(days=int(serial.group(1)))
        if _FIRST <= value <= _LAST:
            return _sane(value, field)
    raise fault("date", field=field, value=shown(text))


def is_blank_day(cell: object) -> bool:
    """Tell whether a cell holds what stands for no date: 1900-01-00 and its like."""
    if isinstance(cell, date | time):
        return isinstance(cell, time) or _BLANK_DAY.match(cell.isoformat()) is not None
    return bool(cell) and as_text(cell).startswith("1")


def _sane(value: date, field: str) -> date | None:
    """Return a plausible date; HR systems write "never" as the end of time, and nothing as its beginning."""
    if _FIRST <= value <= _LAST and value != _DOUBTFUL:
        return value
    if value.year in _NEVER or _BLANK_DAY.fullmatch(value.isoformat()):
        return None
    key = "empty_date" if value == _DOUBTFUL else "date"
    raise fault(key, field=field, value=value.isoformat())
