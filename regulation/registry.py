"""The registry in memory: an immutable index over employees, identities and departments.

Every decision reads one of these; a change in the database makes a new one. Look-ups are
dictionary look-ups.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from regulation.cards.names import department_key, keys_of, name_key, parts_of
from regulation.claims.identity import BoundNumbers, Identity
from regulation.model import Employee, Status
from regulation.policy import DepartmentNames, Policy

# As many look-ups are remembered, of texts no longer than this: people may ask for any text.
_REMEMBERED = 5000
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class DepartmentTree:
    """Departments by path, with the names people use for them.

    `paths`: every canonical path, parents included. `by_name`: folded name, alias or whole path
    → the paths it may mean.
    """

    paths: frozenset[str]
    by_name: Mapping[str, tuple[str, ...]]
    names: DepartmentNames
    # What was looked up before: bringing a name to its canonical form costs more than finding it.
    _found: dict[str, tuple[str, ...]] = field(
        default_factory=dict[str, tuple[str, ...]], compare=False, repr=False
    )

    _called: dict[str, str] = field(default_factory=dict[str, str], compare=False, repr=False)

    @classmethod
    def build(cls, paths: Iterable[str], names: DepartmentNames) -> "DepartmentTree":
        """Build the tree of all `paths` (canonical) and their parents."""
        every = {"/".join(path.split("/")[: i + 1]) for path in paths for i in range(path.count("/") + 1)}
        every.discard("")
        known: defaultdict[str, set[str]] = defaultdict(set)
        for path in every:
            leaf = path.rsplit("/", 1)[-1]
            for name in (path, leaf, *names.aliases_of(path)):
                known[department_key(name)].add(path)
        return cls(frozenset(every), {k: tuple(sorted(v)) for k, v in known.items()}, names)

    @property
    def id(self) -> int:
        """Return what tells this tree from another one in caches."""
        return id(self.by_name)

    def called(self, path: str) -> str:
        """Return what a path that was stored long ago is called today."""
        found = self._called.get(path)
        if found is None:
            found = canonical_path(path, self.names)
            if len(self._called) < _REMEMBERED and len(path) <= _LONGEST_NAME:
                self._called[path] = found
        return found

    def find(self, name: str) -> tuple[str, ...]:
        """Return the paths that `name` (name, alias or path) may mean; empty when none."""
        found = self._found.get(name)
        if found is None:
            found = self.by_name.get(department_key(canonical_path(name, self.names)), ())
            found = found or self.by_name.get(department_key(name), ())
            if len(self._found) < _REMEMBERED and len(name) <= _LONGEST_NAME:
                self._found[name] = found
        return found


def canonical_path(text: str, names: DepartmentNames) -> str:
    """Return a department path as the registry has it today: parts trimmed, aliases and renames applied.

    A name renamed more than once, or whose new name is an alias by now, is followed to the last one.
    """
    parts = [part.strip() for part in text.replace("／", "/").replace("\\", "/").split("/")]
    path = "/".join(part for part in parts if part)
    if not names.aliases and not names.renamed:
        return path
    wanted = {department_key(alias): name for name, others in names.aliases.items() for alias in others}
    for _ in range(len(names.renamed) + 2):
        before, path = path, names.renamed_once(_unaliased(path, wanted))
        if path == before:
            break
    return path


def _unaliased(path: str, wanted: Mapping[str, str]) -> str:
    """Give every part its name; an alias of a whole path means it only where that path would stand."""
    done: list[str] = []
    for part in path.split("/"):
        name = wanted.get(department_key(part), part)
        above, _, leaf = name.rpartition("/")
        if not above or not done:
            done += name.split("/")
        else:
            done.append(leaf if above == "/".join(done) else part)
    return "/".join(done)


@dataclass(frozen=True, slots=True)
class Registry:
    """All that decisions may know of people. `as_of`: time of the last applied roster, None when never."""

    version: int
    as_of: datetime | None
    by_no: Mapping[str, Employee]
    identities: Mapping[int, Identity]
    by_name: Mapping[str, tuple[str, ...]]
    tree: DepartmentTree
    _heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    bound: BoundNumbers = field(default_factory=lambda: BoundNumbers.of(()))
    # Who was looked up by name before: a name may have many bearers.
    _named: dict[str, tuple[Employee, ...]] = field(
        default_factory=dict[str, tuple[Employee, ...]], compare=False, repr=False
    )

    @classmethod
    def build(
        cls,
        employees: Iterable[Employee],
        identities: Iterable[Identity],
        names: DepartmentNames,
        *,
        version: int = 1,
        as_of: datetime | None = None,
    ) -> "Registry":
        """Index `employees` and `identities`."""
        by_no = {e.employee_no: e for e in employees}
        by_name: defaultdict[str, list[str]] = defaultdict(list)
        heads: defaultdict[str, list[str]] = defaultdict(list)
        for e in by_no.values():
            for key in keys_of(e.name):
                by_name[e.name if key == e.name else key].append(e.employee_no)
            if e.is_head:
                heads[e.department].append(e.employee_no)
        bound = {i.user_id: i for i in identities}
        paths = {p for e in by_no.values() for p in (e.department, *e.also_in)}
        paths |= {t.from_department for e in by_no.values() for t in e.transfers}
        return cls(
            version,
            as_of,
            by_no,
            bound,
            {k: tuple(v) for k, v in by_name.items()},
            DepartmentTree.build(paths, names),
            {k: tuple(v) for k, v in heads.items()},
            BoundNumbers.of(bound.values()),
        )

    def employee_of(self, user_id: int) -> Employee | None:
        """Return the employee whose verified QQ this is, departed or not, else None."""
        identity = self.identities.get(user_id)
        return None if identity is None or identity.contested else self.by_no.get(identity.employee_no)

    def is_contested(self, user_id: int | None) -> bool:
        """Tell whether two employees are named for this QQ number and nobody has decided yet."""
        identity = None if user_id is None else self.identities.get(user_id)
        return identity is not None and identity.contested

    def active_employee_of(self, user_id: int, day: date) -> Employee | None:
        """Return the employee whose verified QQ this is, unless departed on `day`."""
        employee = self.employee_of(user_id)
        return None if employee is None or employee.is_departed(day) else employee

    def has_departed(self, user_id: int, day: date) -> bool:
        """Tell whether this is the verified QQ of somebody who has departed by `day`."""
        employee = self.employee_of(user_id)
        return employee is not None and employee.is_departed(day)

    def qqs_of(self, employee_no: str) -> tuple[int, ...]:
        """Return every QQ number verified for this employee."""
        return tuple(one.user_id for one in self.bound_to(employee_no) if not one.contested)

    def bound_to(self, employee_no: str) -> list[Identity]:
        """Return the identities of this employee, contested ones too."""
        held = map(self.identities.get, self.bound.of_employee(employee_no))
        return [one for one in held if one is not None and one.employee_no == employee_no]

    def named(self, name: str) -> tuple[Employee, ...]:
        """Return every employee with this name, however it is written."""
        found = self._named.get(name)
        if found is None:
            key = name_key(name)
            some = (self.by_no[no] for no in self.by_name.get(key, ()))
            found = tuple(one for one in some if self.bears(one, key))
            if len(self._named) < _REMEMBERED and len(name) <= _LONGEST_NAME:
                self._named[name] = found
        return found

    def bears(self, employee: Employee, key: str) -> bool:
        """Tell whether `key` (of `name_key`) is this employee's name, with a namesake's mark or without."""
        parts = parts_of(employee.name)
        if key != parts.bare:
            return key == parts.whole
        return parts.sure or len(self.by_name.get(key, ())) > 1

    def heads_of(self, department: str, day: date, *, besides: str | None = None) -> tuple[Employee, ...]:
        """Return the heads of `department` or, failing that, of the nearest parent that has one.

        `besides`: an employee number that does not count (an owner can't review his own filing).
        Departed heads don't count on `day`.
        """
        path = department
        while path:
            found = tuple(
                self.by_no[no]
                for no in self._heads.get(path, ())
                if no != besides and self.by_no[no].status(day) is not Status.DEPARTED
            )
            if found:
                return found
            path = path.rpartition("/")[0]
        return ()

    def is_unusable(self, now: datetime, policy: Policy) -> str | None:
        """Return why nothing may be decided on this registry (`empty`, `stale`), or None when it holds."""
        if not self.by_no or self.as_of is None:
            return "empty"
        if now - self.as_of > timedelta(days=policy.registry.max_age_days):
            return "stale"
        return None
