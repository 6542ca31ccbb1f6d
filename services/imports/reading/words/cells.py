"""What one cell means: text and numbers, in the forms that people and Excel write them.

Every reader returns the value, or raises `CellFault` with a reason in Chinese. An empty cell is "".
"""

import re
import unicodedata

from config.phrases.imports import CELL_FAULTS, FIELDS
from services.imports.reading.files.xlsx_details import UNCALCULATED
from services.imports.reading.noted import CellFault
from services.imports.reading.words.noise import is_vacancy, lost_characters

_EXACT = 2**53
_QQ_FIRST, _QQ_LAST = 10_000, 99_999_999_999
_SPACES = re.compile(r"\s+")
# Control characters, separators, direction overrides, lone surrogates, non-characters.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_FORMULA = ("=", "+", "-", "@")
ERRORS = frozenset(
    {
        UNCALCULATED,
        "#N/A",
        "#REF!",
        "#NAME?",
        "#VALUE!",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#GETTING_DATA",
        "#SPILL!",
        "#CALC!",
    }
)
NOTHING = frozenset(
    {"-", "--", "—", "——", "/", "\\", "无", "暂无", "n/a", "null", "none", "nan", "没有", "未填", "未填写"}
)
# A number with what is written around it: QQ:10001, 10001@qq.com.
_ADDRESS = re.compile(r"^(?:qq号?码?:?)?(\d+)(?:@qq\.com)?$", re.IGNORECASE | re.ASCII)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_LISTED = re.compile(r"[;；,，、|/\s]+")
SEVERAL = re.compile(r"[;；,，、\n]")
# Excel writes its exponents with a sign; E5 alone may be a part of an employee number.
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|\d\.\d+[eE]\d+", re.ASCII)
_SEVERAL_NUMBERS = re.compile("[;,，；、]")
_GUARDED = re.compile(r'=\s*"((?:[^"]|"")*)"\s*')
_EXTENSION = re.compile(r"转|分机|内线|#\s*\d|(?<![a-z])(?:ext|x)\.?\s*\d", re.IGNORECASE)
_APOSTROPHES = "'‘’＇`"
_GUARDS = frozenset(("=", *_APOSTROPHES))
_RUNS = frozenset({"123456789", "012345678", "987654321"})
_TRUE = frozenset({"是", "y", "yes", "1", "true", "√", "✓"})
_FALSE = frozenset({"", "否", "n", "no", "0", "false", "×", "x"})


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
        return unguarded(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        return _number_text(cell)
    return str(cell)


def unguarded(text: str) -> str:
    """Return a text, trimmed, without what keeps a spreadsheet from reading a number: '00123, ="00123"."""
    text = text.strip()
    if text[:1] in _GUARDS:
        found = _GUARDED.fullmatch(text)
        if found is not None:
            return found[1].replace('""', '"').strip()
        rest = text[1:]
        if text[0] in _APOSTROPHES and rest[:1].isalnum() and not _GUARDS.intersection(rest):
            return rest.strip()
    return text


def is_guarded(cell: object) -> bool:
    """Tell whether a text stands behind an apostrophe or in ="…"."""
    return isinstance(cell, str) and cell.strip() != unguarded(cell)


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
    if text in ERRORS:
        raise fault("excel_error", field=field, value=text)
    return text


def line_of(cell: object) -> object:
    """Return a cell with the line breaks that people put into Excel cells made spaces."""
    return _SPACES.sub(" ", cell) if isinstance(cell, str) and len(cell) < 10_000 else cell


def plain_number(cell: object, limit: int = 64) -> str | None:
    """Return an employee number that is written as nearly all are; None: see `number`."""
    if isinstance(cell, str):
        if (
            cell.isascii() and cell.isalnum() and not cell.isalpha()
            and cell.strip("0") and len(cell) <= limit
        ):  # fmt: skip
            return cell
    elif isinstance(cell, float) and 0 < cell < _EXACT and cell.is_integer():
        return str(int(cell))
    return None


def number(cell: object, field: str, limit: int = 64) -> str:
    """Return an employee number: text with its leading zeros, half-width, no spaces."""
    plain = plain_number(cell, limit)
    if plain is not None:
        return plain
    text = as_text(cell)
    if len(text) > 1000:
        raise fault("too_long", field=field, limit=limit)
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    text = words(text, field, limit, required=True)
    found = _WHOLE_FLOAT.fullmatch(text)
    if found is not None:
        text = found.group(1)
    for wrong, key in (
        (_SPACES.search, "spaces"),
        (_EXPONENT.fullmatch, "exponent"),
        (lost_characters, "lost"),
        (_SEVERAL_NUMBERS.search, "numbers"),
        (_nobodys, "no_number"),
    ):
        if wrong(text):
            raise fault(key, field=field, value=shown(text))
    return text


def _nobodys(text: str) -> bool:
    """Tell whether a number is a blank that was looked up, or says that there is none."""
    return not text.strip("0") or text.casefold() in NOTHING or is_vacancy(text)


def listed(cell: object) -> list[str]:
    """Return the parts of a cell that holds several values, separated by `;` and its like."""
    if isinstance(cell, str):
        if len(cell) > 4000:
            raise fault("many")
        plain = unicodedata.normalize("NFKC", unguarded(cell))
        return [unguarded(part) for part in _LISTED.split(plain) if part]
    text = as_text(cell)
    return [text] if text else []


def plain_qqs(cell: object) -> tuple[int, ...] | None:
    """Return the QQ number of a cell that holds one or nothing, as nearly all do; None: see `qq_numbers`."""
    if isinstance(cell, str):
        if not cell:
            return ()
        if cell.isascii() and cell.isdecimal() and 5 <= len(cell) <= 11 and cell[0] != "0":
            return (int(cell),)
    elif isinstance(cell, float) and cell.is_integer() and _QQ_FIRST <= cell <= _QQ_LAST:
        return (int(cell),)
    return None


def qq_numbers(cell: object) -> tuple[int, ...]:
    """Return the QQ numbers of a cell, in order, each once."""
    plain = plain_qqs(cell)
    if plain is not None:
        return plain
    found: list[int] = []
    for part in listed(cell):
        if part.casefold() in NOTHING or not part.strip("0."):
            continue
        whole = _WHOLE_FLOAT.fullmatch(part)
        digits = whole.group(1) if whole else _ADDRESS.sub(r"\1", part)
        if not digits.isascii() or not digits.isdecimal() or not 5 <= len(digits.lstrip("0")) <= 11:
            raise fault("qq", value=shown(part))
        found.append(int(digits))
    return tuple(dict.fromkeys(found))


def plain_digits(cell: object) -> str | None:
    """Return the last four digits of a phone number in digits alone, or ""; None: see `phone_digits`."""
    if cell == "":
        return ""
    text = str(int(cell)) if isinstance(cell, float) and 0 < cell < _EXACT and cell.is_integer() else cell
    if not isinstance(text, str) or not (text.isascii() and text.isdecimal() and 4 <= len(text) <= 20):
        return None
    return None if _is_placeholder(text) else text[-4:]


def phone_digits(cell: object) -> str | None:
    """Return the last four digits of the (first) phone number, or "" when there is none.

    None for what stands there and reaches nobody in person: a placeholder, an extension of a line.
    """
    plain = plain_digits(cell)
    if plain is not None:
        return plain
    text = as_text(cell)
    if len(text) > 200:
        raise fault("phone")
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or text.casefold() in NOTHING or not text.strip("0."):
        return None if text.strip(".") in ("0000", "00000000000") else ""
    if _EXPONENT.fullmatch(text):
        raise fault("exponent", field=FIELDS["phone"], value=shown(text))
    first = re.split(r"[;,/、|\n]", _WHOLE_FLOAT.sub(r"\1", text))[0]
    if _EXTENSION.search(first):
        return None
    digits = "".join(char for char in first if "0" <= char <= "9")
    if not 4 <= len(digits) <= 20:
        raise fault("phone")
    return None if _is_placeholder(digits) else digits[-4:]


def _is_placeholder(digits: str) -> bool:
    """Tell whether a number only fills the place of one: zeros, one digit over and over, 1 to 9."""
    if digits.count(digits[0]) == len(digits):
        return digits[0] == "0" or len(digits) >= 7
    return digits[:9] in _RUNS


def truth(cell: object, field: str) -> bool:
    """Return what 是/否, Y/N or 1/0 says; empty is no. Of several (是;否, by department) the first counts."""
    text = as_text(cell)
    if len(text) <= 60:
        found = [_one_truth(part) for part in SEVERAL.split(unicodedata.normalize("NFKC", text))]
        if None not in found:
            return bool(found[0])
    raise fault("truth", field=field, value=shown(text))


def _one_truth(text: str) -> bool | None:
    plain = text.strip().casefold()
    if plain in _TRUE:
        return True
    return False if plain in _FALSE or plain in NOTHING else None
