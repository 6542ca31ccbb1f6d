"""What people type, in a chat or a form: one reader a kind, which returns None for what it can't read."""

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from regulation.duties import find_duty
from regulation.model import Kind
from regulation.policy import Mode
from regulation.summary import read_period

Reader = Callable[[str, date], object | None]

LIMITS = {"text": 500, "scope": 2000, "department": 100, "employee": 64, "group": 60}
LOOSE = frozenset({"text", "scope", "department", "employee", "period", "command", "kind"})
LETTERS = frozenset("JBEIQRVPSC")
NO_SUCH_ID = 0
LONGEST = 12_000
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2069\ufeff\ufff9-\ufffc\U000e0000-\U000e007f\ud800-\udfff]"
)
_BIGGEST_ID = 2**31 - 1
_MOST_ITEMS = 200
_TRIM = " \t，,。.、；;：:！!？?“”\"'"
_ITEM = re.compile(r"([A-Za-z])\s*[#号\-]?\s*(\d+)号?", re.ASCII)
_ITEMS = re.compile(
    r"([A-Za-z])\s*#?(\d+)(?:\s*(?:-|–|—|~|～|至|到|\.\.)\s*([A-Za-z]?)\s*#?(\d+))?", re.ASCII
)
_DATE = re.compile(r"(?:(\d{4})\s*[-/.年])?\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?", re.ASCII)
_LEADING_DAY = re.compile(
    r"(?:到|至)?\s*(?:(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2})(?!\d)|(\d{1,2}[-/月]\d{1,2}[日号]?)(?=[\s,;、。]|为?止|$))",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_HALF_A_YEAR = timedelta(days=183)
_DAYS = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "明天": 1, "前天": -2, "后天": 2}


def clean(text: str) -> str:
    """Return `text` without control characters and direction marks, and not longer than `LONGEST`."""
    return _UNSEEN.sub("", text[:LONGEST])


def read(kind: str, text: str, today: date) -> object | None:
    """Return what `text` means as `kind`, or None. `today` completes relative dates."""
    return READERS[kind](text, today)


def narrow(text: str) -> str:
    """Return `text` in NFKC without punctuation around it: how ids, numbers and dates are read."""
    return unicodedata.normalize("NFKC", text).strip(_TRIM)


def _text(text: str, _: date) -> str | None:
    return text.strip() or None


def _command(text: str, _: date) -> str | None:
    return text.strip("/／ ，。？?！!") or None


def _digits(text: str, fewest: int, most: int) -> int | None:
    plain = narrow(text)
    if not plain.isascii() or not plain.isdecimal() or not fewest <= len(plain) <= most:
        return None
    return int(plain)


def qq_of(text: str) -> int | None:
    """Return the QQ number that `text` is, or None."""
    return _digits(text.strip().lstrip("@"), 5, 11)


def _qq(text: str, _: date) -> int | None:
    return qq_of(text)


def _group(text: str, _: date) -> int | str | None:
    """Return a group's number, or its name, to be looked up by whoever knows the groups."""
    name = text.strip()
    return name or None if not narrow(name).isdecimal() else _digits(text, 5, 11)


def _days(text: str, _: date) -> int | None:
    days = _digits(narrow(text).removesuffix("天"), 1, 4)
    return days or None


def _number(text: str, _: date) -> int | None:
    return _digits(text, 1, 9) or None


def _date(text: str, today: date) -> date | None:
    """Return the day meant: without a year the nearest, so that in December `1月5日` is to come."""
    plain = narrow(text)
    if plain in _DAYS:
        return today + timedelta(days=_DAYS[plain])
    found = _DATE.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if found is None:
        return None
    year, month, day = found.groups()
    if not year:
        near = [one for one in _every_year(int(month), int(day), today) if abs(one - today) <= _HALF_A_YEAR]
        return min(near, key=lambda one: abs(one - today), default=None)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _past(text: str, today: date) -> date | None:
    """Return a day that lies behind: without a year, the last such day; `2027-01-05` as it stands."""
    day = _date(text, today)
    if day is None or day <= today or re.match(r"\D*\d{4}", narrow(text)) or narrow(text) in _DAYS:
        return day
    return max((one for one in _every_year(day.month, day.day, today) if one <= today), default=None)


def _every_year(month: int, day: int, today: date) -> list[date]:
    """Return this day of last year, this year and next, as far as there is one."""
    found: list[date] = []
    for year in (today.year - 1, today.year, today.year + 1):
        with suppress(ValueError):
            found.append(date(year, month, day))
    return found


def day_before(reason: str, today: date) -> date | None:
    """Return the day to come that a reason begins with (`12月31日 返聘中`, `到2027-01-31`), or None.

    Without a year it stands by itself, so that no part of a sentence is taken for it. A day that is over,
    or was within the last month, is part of the reason.
    """
    found = _LEADING_DAY.match(unicodedata.normalize("NFKC", reason).strip())
    day = None if found is None else _date(found[1] or found[2], today)
    if found is not None and found[2] and day is not None:
        lately = today - timedelta(days=31)
        day = next((one for one in _every_year(day.month, day.day, today) if one >= lately), None)
    return day if day is not None and day >= today else None


def _period(text: str, today: date) -> object | None:
    return read_period(text.strip(), today)


def _kind(text: str, _: date) -> Kind | None:
    plain = narrow(text).upper()
    return next((kind for kind in Kind if kind.value == plain), None)


def _code(text: str, _: date) -> object | None:
    duty = find_duty(narrow(text))
    return None if duty is None else duty.code


def _mode(text: str, _: date) -> Mode | None:
    plain = narrow(text).removesuffix("模式")
    return next((mode for mode in Mode if mode.value == plain), None)


def id_of(digits: str) -> int:
    """Return an id's number; one too big to exist is `NO_SUCH_ID`."""
    if len(digits) > 10:
        return NO_SUCH_ID
    number = int(digits)
    return number if number <= _BIGGEST_ID else NO_SUCH_ID


def _item(text: str, _: date) -> tuple[str, int] | None:
    found = _ITEM.fullmatch(narrow(text))
    if found is None or found[1].upper() not in LETTERS:
        return None
    return found[1].upper(), id_of(found[2])


def _items(text: str, _: date) -> tuple[tuple[str, int], ...] | None:
    parts = [part for part in re.split(r"[\s,;、和及与跟]+", narrow(text)) if part]
    found: list[tuple[str, int]] = []
    for part in parts:
        several = _range(part)
        if several is None or len(found) + len(several) > _MOST_ITEMS:
            return None
        found += several
    return tuple(dict.fromkeys(found)) or None


def _range(text: str) -> list[tuple[str, int]] | None:
    match = _ITEMS.fullmatch(text)
    if match is None or match[1].upper() not in LETTERS:
        return None
    letter, first = match[1].upper(), id_of(match[2])
    if match[4] is None:
        return [(letter, first)]
    last = id_of(match[4])
    if match[3].upper() not in ("", letter) or not 0 < first <= last or last - first >= _MOST_ITEMS:
        return None
    return [(letter, number) for number in range(first, last + 1)]


def _review(text: str, _: date) -> str | None:
    return text if narrow(text) == "复核" else None


READERS: dict[str, Reader] = {
    "review": _review,
    "text": _text,
    "scope": _text,
    "department": _text,
    "employee": _text,
    "command": _command,
    "qq": _qq,
    "group": _group,
    "days": _days,
    "number": _number,
    "date": _date,
    "past": _past,
    "period": _period,
    "code": _code,
    "mode": _mode,
    "kind": _kind,
    "item": _item,
    "items": _items,
}
