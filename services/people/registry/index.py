"""Building the registry's index: whole, or a copy with a few people changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from regulation.cards.names import clean_name, keys_of
from regulation.claims.identity import Identity
from regulation.model import Employee
from regulation.policy import DepartmentNames
from regulation.registry import DepartmentTree, Registry, canonical_path

# The switch that holds the names in force, and since when; until the bot's first start the policy's hold.
NAMES = "department_names"


def names_of(value: Mapping[str, Any], policy: DepartmentNames) -> DepartmentNames:
    """Return aliases and renames as stored; the titles of heads are the policy's."""
    aliases = {name: tuple(others) for name, others in value["aliases"].items()}
    return replace(policy, aliases=aliases, renamed=value["renamed"])


def build(
    people: Iterable[Employee],
    bound: Iterable[Identity],
    names: DepartmentNames,
    version: int,
    as_of: datetime | None,
) -> Registry:
    """Index everybody, departments called as the policy calls them today."""
    return Registry.build(renamed(people, names), bound, names, version=version, as_of=as_of)


def patched(
    known: Registry,
    employee_nos: Collection[str],
    people: Iterable[Employee],
    bound: Iterable[Identity],
    version: int,
    as_of: datetime | None,
) -> Registry:
    """Return a copy of `known` where these employees are as in `people` and `bound`, or gone."""
    names = known.tree.names
    people = list(renamed(people, names))
    if len(people) == len(employee_nos) and all(known.by_no.get(one.employee_no) == one for one in people):
        return rebound(known, employee_nos, bound, version, as_of)
    by_no, by_name = dict(known.by_no), dict(known.by_name)
    for no in employee_nos:
        if (old := by_no.pop(no, None)) is not None:
            _unname(by_name, old)
    for person in people:
        by_no[person.employee_no] = person
        for key in keys_of(person.name):
            by_name[key] = (*by_name.get(key, ()), person.employee_no)
    bound = list(bound)
    identities = {qq: one for qq, one in known.identities.items() if one.employee_no not in employee_nos}
    identities.update((one.user_id, one) for one in bound)
    tree = DepartmentTree.build(_paths(by_no.values()), names)
    heads, numbers = _heads(by_no.values()), known.bound.changed(employee_nos, bound)
    return Registry(version, as_of, by_no, identities, by_name, tree, heads, numbers)


def rebound(
    known: Registry,
    employee_nos: Collection[str],
    bound: Iterable[Identity],
    version: int,
    as_of: datetime | None,
) -> Registry:
    """Return a copy of `known` where these employees, themselves unchanged, have other QQ numbers."""
    identities = dict(known.identities)
    bound = list(bound)
    for no in employee_nos:
        for one in known.bound_to(no):
            identities.pop(one.user_id, None)
    identities.update((one.user_id, one) for one in bound)
    numbers = known.bound.changed(employee_nos, bound)
    return replace(known, version=version, as_of=as_of, identities=identities, bound=numbers)


def _unname(by_name: dict[str, tuple[str, ...]], person: Employee) -> None:
    for key in keys_of(person.name):
        left = tuple(no for no in by_name.get(key, ()) if no != person.employee_no)
        if left:
            by_name[key] = left
        else:
            by_name.pop(key, None)


def _paths(people: Iterable[Employee]) -> set[str]:
    found: set[str] = set()
    for person in people:
        found.add(person.department)
        found.update(person.also_in)
        found.update(move.from_department for move in person.transfers)
    return found


def _heads(people: Iterable[Employee]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for person in people:
        if person.is_head:
            found[person.department] += (person.employee_no,)
    return dict(found)


def renamed(people: Iterable[Employee], names: DepartmentNames) -> Iterable[Employee]:
    """Give every department path the name that the policy has for it today; clean people's names."""
    path = path_reader(names)
    for person in people:
        name = clean_name(person.name)
        own, also = path(person.department), tuple(path(one) for one in person.also_in)
        moves = tuple(
            replace(move, from_department=path(move.from_department), to_department=path(move.to_department))
            for move in person.transfers
        )
        if (name, own, also, moves) != (person.name, person.department, person.also_in, person.transfers):
            person = replace(person, name=name, department=own, also_in=also, transfers=moves)
        yield person


def path_reader(names: DepartmentNames) -> Callable[[str], str]:
    """Return `canonical_path` with a memory: a company has few departments and many people."""
    seen: dict[str, str] = {}

    def read(text: str) -> str:
        found = seen.get(text)
        if found is None:
            found = seen[text] = canonical_path(text, names)
        return found

    return read
