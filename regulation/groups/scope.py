"""The filed member scope as people write it: `全员`, departments, `工号:` single people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from regulation.cards.names import fold
from regulation.model import Filing, Scope
from regulation.registry import DepartmentTree, Registry, canonical_path

EVERYONE = "全员"
_ALL = frozenset({"全员", "全体", "全体员工", "全公司"})
_SEPARATORS = re.compile(r"[,，、;；\n]+")
_SINGLE = re.compile(r"工号\s*[:：]?\s*(.+)", re.DOTALL)
_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class ScopeReading:
    """What a text names. `unknown`: words that name nothing; `ambiguous`: those that may mean several."""

    scope: Scope
    unknown: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether the text names nobody at all."""
        scope = self.scope
        return not (scope.everyone or scope.departments or scope.employee_nos)


def read_scope(text: str, registry: Registry) -> ScopeReading:
    """Read `市场部, 采购部/华东组；工号:A001`. Departments become canonical paths, each with all below.

    Separators are `, ， 、 ; ；` and line ends. A name that is a whole path means that path, even where
    it also names a department further down; else one that fits several paths is ambiguous.
    """
    departments: dict[str, None] = {}
    people: dict[str, None] = {}
    unknown: list[str] = []
    ambiguous: list[str] = []
    everyone = False
    for word in (part.strip() for part in _SEPARATORS.split(text)):
        single = _SINGLE.fullmatch(word)
        if fold(word) in _ALL:
            everyone = True
        elif single is not None:
            known = _employee(single[1].strip(), registry)
            people |= {} if known is None else {known: None}
            unknown += [word] if known is None else []
        elif word:
            paths = _department(word, registry)
            departments |= {paths[0]: None} if len(paths) == 1 else {}
            unknown += [word] if not paths else []
            ambiguous += [word] if len(paths) > 1 else []
    scope = Scope(everyone, tuple(departments), frozenset(people))
    return ScopeReading(scope, tuple(unknown), tuple(ambiguous))


def of_today(filing: Filing, tree: DepartmentTree) -> Filing:
    """Return a filing with its departments as they are called today: a renamed one is the same department."""
    scope = filing.scope
    called = tuple(dict.fromkeys(map(tree.called, scope.departments)))
    department = tree.called(filing.department)
    if called == scope.departments and department == filing.department:
        return filing
    return replace(filing, scope=replace(scope, departments=called), department=department)


def fallen_out(
    filing: Filing, members: Iterable[int], before: Registry, after: Registry, day: date
) -> tuple[int, ...]:
    """Return who is in the scope of a filing by one registry, and no more by another one."""
    old, new = of_today(filing, before.tree).scope, of_today(filing, after.tree).scope
    return tuple(
        user_id
        for user_id in members
        if (was := before.active_employee_of(user_id, day)) is not None
        and (now := after.active_employee_of(user_id, day)) is not None
        and old.covers(was, day)
        and not new.covers(now, day)
    )


def write_scope(scope: Scope) -> str:
    """Return a scope as text that reads back as the same scope."""
    parts = [EVERYONE] if scope.everyone else []
    parts += scope.departments
    parts += [f"工号:{employee_no}" for employee_no in sorted(scope.employee_nos)]
    return "，".join(parts)


def suggest(words: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """Return existing departments that unknown words may have meant, nearest first, at most three a word."""
    # Only where somebody mistyped, so no start waits for it.
    from rapidfuzz import process

    paths = sorted(registry.tree.paths)
    found = [
        path
        for word in words
        for path, _, _ in process.extract(word, paths, limit=_SUGGESTED, score_cutoff=50)
    ]
    return tuple(dict.fromkeys(found))


def _department(word: str, registry: Registry) -> tuple[str, ...]:
    whole = canonical_path(word, registry.tree.names)
    return (whole,) if whole in registry.tree.paths else registry.tree.find(word)


def _employee(employee_no: str, registry: Registry) -> str | None:
    spellings = (employee_no, fold(employee_no), fold(employee_no).upper())
    return next((no for no in spellings if no in registry.by_no), None)
