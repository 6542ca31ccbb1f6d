"""Group cards (四.1.4): composing the right one, and judging one that somebody wrote.

`tolerant` takes any separators, or none, around department and name, in the order of `card.format`;
`exact` takes the canonical form alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from regulation.cards.card_text import (
    DOTTED_JOINTS,
    FIRST_CJK,
    JOINTS,
    LATIN_JOINTS,
    MAX_CARD,
    Heads,
    Order,
    Parameters,
    card_text,
    head_text,
    heads_of,
    is_tail,
    mark_beside,
    order_of,
    reads_on,
    words_of,
)
from regulation.cards.names import is_dotted, parts_of
from regulation.model import Employee
from regulation.policy import Policy
from regulation.registry import Registry

_EMPTY_BRACKETS = re.compile(r"\(\s*\)|（\s*）|\[\s*\]|【\s*】|「\s*」")
_LOOSE_JOINTS = re.compile(r"([-_/|·—\s])[-_/|·—\s]+")
_UNITS = (*"部组处科室队厂店", "中心", "公司")
_LONGEST_DEPARTMENT = 20
# Bytes of UTF-8 that one character may take.
_WIDEST = 4


@dataclass(frozen=True, slots=True)
class CardVerdict:
    """`ok`, else a `reason`: not_set, missing_department, missing_name, wrong_department, wrong_name,
    wrong_order, bad_format. `right`: the card in the company's one format.
    """

    ok: bool
    reason: str
    right: str


@dataclass(slots=True)
class _Reading:
    """One card beside the person it is judged for. `name`, `marks` (beside it) and `title` are keys; "" for
    no title. `joints`: what may stand inside the name. `alone`: the name is all that the card can hold.
    """

    text: str
    name: str
    marks: tuple[str, ...]
    joints: str
    alone: bool
    title: str
    heads: Heads
    order: Order
    allow_suffix: bool
    registry: Registry


def right_card(employee: Employee, policy: Policy) -> str:
    """Return the card of this employee in the company's one format, within `card.max_bytes`.

    The first that fits of: as `card.department` says; with the department's shortest alias; with the leaf;
    the name alone. "" where not even that fits, so that nothing can be demanded (worked example 7).
    """
    return _compose(employee, employee.department, policy)


def lacks_department(employee: Employee, policy: Policy) -> bool:
    """Tell whether no way to write this employee's department fits into the right card."""
    form = policy.card
    words = len(employee.department) + len(employee.name) + len(employee.title)
    most = len(form.format.encode()) + words * _WIDEST
    if most <= form.max_bytes and employee.department and "{department}" in form.format:
        return False
    return right_card(employee, policy) in ("", employee.name)


def judge_card(card: str, employee: Employee, registry: Registry, policy: Policy, day: date) -> CardVerdict:
    """Judge the card of an employee on `day` (四.1.4; worked example 4).

    Passes, when tolerant: a name or alias on the path of any department that counts on `day`, then the
    whole name, with the company's name in front and one suffix of up to 16 characters behind allowed.
    When exact: the right card, and while a handover is open the one with the old department.
    """
    right = right_card(employee, policy)
    if card == right or not right:
        return CardVerdict(True, "", right)
    if not card.strip():
        return CardVerdict(False, "not_set", right)
    reading = _read(card, employee, registry, policy, day)
    fits = len(card) <= MAX_CARD and _passes(reading)
    if policy.card.strictness == "exact":
        olds = (move.from_department for move in employee.transfers if move.is_open(day))
        if any(card == _compose(employee, old, policy) for old in olds):
            return CardVerdict(True, "", right)
        return CardVerdict(False, "bad_format" if fits else _fault(reading), right)
    return CardVerdict(True, "", right) if fits else CardVerdict(False, _fault(reading), right)


def _compose(employee: Employee, department: str, policy: Policy) -> str:
    most = policy.card.max_bytes
    for title in (employee.title, "") if employee.title else ("",):
        for shown in _shown(department, policy):
            card = _filled(policy.card.format, shown, employee.name, title)
            if len(card) * _WIDEST <= most or len(card.encode()) <= most:
                return card
    return employee.name if len(employee.name.encode()) <= most else ""


def _shown(department: str, policy: Policy) -> Iterator[str]:
    """Yield the ways to write a department, the one that `card.department` asks for first."""
    whole = shown = leaf = department
    if "/" in department:
        top, leaf = department.partition("/")[0], department.rpartition("/")[2]
        whole = top if policy.card.department == "top" else department
        shown = leaf if policy.card.department == "leaf" else whole
    yield shown
    names = policy.departments
    if short := (*names.aliases_of(shown), *names.aliases_of(whole)):
        yield min(short, key=lambda alias: len(alias.encode()))
    yield leaf


def _filled(card_format: str, department: str, name: str, title: str) -> str:
    card = card_format.format(department=department, name=name, title=title)
    if title or "{title}" not in card_format:
        return card
    return _LOOSE_JOINTS.sub(r"\1", _EMPTY_BRACKETS.sub("", card)).strip(" -_/|·—")


def _read(card: str, employee: Employee, registry: Registry, policy: Policy, day: date) -> _Reading:
    form = policy.card
    order = order_of(form.format)
    parts = parts_of(employee.name)
    is_marked = registry.bears(employee, parts.bare)
    name = parts.bare if is_marked else parts.whole
    return _Reading(
        card_text(card[:MAX_CARD]),
        name,
        parts.marks if is_marked else (),
        LATIN_JOINTS if name[:1] < FIRST_CJK else DOTTED_JOINTS if is_dotted(employee.name) else JOINTS,
        lacks_department(employee, policy),
        head_text(card_text(employee.title)) if order.title and employee.title else "",
        heads_of(Parameters(form, policy.company, registry.tree.names), employee.departments(day)),
        order,
        form.allow_suffix,
        registry,
    )


