"""Every sentence the bot says: plain Chinese, whole, short in a group, used; every code has its name."""

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config import phrases
from config.phrases import cards, findings, groups, health, imports, inbox, joining, mine, modes, notices
from config.phrases import filing as filing_words
from config.phrases import penalties as fine_words
from config.phrases import reports as report_words
from db.faults import Fault
from regulation.duties import Code
from regulation.model import CaseStatus, Closure, FilingState, Role

ROOT = Path(__file__).parents[2]
ROOMS = ("bot.py", "cli.py", "config", "db", "plugins", "regulation", "services", "terminal")
# Names of programs, files and settings, and units: what people type or see elsewhere as it stands.
LATIN = {
    "QQ", "NoneBot", "NapCat", "LLBot", "Lagrange", "OneBot", "SnowLuma", "Excel", "WPS", "CSV", "UTF-8", "UTF-16", "SHA-256",
    "GB18030", "SCIM", "Entra", "PostgreSQL", "SQLite", "Windows", "WSL", "Docker", "Linux", "HTTP", "MB", "xls", "xlsx", "env",
    "config/regulation.toml",
    "registry.status_words", "departments.aliases", "hours.holidays", "hours.workdays", "SUPERUSERS",
    "ONEBOT_ACCESS_TOKEN", "CONSOLE_URL", "https", "docs/deploy.zh.md", "QQ_FOLDERS", "enableLocalFile2Url", "packet", "noto-cjk-sans-otc",
    "sources.ldap.url", "sources.ldap.base", "sources.ldap", "base", "filter", "sources.ldap.bind_dn", "sources.ldap.ca_file",
    "LDAP_PASSWORD", "ldaps", "docs/sources.zh.md", "IP", "AppKey", "AppSecret", "DINGTALK_APP_SECRET", "sources.dingtalk.app_key", "sources.dingtalk.base_url",
}  # fmt: skip
# Lines to be typed in a terminal.
TYPED = re.compile(
    r"uv (?:run|sync)|cli\.py(?: [a-z-]+)*|bot\.py|chmod|timedatectl set-ntp true|--[a-z]+|DATABASE_URL"
)
WORD = re.compile(r"[A-Za-z_][\w./\-]*[A-Za-z0-9]", re.ASCII)
ID = re.compile(r"[A-Z]?\d+[\dA-Z.\-]*", re.ASCII)
# Said in a group as they stand, filled in by a name or a few numbers.
IN_GROUPS = [
    *cards.REMINDER_HEADS, *cards.REMINDER_ONE, cards.REMINDER_FOOT, cards.ANNOUNCE["text"], *cards.CARD.values(),
    *(text for name, text in cards.CHECK.items() if name != "case"),
    notices.INTRODUCTION, notices.OWNER_NOTICE["fallback"], notices.NOTICES["card_intro"],
    *(text for name, text in notices.NOTICES.items() if name.endswith("fallback")),
    inbox.PUBLIC, inbox.PUBLIC_EMPTY, inbox.NEW_IN_GROUP, notices.WITHHELD["public"], groups.LOST_PUBLIC,
    fine_words.NOTICE_FALLBACK, fine_words.APPEAL_STAFF_PUBLIC, report_words.SPOT["public"],
    mine.MINE["public"], filing_words.GROUP_APPROVED, filing_words.STATUS,
]  # fmt: skip
LONGEST_IN_A_GROUP = 200
# Between the fields of a command to be typed there is one.
GAP = re.compile(r"[，。：；！？、（）「」“”] +(?!\S+=)\S|\S +[，。：；！？、（）「」”]")


