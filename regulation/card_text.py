"""What a group card is made of (四.1.4): its text in one form, its words, and which heads a person may use.

A separator is whatever is neither letter nor number, and the letters that people draw strokes with.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from regulation.names import department_key, name_text
from regulation.policy import DepartmentNames, Policy
from regulation.registry import Registry

MAX_CARD = 200
MAX_SUFFIX = 16
_STROKES = "丨ㄧーˉ"
_SEPARATOR = re.compile(rf"[\W_{_STROKES}]")
_WORD = re.compile(rf"[^\W_{_STROKES}]+")
_SUFFIX = re.compile(rf"[\W_{_STROKES}]+([^\W_{_STROKES}](?:.*[^\W_{_STROKES}])?)?[\W_{_STROKES}]*", re.DOTALL)
# NFKC would turn these pictures into letters (🈶 into 有, 1️⃣ into 1), and so into a part of the name.
_PICTURES = re.compile("[©®™ℹⓂ㊗㊙\U0001f000-\U0001faff]|[0-9#*]\ufe0f?\u20e3")
_FIELD = re.compile(r"\{(department|name|title)\}")
_MOST_PARTS = 6


@dataclass(frozen=True, slots=True)
class Heads:
    """What may stand for somebody's department, as keys. `company`: what may stand before it."""

    company: frozenset[str]
    departments: frozenset[str]
    department_first: bool
    title_first: bool | None


class Same[T]:
    """Carries a value past a cache, which tells it by what it is and not by what it equals."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
