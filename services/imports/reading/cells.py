"""What one cell means: text, dates, numbers, in the forms that people and Excel write them.

Every reader returns the value, or raises `CellFault` with a reason in Chinese. An empty cell is "".
"""

import re
import unicodedata
from datetime import date, datetime, timedelta

from config.phrases.registry import CELL_FAULTS

_EXACT = 2**53
_QQ_FIRST, _QQ_LAST = 10_000, 99_999_999_999
_SPACES = re.compile(r"\s+")
# Control characters, separators, direction overrides, lone surrogates, non-characters.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_FORMULA = ("=", "+", "-", "@")
_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
NOTHING = frozenset({"-", "--", "—", "——", "/", "\\", "无", "暂无", "n/a", "null", "none"})
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_LISTED = re.compile(r"[;；,，、|\s]+")
SEVERAL = re.compile(r"[;；,，、\n]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[ T].*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?", re.ASCII)
_EPOCH = date(1899, 12, 30)
_NEVER = (2999, 9999)
_FIRST, _LAST = date(1930, 1, 1), date(2199, 12, 31)
_SERIALS = range((_FIRST - _EPOCH).days, (_LAST - _EPOCH).days)
_TRUE = frozenset({"是", "y", "yes", "1", "true", "√", "✓"})
_FALSE = frozenset({"", "否", "n", "no", "0", "false", "×", "x"})


class CellFault(Exception):
    """This cell can't be read; the text says why, in Chinese."""


def fault(key: str, **fields: object) -> CellFault:
    """Return the fault worded by `CELL_FAULTS[key]`."""
    return CellFault(CELL_FAULTS[key].format(**fields))


def shown(text: str) -> str:
    """Return a cell's text as it may stand in a report: short, one line, nothing unprintable."""
    plain = _CONTROL.sub("�", text[:24])
    return plain + "…" if len(text) > 24 else plain


def as_text(cell: object) -> str:
    """Return a cell's text, trimmed. 123.0 is "123"; a text stays as it was written."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        return _number_text(cell)
    return str(cell)


def _number_text(cell: float) -> str:
    if isinstance(cell, float) and not cell.is_integer():
        return repr(cell)
    if abs(cell) >= _EXACT:
        raise fault("imprecise")
    return str(int(cell))


def words(cell: object, field: str, limit: int, *, required: bool = False) -> str:
    """Return a text for people to read: name, department, title. Never a formula, never unprintable."""
    if isinstance(cell, str) and cell.isalnum() and 4 < len(cell) + 4 * required <= limit:
        # Letters and digits alone: nothing of what is looked for below.
        return cell
    text = as_text(cell)
    if not text.isascii():
        text = _INVISIBLE.sub("", text).strip()
    if not text:
        if required:
            raise fault("missing", field=field)
        return ""
    if len(text) > limit:
        raise fault("too_long", field=field, limit=limit)
    if not text.isprintable() and _CONTROL.search(text):
        raise fault("control", field=field)
    if not required and text.casefold() in NOTHING:
        return ""
    if text[0] in _FORMULA or text[0] in "＝＋－＠":
        raise fault("formula", field=field, value=shown(text))
    if text in _ERRORS:
        raise fault("excel_error", field=field, value=text)
    return text


def line_of(cell: object) -> object:
    """Return a cell with the line breaks that people put into Excel cells made spaces."""
    return _SPACES.sub(" ", cell) if isinstance(cell, str) and len(cell) < 10_000 else cell


def number(cell: object, field: str, limit: int = 64) -> str:
    """Return an employee number: text with its leading zeros, half-width, no spaces."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum() and len(cell) <= limit:
        return cell
    text = as_text(cell)
    if len(text) > 1000:
        raise fault("too_long", field=field, limit=limit)
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    text = words(text, field, limit, required=True)
    found = _WHOLE_FLOAT.fullmatch(text)
    if found is not None:
        text = found.group(1)
    if _SPACES.search(text):
        raise fault("spaces", field=field, value=shown(text))
    return text


def listed(cell: object) -> list[str]:
    """Return the parts of a cell that holds several values, separated by `;` and its like."""
    if isinstance(cell, str):
        if len(cell) > 4000:
            raise fault("many")
        return [part for part in _LISTED.split(unicodedata.normalize("NFKC", cell)) if part]
    text = as_text(cell)
    return [text] if text else []


def qq_numbers(cell: object) -> tuple[int, ...]:
    """Return the QQ numbers of a cell, in order, each once."""
    if cell == "":
        return ()
    if isinstance(cell, float) and cell.is_integer() and _QQ_FIRST <= cell <= _QQ_LAST:
        return (int(cell),)
    if isinstance(cell, str) and cell.isascii() and cell.isdecimal() and 5 <= len(cell.lstrip("0")) <= 11:
        return (int(cell),)
    found: list[int] = []
    for part in listed(cell):
        if part.casefold() in NOTHING:
            continue
        whole = _WHOLE_FLOAT.fullmatch(part)
        digits = whole.group(1) if whole else part
        if not digits.isascii() or not digits.isdecimal() or not 5 <= len(digits.lstrip("0")) <= 11:
            raise fault("qq", value=shown(part))
        found.append(int(digits))
    return tuple(dict.fromkeys(found))


def phone_digits(cell: object) -> str:
    """Return the last four digits of the (first) phone number, or "" when there is none."""
    if not isinstance(cell, str):
        text = as_text(cell)
    elif cell.isascii() and cell.isdecimal() and 4 <= len(cell) <= 20:
        return cell[-4:]
    else:
        if len(cell) > 200:
            raise fault("phone")
        text = unicodedata.normalize("NFKC", cell).strip()
    if not text or text.casefold() in NOTHING:
        return ""
    first = re.split(r"[;,/、|\n]", _WHOLE_FLOAT.sub(r"\1", text))[0]
    digits = "".join(char for char in first if "0" <= char <= "9")
    if not 4 <= len(digits) <= 20:
        raise fault("phone")
    return digits[-4:]


def truth(cell: object, field: str) -> bool:
    """Return what 是/否, Y/N or 1/0 says; empty is no."""
    text = as_text(cell)
    if len(text) <= 8:
        plain = unicodedata.normalize("NFKC", text).casefold()
        if plain in _TRUE:
            return True
        if plain in _FALSE or plain in NOTHING:
            return False
    raise fault("truth", field=field, value=shown(text))


def day(cell: object, field: str) -> date | None:
    """Return the date of a cell in any usual form, an Excel serial too; None when empty."""
    if isinstance(cell, datetime):
        return _sane(cell.date(), field)
    if isinstance(cell, date):
        return _sane(cell, field)
    text = as_text(cell)
    if not text or (len(text) <= 4 and text.casefold() in NOTHING):
        return None
    if len(text) > 40:
        raise fault("date", field=field, value=shown(text))
    return _written_day(unicodedata.normalize("NFKC", text), field)


def _written_day(text: str, field: str) -> date | None:
    found = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        try:
            return _sane(date(*map(int, found.groups())), field)
        except ValueError:
            raise fault("date", field=field, value=shown(text)) from None
    serial = _SERIAL.fullmatch(text)
    if serial is not None and int(serial.group(1)) in _SERIALS:
        return _EPOCH + timedelta(days=int(serial.group(1)))
    raise fault("date", field=field, value=shown(text))


def _sane(value: date, field: str) -> date | None:
    """Return a plausible date; HR systems write "never" as the end of time."""
    if value.year in _NEVER:
        return None
    if not _FIRST <= value <= _LAST:
        raise fault("date", field=field, value=value.isoformat())
    return value
