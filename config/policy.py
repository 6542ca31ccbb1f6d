"""Read `regulation.toml` into the core's `Policy`; every value is checked, every key known.

A fault is one line: file, dotted key, the value, and what is allowed.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from regulation.policy import Mode, Policy

Reader = Callable[[Any], Any]


class PolicyError(Exception):
    """A wrong parameter: one line that names file, key, value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """How one value is read (`read` raises ValueError or TypeError) and, in Chinese, what is allowed."""

    read: Reader
    words: str


def _number(low: float, high: float) -> Allowed:
    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError
        return value

    return Allowed(read, f"{low:g}–{high:g} 的数")


def _whole(low: int, high: int) -> Allowed:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return Allowed(read, f"{low}–{high} 的整数")


def _choice(*words: str) -> Allowed:
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


def _aliases(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise TypeError
    table = cast("dict[str, Any]", value)
    return {
        _text(key): (_text(item),) if isinstance(item, str) else _texts(item) for key, item in table.items()
    }


def _renames(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    return {_text(old): _text(new) for old, new in cast("dict[str, Any]", value).items()}


def _card_format(value: Any) -> str:
    text = _text(value)
    used = re.findall(r"\{(\w*)\}", text)
    if not {"department", "name"} <= set(used) or set(used) - {"department", "name", "title"}:
        raise ValueError
    if re.sub(r"\{\w+\}", "", text).count("{") or text.index("{department}") > text.index("{name}"):
        raise ValueError
    return text


def _amount(value: Any) -> Decimal:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= 100000 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError
    return amount


def _at_most(default: str) -> Allowed:
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


def _status_words(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    words = cast("dict[str, Any]", value)
    if any(meaning not in ("regular", "probation", "departed") for meaning in words.values()):
        raise ValueError
    return {_text(word): meaning for word, meaning in words.items()}


_DAYS = _whole(0, 3650)
_FLAG = Allowed(_flag, "true 或 false")
_TEXT = Allowed(_text, "1–100 个字的文字")
_TEXTS = Allowed(_texts, '文字列表，如 ["XY"]')
_TIME = Allowed(_time, '时刻，如 "09:00"')
_DATES = Allowed(_dates, '日期列表，如 ["2027-02-14"]')
_MODE = _choice(*(mode.value for mode in Mode))

ALLOWED: Mapping[str, Allowed] = {
    "company.name": _TEXT,
    "company.keywords": _TEXTS,
    "company.admin_department": _TEXT,
    "company.default_mode": Allowed(lambda value: Mode(_MODE.read(value)), _MODE.words),
    "departments.aliases": Allowed(_aliases, '别名表，如 {"行政部" = ["行政"]}'),
    "departments.renamed": Allowed(_renames, '改名表，如 {"旧名" = "新名"}'),
    "departments.head_titles": _TEXTS,
    "registry.max_age_days": _whole(1, 3650),
    "registry.missing_means_departed": _FLAG,
    "registry.status_words": Allowed(
        _status_words, '词表，如 {"外包" = "regular"}，可写 regular、probation、departed'
    ),
    "card.format": Allowed(_card_format, "含 {department} 与 {name}（部门在前）的文字，另可用 {title}"),
    "card.strictness": _choice("tolerant", "exact"),
    "card.department": _choice("top", "leaf", "path"),
    "card.allow_suffix": _FLAG,
    "card.due_days": _DAYS,
    "card.max_bytes": _whole(12, 600),
    "card.auto_fix": _choice("never", "after_due", "at_once"),
    "reminders.per_group_minutes": _number(0, 100000),
    "reminders.per_person_hours": _number(0, 10000),
    "hours.start": _TIME,
    "hours.end": _TIME,
    "hours.workdays_only": _FLAG,
    "hours.workdays": _DATES,
    "hours.holidays": _DATES,
    "deadlines.count": _choice("calendar", "workday"),
    **{
        f"deadlines.{name}_days": _DAYS
        for name in ("departed", "transferred", "unfiled", "supervisor", "drift", "member", "discussion")
    },
    "membership.early_admission_days": _whole(1, 3650),
    "discussion.active_days": _whole(1, 366),
    "discussion.window_days": _whole(1, 366),
    **{
        f"fines.{code}": Allowed(_amount, '金额，如 "50" 或 "12.50"')
        for code in ("F1", "F3", "C1", "L1", "T1", "D2")
    },
    "safety.max_removals": _whole(0, 100000),
    "safety.max_removal_ratio": _number(0, 1),
    "safety.max_removals_total": _whole(0, 100000),
    "safety.import_departures": _at_most("max(5, 10%)"),
    "safety.import_changes": _at_most("max(10, 20%)"),
    "pace.send_seconds": _number(0.02, 3600),
    "pace.kick_seconds": _number(0.02, 3600),
    "pace.card_seconds": _number(0.02, 3600),
    "pace.kicks_per_day": _whole(0, 100000),
    "pace.verify_seconds": _number(1.0, 600),
    "poll.requests_seconds": _number(1, 86400),
    "poll.groups_seconds": _number(1, 86400),
    "poll.audit_time": _TIME,
    "join.wave_limit": _whole(1, 1000000),
    "join.lapse_days": _whole(1, 3650),
    "identity.attempts_per_qq": _whole(1, 1000),
    "identity.attempts_per_employee": _whole(1, 1000),
    "kick.batch": _FLAG,
    "privacy.keep_days": _whole(1, 36500),
}


def load_policy(path: Path) -> Policy:
    """Read and check the file. Raises `PolicyError` with one line."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(f"{path}：打不开（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}：应为 UTF-8 编码的文本文件") from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}：不是正确的 TOML（{error}）") from error
    return read_policy(table, str(path))


def read_policy(table: Mapping[str, Any], source: str) -> Policy:
    """Fill a `Policy` from parsed TOML. Raises `PolicyError`."""
    policy = Policy()
    sections = {field.name for field in fields(Policy)}
    for section, values in table.items():
        if section not in sections or not isinstance(values, dict):
            raise PolicyError(f"{source}：{section} = {values!r}：没有这一项{_nearest(section, sections)}")
        read = {k: _read(f"{section}.{k}", v, source) for k, v in cast("dict[str, Any]", values).items()}
        now = getattr(policy, section)
        filled = {**now, **read} if section == "fines" else replace(now, **read)
        policy = replace(policy, **{section: filled})
    _fit_together(policy, source)
    return policy


def _fit_together(policy: Policy, source: str) -> None:
    """Refuse values that are right alone and make no sense beside one another."""
    hours, discussion = policy.hours, policy.discussion
    if hours.start >= hours.end:
        raise PolicyError(f"{source}：hours.end = {hours.end:%H:%M} 不对；应晚于 hours.start")
    if discussion.window_days < discussion.active_days:
        raise PolicyError(
            f"{source}：discussion.window_days = {discussion.window_days} 不对；"
            f"应不小于 discussion.active_days（{discussion.active_days}）"
        )


def _read(key: str, value: Any, source: str) -> Any:
    allowed = ALLOWED.get(key)
    if allowed is None:
        raise PolicyError(f"{source}：{key} = {value!r}：没有这一项{_nearest(key, ALLOWED)}")
    try:
        return allowed.read(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise PolicyError(f"{source}：{key} = {value!r} 不对；应为{allowed.words}") from error


def _nearest(key: str, known: Any) -> str:
    near = get_close_matches(key, list(known), n=1)
    return f"，是不是想写 {near[0]}？" if near else ""