def _walk(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(f"{name}.{key}", inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _walk(name, inner)


def _modules() -> list[Any]:
    found = pkgutil.iter_modules(phrases.__path__)
    return [importlib.import_module(f"config.phrases.{one.name}") for one in found]


def every_phrase() -> list[tuple[str, str]]:
    """Return each sentence with where it stands: `inbox.HOW.approve`."""
    return [
        (f"{module.__name__.rpartition('.')[2]}.{name}", text)
        for module in _modules()
        for top, value in vars(module).items()
        if top.isupper() and f"{module.__name__}.{top}" != "config.phrases.reports.STATES"
        for name, text in _walk(top, value)
    ]


@cache
def _sources() -> dict[Path, ast.Module]:
    files = [
        p for room in ROOMS for p in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    return {path: ast.parse(path.read_text()) for path in files}


def _placeholders(text: str) -> set[str]:
    return {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("theme", sorted({name.partition(".")[0] for name, _ in every_phrase()}))
def test_a_phrase_is_plain_chinese_and_whole(theme: str) -> None:
    wrong: dict[str, object] = {}
    for name, text in every_phrase():
        said = TYPED.sub("", re.sub(r"\{[^}]*\}", "", text))
        words = {w for w in WORD.findall(said) if w not in LATIN and not ID.fullmatch(w)}
        open_ones = {key for key in _placeholders(text) if not key.isidentifier()}
        if name.startswith(f"{theme}.") and (words or open_ones):
            wrong[name] = (words, open_ones)
    assert wrong == {}


def test_no_space_stands_beside_full_width_punctuation() -> None:
    assert {name: text for name, text in every_phrase() if GAP.search(text)} == {}


def _said_in_groups() -> list[str]:
    """Return those named above, and whatever is called public, or what is said where no private word arrives."""
    called = re.compile(r"(?i)(?:^|[._])(?:public|fallback)")
    return sorted({*IN_GROUPS, *(text for name, text in every_phrase() if called.search(name))})


@pytest.mark.parametrize("text", _said_in_groups())
def test_what_is_said_in_a_group_is_short(text: str) -> None:
    filled = text.format_map(dict.fromkeys(_placeholders(text), "市场部客户服务交流群"[:10]))
    assert len(filled) <= LONGEST_IN_A_GROUP


def _imported(tree: ast.Module) -> list[ast.ImportFrom]:
    """Return where a file imports phrases."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [one for one in found if (one.module or "").startswith("config.phrases")]


def _known(node: ast.AST, imported: list[ast.ImportFrom]) -> str | None:
    """Return the sentence that `say.X`, `X` or `X["key"]` means here, if it can be told."""
    keys: list[str] = []
    while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        keys.insert(0, str(node.slice.value))
        node = node.value
    value: Any = None
    for one in imported:
        for alias in one.names:
            called = alias.asname or alias.name
            if isinstance(node, ast.Name) and node.id == called:
                value = getattr(importlib.import_module(one.module or ""), alias.name, None)
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == called
            ):
                value = getattr(importlib.import_module(f"config.phrases.{alias.name}"), node.attr, None)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def test_no_placeholder_is_left_open() -> None:
    wrong: list[str] = []
    for path, tree in _sources().items():
        imported = _imported(tree)
        for call in ast.walk(tree) if imported else ():
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr != "format" or any(one.arg is None for one in call.keywords):
                continue
            text = _known(call.func.value, imported)
            given = {one.arg for one in call.keywords}
            if text is not None and _placeholders(text) - given:
                wrong.append(f"{path.name}:{call.lineno} {_placeholders(text) - given}")
    assert wrong == []


def test_every_phrase_is_used() -> None:
    words: set[str] = set()
    patterns: set[str] = set()
    for path, tree in _sources().items():
        own = "phrases" in path.parts
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                words.add(node.id)
            elif isinstance(node, ast.Attribute):
                words.add(node.attr)
            elif isinstance(node, ast.Constant) and not own:
                words.add(str(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in node.values
                ]
                patterns.add("".join(parts))
    open_keys = re.compile("|".join(p for p in patterns if re.search(r"\w{3}", p.replace(".+", ""))))
    named = {(m.__name__.rpartition(".")[2], top) for m in _modules() for top in vars(m) if top.isupper()}
    assert {f"{m}.{top}" for m, top in named if top not in words} == set()
    keys = {name: name.split(".", 2)[2] for name, _ in every_phrase() if name.count(".") == 2}
    told_by_code = ("dingtalk.ERRORS.", "findings.", "reports.STATE_ALIASES.", "inbox.JOIN_ADVICE.")
    unused = {n for n, key in keys.items() if key not in words and not open_keys.fullmatch(key)}
    assert {name for name in unused if not name.startswith(told_by_code)} == set()


def _gate_reasons() -> set[str]:
    return set(re.findall(r'_(?:hold|reject)\(\d+, "(\w+)"', (ROOT / "regulation/join_gate.py").read_text()))


@pytest.mark.parametrize(
    ("codes", "named"),
    [
        (set(FilingState), filing_words.STATES),
        (set(Closure), report_words.CLOSURES),
        (set(CaseStatus), report_words.STATUS),
        ({Role.OWNER, Role.ADMIN}, cards.ROLES),
        (set(Fault), health.CANNOT_OPEN),
        (set(range(11)), inbox.JOIN_ADVICE),
        (set(Code) - {Code.X1}, mine.ADVICE),
        (set(Code) - {Code.X1}, {key.partition(".")[0] for key in findings.FINDINGS}),
        (_gate_reasons(), joining.REASONS),
        (set(imports.STATES), imports.NOT_APPLIED),
        ({"remove", "set_card"}, report_words.ACTS),
        (set(joining.EVIDENCE), {"name", "number", "digits", "doubt", "filing", "identity"}),
        ({"ok", "ineffective", "error", "timeout"}, modes.EFFECTS),
    ],
)
def test_every_code_has_its_chinese_name(codes: set[Any], named: Any) -> None:
    assert {getattr(code, "value", code) for code in codes} <= set(named)
