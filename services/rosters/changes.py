"""What an import of a roster would write, and whom it concerns."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from services.rosters.people import Person
from services.rosters.table import RowFault

CATEGORIES = (
    "added",
    "departed",
    "transferred",
    "rehired",
    "changed",
    "renamed",
    "conflict",
    "missing",
    "qq_added",
    "qq_removed",
)


class Note(NamedTuple):
    """One person concerned: number, name, and what happens to them, in Chinese."""

    employee_no: str
    name: str
    text: str


@dataclass(slots=True)
class Diff:
    """What an import would write, and whom it concerns.

    `opened`: (number, from, to, handover_on). `completed`: (transfer id, handover_on). `bound` and
    `unbound`: (QQ number, employee number). `touched`: everybody changed, the added ones aside.
    """

    added: list[Person] = field(default_factory=list[Person])
    updates: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    opened: list[tuple[str, str, str, date | None]] = field(
        default_factory=list[tuple[str, str, str, date | None]]
    )
    completed: list[tuple[int, date]] = field(default_factory=list[tuple[int, date]])
    bound: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    unbound: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    faults: list[RowFault] = field(default_factory=list[RowFault])
    people: dict[str, list[Note]] = field(default_factory=lambda: {name: [] for name in CATEGORIES})
    touched: set[str] = field(default_factory=set[str])

    def counts(self) -> dict[str, int]:
        """Return how many people each category has, and the rows with faults."""
        return {name: len(notes) for name, notes in self.people.items()} | {"errors": len(self.faults)}

    def signature(self) -> str:
        """Return a hash of what would be written: two diffs with one signature do the same."""
        digest = hashlib.sha256()
        for part in (self.updates, self.opened, self.completed, self.bound, self.unbound):
            digest.update(repr(part).encode("utf-8", "backslashreplace"))
        for person in self.added:
            digest.update(repr(person[1:]).encode("utf-8", "backslashreplace"))
        return digest.hexdigest()
