"""Group cards (四.1.4): composing the right one, and judging one that somebody wrote.

`tolerant` compares letters only: separators, brackets, width, traditional characters and invisible
marks don't count, the order department, name does. `exact` takes the canonical form alone.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from regulation.model import Employee
from regulation.names import fold
from regulation.policy import Policy
from regulation.registry import Registry

MAX_SUFFIX = 16
MAX_CARD = 200


@dataclass(frozen=True, slots=True)
class CardVerdict:
    """`ok`, else a `reason`: not_set, missing_department, missing_name, wrong_department, wrong_name,
    wrong_order, bad_format. `right`: the card in the company's one format.
    """

    ok: bool
    reason: str
    right: str


@dataclass(frozen=True, slots=True)
class _Expected:
    """What one employee's card may hold, as bare letters. `heads`: keywords, departments, titles in front."""

    right: tuple[str, ...]
    departments: tuple[str, ...]
    heads: tuple[str, ...]
    name: str


def right_card(employee: Employee, policy: Policy) -> str:
    """Return the card of this employee in the company's one format (`card.format`, `card.department`)."""
    return _compose(employee.department, employee.name, employee.title, policy)


def judge_card(card: str, employee: Employee, registry: Registry, policy: Policy, day: date) -> CardVerdict:
    """Judge a card of an employee on `day`; while a handover is open the old department counts too."""
    expected = _expected(
        employee.name, employee.title, employee.departments(day), registry.tree.id, _Ref(registry, policy)
    )
    right = expected.right[0]
    if card in expected.right:
        return CardVerdict(True, "", right)
    letters, breaks = bare(card[:MAX_CARD])
    if not letters:
        return CardVerdict(False, "not_set", right)
    if policy.card.strictness == "tolerant" and _passes(card, letters, breaks, expected, policy):
        return CardVerdict(True, "", right)
    return CardVerdict(False, _reason(letters, breaks, expected, registry), right)


class _Ref:
    """Carries registry and policy past a cache that must not compare or keep them by value."""

    __slots__ = ("policy", "registry")

    def __init__(self, registry: Registry, policy: Policy) -> None:
        self.registry = registry
        self.policy = policy

    def __hash__(self) -> int:
        return hash(id(self.policy))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ref) and self.policy is other.policy


@lru_cache(maxsize=200_000)
def _expected(name: str, title: str, departments: tuple[str, ...], tree: int, ref: _Ref) -> _Expected:
    policy, known = ref.policy, ref.registry.tree
    right = tuple(dict.fromkeys(_compose(path, name, title, policy) for path in departments))
    names = [n for path in departments for n in _names_on(path, known.names_of(path))]
    bare_names = tuple(dict.fromkeys(letters for n in names if (letters := bare(n)[0])))
    words = (policy.company.name, *policy.company.keywords)
    prefixes = ("", *dict.fromkeys(bare(word)[0] for word in words))
    titles = ("", bare(title)[0]) if title and "{title}" in policy.card.format else ("",)
    heads = [p + d + t for p in prefixes for d in bare_names for t in titles]
    return _Expected(
        right, bare_names, tuple(sorted(dict.fromkeys(heads), key=len, reverse=True)), bare(name)[0]
    )


def _names_on(path: str, names: tuple[str, ...]) -> list[str]:
    """Return the names of a path, and what consecutive levels of it give when written together."""
    levels = path.split("/")
    joined = ["".join(levels[i:j]) for i in range(len(levels)) for j in range(i + 2, len(levels) + 1)]
    return [*names, *joined]


def _compose(department: str, name: str, title: str, policy: Policy) -> str:
    levels = department.split("/")
    shown = {"top": levels[0], "leaf": levels[-1], "path": department}[policy.card.department]
    return policy.card.format.format(department=shown, name=name, title=title)


@lru_cache(maxsize=65536)
def bare(text: str) -> tuple[str, frozenset[int]]:
    """Return the letters and digits of `text`, folded, and the positions in them that a separator precedes."""
    letters: list[str] = []
    breaks: set[int] = set()
    for character in fold(text):
        if unicodedata.category(character)[0] in "LN":
            letters.append(character)
        else:
            breaks.add(len(letters))
    return "".join(letters), frozenset(breaks)


def _passes(card: str, letters: str, breaks: frozenset[int], expected: _Expected, policy: Policy) -> bool:
    for head in expected.heads:
        if not letters.startswith(head) or not letters.startswith(expected.name, len(head)):
            continue
        end = len(head) + len(expected.name)
        if end == len(letters):
            return True
        if policy.card.allow_suffix and end in breaks and len(letters) - end <= MAX_SUFFIX:
            return len(fold(card)) - end <= MAX_SUFFIX + 8
    return False


def _reason(letters: str, breaks: frozenset[int], expected: _Expected, registry: Registry) -> str:
    department = next((d for d in expected.departments if d in letters), None)
    at = letters.find(expected.name)
    end = at + len(expected.name)
    whole = at >= 0 and (
        end == len(letters) or end in breaks or letters[end:].startswith(expected.departments)
    )
    other = _other_department(letters, registry)
    if department is not None and whole:
        return "wrong_order" if at < letters.find(department) else "bad_format"
    if department is not None:
        rest = letters.replace(department, "", 1)
        return "wrong_name" if rest else "missing_name"
    if at >= 0 and other:
        return "wrong_department"
    if whole:
        return "missing_department"
    return "wrong_department" if other else "bad_format"


def _other_department(letters: str, registry: Registry) -> bool:
    return any(letters[:n] in registry.tree.by_name for n in range(min(len(letters), 20), 0, -1))
