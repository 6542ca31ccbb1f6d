"""How one value of `regulation.toml` is read, and what is said of one that can't be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlsplit

Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Allowed:
    """How one value is read (`read` raises ValueError or TypeError) and, in Chinese, what is allowed."""

    read: Reader
    words: str


def number(low: float, high: float) -> Allowed:
    """Allow a number in these bounds."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError
        return value

    return Allowed(read, f"{low:g}–{high:g} 的数")


def whole(low: int, high: int) -> Allowed:
    """Allow a whole number in these bounds."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return Allowed(read, f"{low}–{high} 的整数")


def choice(*words: str) -> Allowed:
    """Allow one of these words."""

    def read(value: Any) -> str:
        if value not in words:
            raise ValueError
        return cast("str", value)

    return Allowed(read, "、".join(words) + " 之一")


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 100:
        raise ValueError
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in cast("list[Any]", value))


def _time(value: Any) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,2}:\d{2}", value):
        raise ValueError
    hour, minute = value.split(":")
    return time(int(hour), int(minute)) if value != "24:00" else time(23, 59, 59, 999999)


def _dates(value: Any) -> frozenset[date]:
    if not isinstance(value, list):
        raise TypeError
    listed = cast("list[Any]", value)
    return frozenset(item if isinstance(item, date) else date.fromisoformat(item) for item in listed)


def aliases(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise TypeError
    table = cast("dict[str, Any]", value)
    return {
        _text(key): (_text(item),) if isinstance(item, str) else _texts(item) for key, item in table.items()
    }


def renames(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    return {_text(old): _text(new) for old, new in cast("dict[str, Any]", value).items()}


def card_format(value: Any) -> str:
    text = _text(value)
    used = re.findall(r"\{(\w*)\}", text)
    if not {"department", "name"} <= set(used) or set(used) - {"department", "name", "title"}:
        raise ValueError
    if re.sub(r"\{\w+\}", "", text).count("{") or text.index("{department}") > text.index("{name}"):
        raise ValueError
    return text


def amount(value: Any) -> Decimal:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= 100000 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError
    return amount


def at_most(default: str) -> Allowed:
    """Return how a brake of imports is read: a whole number, or None for the default's own words."""

    def read(value: Any) -> int | None:
        if isinstance(value, str) and re.sub(r"\s", "", value) == re.sub(r"\s", "", default):
            return None
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError
        return value

    return Allowed(read, f'"{default}" 或不小于 0 的整数')


def status_words(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    words = cast("dict[str, Any]", value)
    if any(meaning not in ("regular", "probation", "departed") for meaning in words.values()):
        raise ValueError
    return {_text(word): meaning for word, meaning in words.items()}


DAYS = whole(0, 3650)
FLAG = Allowed(_flag, "true 或 false")
TEXT = Allowed(_text, "1–100 个字的文字")
TEXTS = Allowed(_texts, '文字列表，如 ["XY"]')
TIME = Allowed(_time, '时刻，如 "09:00"')
DATES = Allowed(_dates, '日期列表，如 ["2027-02-14"]')


def _maybe(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError
    return value.strip()


def _patterns(value: Any) -> tuple[str, ...]:
    found = (_text(value),) if isinstance(value, str) else _texts(value)
    if not found or any("/" in one or "\\" in one for one in found):
        raise ValueError
    return found


def _sources(value: Any) -> tuple[str, ...]:
    found = _texts(value)
    if len(set(found)) < len(found) or set(found) - set(SOURCE_NAMES):
        raise ValueError
    return found


def _url(*schemes: str) -> Reader:
    def read(value: Any) -> str:
        found = _maybe(value)
        if found and not (found.startswith(schemes) and urlsplit(found).hostname):
            raise ValueError
        return found

    return read


def _attributes(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    found = {name: _maybe(where) for name, where in cast("dict[str, Any]", value).items()}
    if found.keys() - set(LDAP_FIELDS):
        raise ValueError
    return found


SOURCE_NAMES = ("scim", "ldap", "dingtalk", "folder")
LDAP_FIELDS = (
    "employee_no", "name", "department", "title", "is_head", "manager", "qq", "phone", "hired_on",
    "regularized_on", "departed_on", "status", "also_in",
)  # fmt: skip
MAYBE = Allowed(_maybe, "文字，不用就留空")
PATTERNS = Allowed(_patterns, '文件名（* 代表任意字），如 "*.xlsx"，或它们的列表')
SOURCES = Allowed(_sources, f"这些词的列表，各写一次：{'、'.join(SOURCE_NAMES)}")
LDAP_URL = Allowed(_url("ldap://", "ldaps://"), '地址，如 "ldaps://dc1.xy.example"，不用就留空')
WEB_URL = Allowed(_url("http://", "https://"), '地址，如 "https://oapi.dingtalk.com"')
ATTRIBUTES = Allowed(
    _attributes, f'对照表，如 {{"employee_no" = "employeeID"}}，可写 {"、".join(LDAP_FIELDS)}'
)
