"""Read `regulation.toml` into the core's `Policy`; every value is checked, every key known.

A fault is one line: file, dotted key, the value, and what is allowed.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import InvalidOperation
from pathlib import Path
from typing import Any, cast

from config import allowed
from config.allowed import Allowed
from config.oserrors import said
from regulation.policy import Mode, Policy


class PolicyError(Exception):
    """A wrong parameter: one line that names file, key, value and what is allowed."""


# What a Chinese keyboard writes where TOML wants the narrow sign.
_WIDE = re.compile("[，“”‘’＝＃［］｛｝：；]")
_MODE = allowed.choice(*(mode.value for mode in Mode))

ALLOWED: Mapping[str, Allowed] = {
    "company.name": allowed.TEXT,
    "company.keywords": allowed.TEXTS,
    "company.admin_department": allowed.TEXT,
    "company.default_mode": Allowed(lambda value: Mode(_MODE.read(value)), _MODE.words),
    "departments.aliases": Allowed(allowed.aliases, '别名表，如 {"行政部" = ["行政"]}'),
    "departments.renamed": Allowed(allowed.renames, '改名表，如 {"旧名" = "新名"}'),
    "departments.head_titles": allowed.TEXTS,
    "registry.max_age_days": allowed.whole(1, 3650),
    "registry.missing_means_departed": allowed.FLAG,
    "registry.status_words": Allowed(
        allowed.status_words, '词表，如 {"外包" = "regular"}，可写 regular、probation、departed'
    ),
    "card.format": Allowed(
        allowed.card_format, "含 {department} 与 {name}（部门在前）的文字，另可用 {title}"
    ),
    "card.strictness": allowed.choice("tolerant", "exact"),
    "card.department": allowed.choice("top", "leaf", "path"),
    "card.allow_suffix": allowed.FLAG,
    "card.due_days": allowed.DAYS,
    "card.max_bytes": allowed.whole(12, 600),
    "card.auto_fix": allowed.choice("never", "after_due", "at_once"),
    "reminders.per_group_minutes": allowed.number(0, 100000),
    "reminders.per_person_hours": allowed.number(0, 10000),
    "hours.start": allowed.TIME,
    "hours.end": allowed.TIME,
    "hours.workdays_only": allowed.FLAG,
    "hours.workdays": allowed.DATES,
    "hours.holidays": allowed.DATES,
    "deadlines.count": allowed.choice("calendar", "workday"),
    **{
        f"deadlines.{name}_days": allowed.DAYS
        for name in ("departed", "transferred", "unfiled", "supervisor", "drift", "member", "discussion")
    },
    "membership.early_admission_days": allowed.whole(1, 3650),
    "discussion.active_days": allowed.whole(1, 366),
    "discussion.window_days": allowed.whole(1, 366),
    **{
        f"fines.{code}": Allowed(allowed.amount, '金额，如 "50" 或 "12.50"')
        for code in ("F1", "F3", "C1", "L1", "T1", "D2")
    },
    "safety.max_removals": allowed.whole(0, 100000),
    "safety.max_removal_ratio": allowed.number(0, 1),
    "safety.max_removals_total": allowed.whole(0, 100000),
    "safety.import_departures": allowed.at_most("max(5, 10%)"),
    "safety.import_changes": allowed.at_most("max(10, 20%)"),
    "pace.send_seconds": allowed.number(0.02, 3600),
    "pace.kick_seconds": allowed.number(0.02, 3600),
    "pace.card_seconds": allowed.number(0.02, 3600),
    "pace.kicks_per_day": allowed.whole(0, 100000),
    "pace.verify_seconds": allowed.number(1.0, 600),
    "poll.requests_seconds": allowed.number(1, 86400),
    "poll.groups_seconds": allowed.number(1, 86400),
    "poll.audit_time": allowed.TIME,
    "join.wave_limit": allowed.whole(1, 1000000),
    "join.lapse_days": allowed.whole(1, 3650),
    "identity.attempts_per_qq": allowed.whole(1, 1000),
    "identity.attempts_per_employee": allowed.whole(1, 1000),
    "kick.batch": allowed.FLAG,
    "privacy.keep_days": allowed.whole(1, 36500),
    "sources.order": allowed.SOURCES,
    "sources.apply": allowed.choice("within_limits", "ask"),
    "sources.folder.path": allowed.MAYBE,
    "sources.folder.pattern": allowed.PATTERNS,
    "sources.folder.every_minutes": allowed.number(1, 100000),
    "sources.folder.everybody": allowed.FLAG,
    "sources.ldap.url": allowed.LDAP_URL,
    **{f"sources.ldap.{name}": allowed.MAYBE for name in ("base", "filter", "bind_dn", "ca_file")},
    "sources.ldap.every_hours": allowed.number(0.1, 10000),
    "sources.ldap.attributes": allowed.ATTRIBUTES,
    "sources.scim.enabled": allowed.FLAG,
    "sources.dingtalk.app_key": allowed.MAYBE,
    "sources.dingtalk.base_url": allowed.WEB_URL,
    "sources.dingtalk.every_hours": allowed.number(0.1, 10000),
}


def load_policy(path: Path, base: Policy | None = None) -> Policy:
    """Read and check the file; what is not there is as in `base`. Raises `PolicyError` with one line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PolicyError(f"{path}：打不开（{said(error)}）") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}：应为 UTF-8 编码的文本文件") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}：{_place(text, str(error))}") from error
    return read_policy(table, str(path), base)


