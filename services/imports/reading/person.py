"""One row of a roster as read, and all of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from regulation.model import Status
from services.imports.reading.noted import RowFault


class Person(NamedTuple):
    """One row as read. What its column doesn't say is None, "" or empty; see `Roster.columns`."""

    row: int
    employee_no: str
    name: str
    department: str
    status: str
    title: str
    is_head: bool
    qqs: tuple[int, ...]
    phone_hash: str | None
    hired_on: date | None
    regularized_on: date | None
    departed_on: date | None
    handover_on: date | None
    also_in: tuple[str, ...]
    sheet: int


@dataclass(slots=True)
class Roster:
    """A roster as read. `columns`: for each sheet, the fields it speaks of.

    `seen`: every number in it, bad rows too. `notes`: what is said in the preview of how it was read.
    `doubts`: where something says that somebody left who is read as being at work. `unnumbered`: the
    names in rows without a number that can be read: whoever they are, they are not absent. `ids`: a source's
    own id of each entry it lists → the number in it, "" where there is none to use.
    """

    columns: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    people: list[Person] = field(default_factory=list[Person])
    faults: list[RowFault] = field(default_factory=list[RowFault])
    seen: set[str] = field(default_factory=set[str])
    notes: list[str] = field(default_factory=list[str])
    doubts: list[str] = field(default_factory=list[str])
    unnumbered: list[str] = field(default_factory=list[str])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    stop: str | None = None

    def speaks_of(self, name: str) -> bool:
        """Tell whether any sheet has a column for this field."""
        return any(name in columns for columns in self.columns)


_LEFT, _HERE = Status.DEPARTED.value, (Status.REGULAR.value, Status.PROBATION.value)


def is_here(person: Person, day: date) -> bool:
    """Tell whether a row says that somebody is at work on a day."""
    if person.status == _LEFT:
        return False
    left = person.departed_on
    return left is None or left > day or rehired_since(person, day)


def rehired_since(person: Person, day: date) -> bool:
    """Tell whether a row with a past departure date says that the person was hired again after it."""
    left, hired = person.departed_on, person.hired_on
    if left is None or hired is None or left > day:
        return False
    return person.status in _HERE and hired > left


def settled(person: Person, day: date) -> Person:
    """Return a new employee's row with its departure as it counts."""
    if person.departed_on is not None and rehired_since(person, day):
        return person._replace(departed_on=None)
    if person.departed_on is None and person.status == _LEFT:
        return person._replace(departed_on=day)
    return person


def employment(status: str | None, regularized_on: date | None, departed_on: date | None) -> str:
    """Return the employment of somebody new by their row.

    Whoever left before the day they were to be regular was on probation, and is again if they come back.
    """
    left_early = regularized_on is not None and departed_on is not None and regularized_on > departed_on
    on_probation = left_early if status == _LEFT else status == Status.PROBATION.value
    return Status.PROBATION.value if on_probation else Status.REGULAR.value
