"""What a group card is made of (四.1.4): its text in one form, its words, what stands for a department.

A separator is whatever is neither letter nor number, and the letters that people draw strokes with.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from regulation.cards.names import department_key, name_text
from regulation.policy import CardFormat, Company, DepartmentNames
from regulation.registry import Registry

MAX_CARD = 200
MAX_SUFFIX = 16
_STROKES = "丨ㄧーˉ"
_WORD = re.compile(rf"[^\W_{_STROKES}]+")
_TAIL = re.compile(
    rf"(?:[\W_{_STROKES}]+([^\W_{_STROKES}](?:.*[^\W_{_STROKES}])?))?[\W_{_STROKES}]*", re.DOTALL
)
# NFKC would turn these pictures into letters (🈶 into 有, 1️⃣ into 1), and so into a part of the name.
_PICTURES = re.compile("[©®™ℹⓂ㊗㊙\U0001f000-\U0001faff]|[0-9#*]\ufe0f?\u20e3")
_SPACED_WORD = re.compile(r"\s+([\u3400-\u9fff\U00020000-\U0003ffff]+)")
# What may stand inside a name; in one of Latin letters more.
JOINTS = " \t\n·'"
LATIN_JOINTS = JOINTS + ".-_"
# Many write the middle dot of a name as a hyphen, which their keyboard has.
DOTTED_JOINTS = JOINTS + "-–—"
FIRST_CJK = "\u2e80"
_FIELD = re.compile(r"\{(department|name|title)\}")
_MOST_PARTS = 6
_BREAK = "\0"


@dataclass(frozen=True, slots=True)
class Heads:
    """What may stand for somebody's department, and in front of it (`company`), as `head_text` writes it."""

    company: tuple[str, ...]
    departments: frozenset[str]

    def fit(self, text: str) -> bool:
        """Tell whether `text` (of `head_text`) is at least one of the names, and none but them."""
        return text in self.departments or any(
            rest != "" and _is_made_of(rest, self.departments, _MOST_PARTS)
            for rest in self.without_company(text)
        )

    def without_company(self, text: str) -> list[str]:
        """Return `text`, and what is left of it behind the company's name or keyword (at most two)."""
        found = [text]
        for word in self.company * 2:
            found += [rest[len(word) :].lstrip(_BREAK) for rest in found if rest.startswith(word)]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Order:
    """The order of the fields in `card.format`. `title`: before or after the name, or "" when not in it."""

    department_first: bool
    title: str


class MarkBeside(NamedTuple):
    """Where a namesake's mark may stand: at the end of what is before the name, or at once behind it."""

    before: re.Pattern[str]
    behind: re.Pattern[str]


@lru_cache(maxsize=1024)
def mark_beside(mark: str) -> MarkBeside:
    """Return the places of a mark (a key), however it is spaced and bracketed."""
    spelt = r"[\W_]*".join(map(re.escape, mark))
    return MarkBeside(
        re.compile(rf"{spelt}[\W_]*\Z"), re.compile(rf"\A[\W_]*{spelt}(?:\s*[)\]}}】」』》>])?")
    )


def card_text(card: str) -> str:
    """Return a card in the form in which it is judged: pictures are separators, the rest is folded."""
    return name_text(_PICTURES.sub("|", card))


def words_of(text: str) -> list[str]:
    """Return the words of a folded text: runs of letters and numbers."""
    return _WORD.findall(text)


def head_text(text: str) -> str:
    """Return the words of a folded text without its spaces, a break where another separator stood."""
    return _BREAK.join(_WORD.findall("".join(text.split())))


def is_tail(text: str, allow_suffix: bool) -> bool:
    """Tell whether nothing stands behind the name but separators and, if allowed, one short suffix."""
    found = _TAIL.fullmatch(text)
    suffix = "" if found is None else found[1] or ""
    return found is not None and len(suffix) <= (MAX_SUFFIX if allow_suffix else 0)


def reads_on(name: str, tail: str, registry: Registry) -> bool:
    """Tell whether the name goes on behind a space: `张 三 丰`, or two words that are somebody's name."""
    found = _SPACED_WORD.match(tail)
    return found is not None and (len(found[1]) == 1 or name + found[1] in registry.by_name)


@lru_cache(maxsize=16)
def order_of(card_format: str) -> Order:
    """Return the order of the fields in `card.format`."""
    at = {found[1]: found.start() for found in _FIELD.finditer(card_format)}
    name = at.get("name", 0)
    title = "" if "title" not in at else "before" if at["title"] < name else "after"
    return Order(at.get("department", -1) < name, title)


class Parameters:
    """The settings that cards are judged by; a cache tells them by identity, since they hold mappings."""

    __slots__ = ("card", "company", "names")

    def __init__(self, card: CardFormat, company: Company, names: DepartmentNames) -> None:
        self.card, self.company, self.names = card, company, names

    def __hash__(self) -> int:
        return hash((id(self.card), id(self.company), id(self.names)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Parameters)
            and self.card is other.card
            and self.company is other.company
            and self.names is other.names
        )


@lru_cache(maxsize=8192)
def heads_of(parameters: Parameters, departments: tuple[str, ...]) -> Heads:
    """Return what may stand for people of these departments (paths): any name or alias on each path."""
    company = (parameters.company.name, *parameters.company.keywords)
    written = [one for path in departments for one in names_on(path, parameters.names)]
    return Heads(
        tuple(dict.fromkeys(text for word in company if (text := head_text(department_key(word))))),
        frozenset(form for name in written for form in _forms(name) if form),
    )


def names_on(path: str, names: DepartmentNames) -> tuple[str, ...]:
    """Return each level's name and aliases of a department path."""
    levels = path.split("/")
    found: list[str] = []
    for depth, leaf in enumerate(levels, start=1):
        found += [leaf, *names.aliases_of("/".join(levels[:depth]))]
    return tuple(found)


def _forms(name: str) -> tuple[str, str]:
    text = head_text(name_text(name))
    return text, text.replace(_BREAK, "")


def _is_made_of(text: str, parts: frozenset[str], most: int) -> bool:
    text = text.lstrip(_BREAK)
    if not text:
        return True
    return most > 0 and any(
        text.startswith(part) and _is_made_of(text[len(part) :], parts, most - 1) for part in parts
    )