def _places(reading: _Reading) -> Iterator[tuple[str, str]]:
    """Yield what stands before and behind each place of the name, without the name's marks and with them."""
    for before, behind in _written(reading):
        for mark in reading.marks:
            beside = mark_beside(mark)
            yield beside.before.sub("", before), beside.behind.sub("", behind)
        yield before, behind


def _written(reading: _Reading) -> Iterator[tuple[str, str]]:
    """Yield what is beside each place of the name, then of the name with joints in it."""
    text, name, joints = reading.text, reading.name, reading.joints
    at = text.find(name) if name else -1
    while at >= 0:
        yield text[:at], text[at + len(name) :]
        at = text.find(name, at + 1)
    if not name or not any(joint in text for joint in joints):
        return
    kept = [i for i, character in enumerate(text) if character not in joints]
    squeezed = "".join(text[i] for i in kept)
    at = squeezed.find(name)
    while at >= 0:
        yield text[: kept[at]], text[kept[at + len(name) - 1] + 1 :]
        at = squeezed.find(name, at + 1)


def _passes(reading: _Reading) -> bool:
    fits = _department_first if reading.order.department_first else _name_first
    return any(fits(reading, before, behind) for before, behind in _places(reading))


def _department_first(reading: _Reading, before: str, behind: str) -> bool:
    if not _ends_well(reading, behind):
        return False
    head = head_text(before)
    return reading.heads.fit(head) or _fits_with_title(reading, head) or (reading.alone and not head)


def _fits_with_title(reading: _Reading, head: str) -> bool:
    title = reading.title
    if reading.order.title != "before" or not title or not head.endswith(title):
        return False
    return reading.heads.fit(head[: -len(title)].rstrip("\0"))


def _ends_well(reading: _Reading, behind: str) -> bool:
    """Tell whether the name ends here, and no more follows than may."""
    if not behind:
        return True
    if reads_on(reading.name, behind, reading.registry):
        return False
    if is_tail(behind, reading.allow_suffix):
        return True
    words = words_of(behind)
    if reading.order.title != "after" or not words or not words[0].startswith(reading.title):
        return False
    return is_tail(behind[behind.find(words[0]) + len(reading.title) :], reading.allow_suffix)


def _name_first(reading: _Reading, before: str, behind: str) -> bool:
    """Take `{name}-{department}`: the department's words, then perhaps a suffix."""
    front = head_text(before)
    if front not in ("", reading.title) and front not in reading.heads.company:
        return False
    words = words_of(behind)
    for end in range(len(words), 0, -1):
        if reading.heads.fit(head_text(" ".join(words[:end]))):
            rest = words[end:]
            return not rest or (reading.allow_suffix and is_tail(" " + "-".join(rest), True))
    return False


def _fault(reading: _Reading) -> str:
    """Return the reason key of a card that doesn't pass."""
    if not reading.text:
        return "not_set"
    for before, behind in _places(reading):
        words = words_of(behind)
        closed = not behind or not words or not behind.startswith(words[0])
        if closed and not reads_on(reading.name, behind, reading.registry):
            side, other = (before, behind) if reading.order.department_first else (behind, before)
            return _fault_beside_name(reading, side, other)
        if reading.heads.fit(head_text(before)) and words and not _same_script(reading.name, words[0]):
            return "bad_format"
    return _fault_without_name(reading)


def _same_script(name: str, following: str) -> bool:
    return following[0].isalpha() and name[-1].isascii() == following[0].isascii()


def _fault_beside_name(reading: _Reading, side: str, other: str) -> str:
    """Return what is wrong where the department should be (`side`), given that the whole name is there."""
    heads, known = reading.heads, reading.registry.tree.by_name
    head = min(heads.without_company(head_text(side)), key=len)
    words = head.split("\0")
    if not _has_letter(head):
        elsewhere = words_of(other)
        if any(heads.fit(word) for word in elsewhere):
            return "wrong_order"
        return "wrong_department" if any(word in known for word in elsewhere) else "missing_department"
    glued = reading.order.department_first and side[-1].isalnum()
    if heads.fit(words[-1]) or not (glued or all(not heads.fit(word) for word in words)):
        return "bad_format"
    if glued and _own_prefix(heads, head):
        return "wrong_name"
    return "wrong_department" if not glued or head in known or head.endswith(_UNITS) else "bad_format"


def _fault_without_name(reading: _Reading) -> str:
    """Return what is wrong with a card that nowhere holds the whole name."""
    head = min(reading.heads.without_company(head_text(reading.text)), key=len)
    rest = head
    while own := _own_prefix(reading.heads, rest):
        rest = rest[len(own) :].lstrip("\0")
    if rest == head:
        rest = "".join(word for word in head.split("\0") if not reading.heads.fit(word))
    if len(rest) < len(head.replace("\0", "")):
        return "wrong_name" if _has_letter(rest) else "missing_name"
    if foreign := _foreign_prefix(head, reading.registry):
        return "wrong_name" if _has_letter(head[len(foreign) :]) else "wrong_department"
    return "wrong_name" if rest in reading.registry.by_name else "bad_format"


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _own_prefix(heads: Heads, head: str) -> str:
    """Return the longest beginning of `head` that is one's own department, or ""."""
    return max((part for part in heads.departments if head.startswith(part)), key=len, default="")


def _foreign_prefix(head: str, registry: Registry) -> str:
    """Return the longest beginning of `head` that is any department's name, or ""."""
    most = min(len(head), _LONGEST_DEPARTMENT)
    return next((head[:n] for n in range(most, 0, -1) if head[:n] in registry.tree.by_name), "")
