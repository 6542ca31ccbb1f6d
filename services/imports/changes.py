"""What an import of a roster would write, and whom it concerns."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from config.phrases.imports import DIFF_NOTES
from db.writing.parts import in_parts
from regulation.model import Status
from services.imports.reading.noted import RowFault
from services.imports.reading.person import Person

CATEGORIES = (
    "added",
    "departed",
    "transferred",
    "rehired",
    "changed",
    "renamed",
    "conflict",
    "overruled",
    "missing",
    "renumbered",
    "qq_added",
    "qq_removed",
)

_HERE = (Status.REGULAR.value, Status.PROBATION.value)
# As many as any question names, and as any list of an import goes through.
MOST_NAMED = 50
MOST_LISTED = 1000


def said_of_new(person: Person) -> str:
    """Return what a preview says of somebody the registry doesn't know yet."""
    if person.departed_on is None:
        return person.department
    return DIFF_NOTES["added_gone"].format(department=person.department, day=person.departed_on)


# Whose transfer, from where, where to, and when it was handed over.
Move = tuple[str, str, str, date | None]


class Note(NamedTuple):
    """One person concerned: number, name, and what happens to them, in Chinese."""

    employee_no: str
    name: str
    text: str


@dataclass(slots=True)
class Diff:
    """What an import would write, and whom it concerns.

    `opened`: (number, from, to, handover_on). `completed`: (transfer id, handover_on). `bound` and
    `unbound`: (QQ number, employee number). `listed`: whose row was read.
    `touched`: everybody changed, the added ones aside. `people`: the first of each category, by name;
    `noted`: how many each has. `altered`: who has another QQ, name or department; `alterations`: the
    first of them by name.
    """

    added: list[Person] = field(default_factory=list[Person])
    updates: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    opened: list[Move] = field(default_factory=list[Move])
    completed: list[tuple[int, date]] = field(default_factory=list[tuple[int, date]])
    contested: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    bound: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    unbound: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    listed: list[str] = field(default_factory=list[str])
    faults: list[RowFault] = field(default_factory=list[RowFault])
    people: dict[str, list[Note]] = field(default_factory=lambda: {name: [] for name in CATEGORIES})
    noted: Counter[str] = field(default_factory=Counter[str])
    touched: set[str] = field(default_factory=set[str])
    altered: set[str] = field(default_factory=set[str])
    alterations: list[Note] = field(default_factory=list[Note])

    def counts(self) -> dict[str, int]:
        """Return how many people each category has, and the rows with faults."""
        return {name: self.noted[name] for name in CATEGORIES} | {
            "altered": len(self.altered),
            "errors": len(self.faults),
        }

    def note(self, category: str, number: str, name: str, words: Callable[[], str]) -> None:
        """Count one person under a category; the first of each are named, in `words`."""
        self.noted[category] += 1
        if len(self.people[category]) < MOST_LISTED:
            self.people[category].append(Note(number, name, words()))

    def alter(self, number: str, name: str, words: Callable[[], str]) -> None:
        """Count one person who gets another QQ or none, another name or department; each counts once."""
        if number not in self.altered and len(self.alterations) < MOST_NAMED:
            self.alterations.append(Note(number, name, words()))
        self.altered.add(number)

    def writes(self) -> bool:
        """Tell whether anything would change but when people were last listed."""
        return any(
            (self.added, self.updates, self.opened, self.completed, self.bound, self.unbound, self.contested)
        )

    def holders(self) -> dict[int, tuple[str | None, str]]:
        """Return the QQ numbers that are bound: (the employee number before, None where nobody's; now)."""
        before = dict(self.unbound)
        return {qq: (before.get(qq), now) for qq, now in self.bound}

    def signature(self) -> str:
        """Return a hash of what would be written: two diffs of one roster with one signature do the same."""
        digest = hashlib.sha256()
        for part in (self.updates, self.opened, self.completed, self.bound, self.unbound, self.contested):
            digest.update(str(len(part)).encode())
            for entries in in_parts(part, 1000):
                digest.update(repr(entries).encode("utf-8", "backslashreplace"))
        # Everything else about them comes from the rows alone, which are the same.
        for people in in_parts(self.added, 1000):
            shown = [(person.employee_no, person.departed_on) for person in people]
            digest.update(repr(shown).encode("utf-8", "backslashreplace"))
        return digest.hexdigest()


def agrees(person: Person, departure: date | None) -> bool:
    """Tell whether a row itself says what is recorded, rather than just saying nothing against it."""
    if departure is None:
        return person.status in _HERE
    return person.departed_on is not None or person.status == Status.DEPARTED.value


def stays(departure: date | None) -> str:
    """Return a departure, or that there is none, in words."""
    return DIFF_NOTES["here"] if departure is None else DIFF_NOTES["gone"].format(day=departure.isoformat())


def known_departure(was: date | None, known_on: date | None, now: date | None, today: date) -> date | None:
    """Return the day a departure counts as known: nobody is blamed for what nobody was told."""
    if now is None:
        return None
    if was is None or known_on is None:
        return today
    return known_on if was <= today or now >= was else today


def transfer_columns(moves: Sequence[Move], today: date, by: str) -> Mapping[str, Sequence[Any]]:
    """Return new transfers, recorded by somebody today, column by column."""
    numbers, old, new, handed = zip(*moves, strict=True)
    return {
        "employee_no": numbers,
        "from_department": old,
        "to_department": new,
        "since": [today] * len(moves),
        "handover_on": handed,
        "known_on": [today if day else None for day in handed],
        "recorded_by": [by] * len(moves),
    }