def _place(text: str, error: str) -> str:
    """Return which line of a TOML file can't be read, and what to look at there."""
    found = re.search(r"line (\d+)", error)
    lines = text.splitlines()
    number = int(found[1]) if found else len(lines)
    line = lines[number - 1].partition("#")[0] if 0 < number <= len(lines) else ""
    wide = _WIDE.search(line)
    hint = (
        f"标点 {wide[0]} 要用半角"
        if wide
        else "请对照 config/regulation.toml 的写法，引号、括号要成对，一项只写一次"
    )
    return f"第 {number} 行读不懂；{hint}"


def read_policy(table: Mapping[str, Any], source: str, base: Policy | None = None) -> Policy:
    """Fill a `Policy` from parsed TOML; what is not there is as in `base`, or the default.

    Raises `PolicyError`.
    """
    policy = base or Policy()
    sections = {field.name for field in fields(Policy)}
    for section, values in table.items():
        if section in sections and not isinstance(values, dict):
            raise PolicyError(f"{source}：{section} = {values!r} 不对；应为：一节，写作 [{section}]")
        if section not in sections:
            raise PolicyError(f"{source}：{section} = {values!r}：没有这一项{_nearest(section, sections)}")
        filled = _filled(getattr(policy, section), cast("dict[str, Any]", values), section, source)
        policy = replace(policy, **{section: filled})
    _fit_together(policy, source)
    return policy


def _filled(now: Any, values: Mapping[str, Any], section: str, source: str) -> Any:
    """Return a section with what its table says; a table inside it is a section of its own."""
    read: dict[str, Any] = {}
    for key, value in values.items():
        inner, name = getattr(now, key, None), f"{section}.{key}"
        is_section = is_dataclass(inner) and isinstance(value, dict)
        below = cast("dict[str, Any]", value) if is_section else {}
        read[key] = _filled(inner, below, name, source) if is_section else _read(name, value, source)
    return {**cast("Mapping[str, Any]", now), **read} if isinstance(now, Mapping) else replace(now, **read)


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
    how = ALLOWED.get(key)
    if how is None:
        raise PolicyError(f"{source}：{key} = {value!r}：没有这一项{_nearest(key, ALLOWED)}")
    try:
        return how.read(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise PolicyError(f"{source}：{key} = {value!r} 不对；应为：{how.words}") from error


def _nearest(key: str, known: Any) -> str:
    # Only where a key is misspelt: 0.2 MiB.
    from difflib import get_close_matches

    near = get_close_matches(key, list(known), n=1)
    return f"，是不是想写 {near[0]}？" if near else ""
