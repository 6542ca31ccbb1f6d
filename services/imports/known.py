"""What the database knows of everybody, as far as a roster says otherwise.

Nearly all of a roster is what is known already. Such rows are dropped while they are read: only
their numbers are kept, and a hundred thousand employees need the room of those who change.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from config.phrases.imports import ROW_FAULTS
from db.engine import Transaction
from db.queries.people import contests, employees, identities, words
from db.queries.people.employees import Move
from db.queries.people.words import Word
from regulation.cards.names import name_key
from regulation.model import Status
from services.imports.packing import as_date
from services.imports.reading.noted import RowFault
from services.imports.reading.person import Person, Roster


class KnownPerson(NamedTuple):
    """One employee's row, as undoing writes it back. `decided`: `words` as they are stored."""

    employee_no: str
    name: str
    department: str
    employment: str
    title: str
    is_head: bool
    also_in: tuple[str, ...]
    phone_hash: str | None
    hired_on: date | None
    regularized_on: date | None
    departed_on: date | None
    departure_known_on: date | None
    decided_on: date | None
    decided: Mapping[str, Mapping[str, str]] | None

    @property
    def words(self) -> dict[str, Word]:
        """Return what chat or terminal said last, by what it was about."""
        return words.of(self.decided)


@dataclass(slots=True)
class Known:
    """What the database has of the people that a roster is about.

    `people`: whose row differs, or isn't in the file; `same`: the numbers of the others. `bound`:
    QQ number → (employee number, method) where it differs from the file; `held`: those that don't.
    `claims`: (QQ number, its holder, whom a roster named) of which admin staff were asked already.
    `twins`: number without its leading zeros → (number, name). `here`: employees not departed.
    """

    people: dict[str, KnownPerson] = field(default_factory=dict[str, KnownPerson])
    same: set[str] = field(default_factory=set[str])
    moves: Mapping[str, tuple[Move, ...]] = field(default_factory=dict[str, tuple[Move, ...]])
    bound: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    held: set[int] = field(default_factory=set[int])
    claims: Collection[tuple[int, str, str]] = ()
    twins: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    here: int = 0

    def is_twin(self, person: Person) -> bool:
        """Tell whether a row's number is an employee's but for leading zeros, and so is the name."""
        number = person.employee_no
        if number not in self.twins or number in self.same or number in self.people:
            return False
        return name_key(self.twins[number][1]) == name_key(person.name)


def stands(person: KnownPerson, name: str, after: Mapping[str, Any]) -> bool:
    """Tell whether a column is as an import left it, and chat has not said so since."""
    if name in ("departed_on", "departure_known_on") and _is_by_chat(person):
        return False
    now = getattr(person, name)
    return (list(now) if name == "also_in" else now) == after.get(name)


def _is_by_chat(person: KnownPerson) -> bool:
    """Tell whether somebody's departure is what chat said last.

    Chat's word goes when a row contradicts it; it stays when somebody departs because a source lists them no
    more.
    """
    word = person.words.get("status")
    return word is not None and person.departed_on == word.departs


def with_zeros_wanted(roster: Roster, known: Known) -> Roster:
    """Return the roster with rows as faults whose number lost its zeros; whom they mean is not absent."""
    lost = [one for one in roster.people if known.is_twin(one)] if known.twins else []
    if not lost:
        return roster
    meant = {one.employee_no: known.twins[one.employee_no][0] for one in lost}
    faults = [
        RowFault(one.row, _ZEROS.format(no=one.employee_no, known=meant[one.employee_no])) for one in lost
    ]
    people = [one for one in roster.people if one.employee_no not in meant]
    return replace(
        roster, people=people, faults=[*roster.faults, *faults], seen=roster.seen | set(meant.values())
    )


async def load_known(tx: Transaction, roster: Roster, day: date, *, full: bool) -> Known:
    """Read what a roster, imported on `day`, is to be compared with. `full`: the others' rows too."""
    known = Known(here=await employees.count_here(tx, day))
    rows = {person.employee_no: person for person in roster.people}
    some = None if full else await _few(tx, rows.keys())
    await _people(tx, known, roster, rows, some, full=full)
    if roster.speaks_of("handover_on"):
        known.moves = _moves(await employees.moves(tx))
    if len(known.same) + sum(no in rows for no in known.people) < len(rows):
        known.twins = {no.lstrip("0"): (no, name) for no, name in await employees.zero_numbers(tx)}
    if roster.speaks_of("qq"):
        await _identities(tx, known, rows, some)
        known.claims = await contests.claims(tx)
    return known


async def _people(
    tx: Transaction,
    known: Known,
    roster: Roster,
    rows: Mapping[str, Person],
    some: Collection[str] | None,
    *,
    full: bool,
) -> None:
    sieves = [_sieve(columns) for columns in roster.columns]
    async for part in employees.raw(tx, _FIELDS, some):
        for row in part:
            number: str = row[0]
            person = rows.get(number)
            if person is not None and sieves[person.sheet](row, person):
                # The roster's own text: one object for both.
                known.same.add(person.employee_no)
            elif full or person is not None:
                known.people[number] = known_person(row)


def _sieve(says: Collection[str]) -> Callable[[Sequence[Any], Person], bool]:
    """Return what tells that a row of the file changes nothing of a row of the database.

    Whatever takes a second thought (departures, handovers, what chat said) is not the same.
    """
    plain = ["name", "department", *(name for name in _COMPARED if _COLUMN_OF.get(name, name) in says)]
    ours = itemgetter(*(_FIELDS.index(name) for name in plain))
    theirs = itemgetter(*(Person._fields.index(name) for name in plain))
    has_status, has_also_in = "status" in says, "also_in" in says
    has_hired, has_regular = "hired_on" in says, "regularized_on" in says

    def is_same(row: Sequence[Any], person: Person) -> bool:
        return (
            ours(row) == theirs(person)
            and row[_DEPARTED_ON] is None
            and person.departed_on is None
            and person.handover_on is None
            and (not has_hired or as_date(row[_HIRED_ON]) == person.hired_on)
            and (not has_regular or as_date(row[_REGULARIZED_ON]) == person.regularized_on)
            and row[_DECIDED] in _NOTHING
            and (not has_status or row[_EMPLOYMENT] == (person.status or _REGULAR))
            and person.status != _DEPARTED
            and (not has_also_in or (not person.also_in and row[_ALSO_IN] in _NOTHING))
        )

    return is_same


async def _identities(
    tx: Transaction, known: Known, rows: Mapping[str, Person], some: Collection[str] | None
) -> None:
    listed = {qq: person.employee_no for person in rows.values() for qq in person.qqs}
    async for part in identities.methods(tx, some, listed):
        for qq, number, method in part:
            if listed.get(qq) == number:
                known.held.add(qq)
            elif number in rows or qq in listed:
                known.bound[qq] = (number, method)
    holders = {number for number, _ in known.bound.values()} - known.people.keys() - rows.keys()
    if holders:
        known.people.update(await some_people(tx, holders))


async def some_people(
    tx: Transaction, employee_nos: Collection[str], *, standing: bool = False
) -> dict[str, KnownPerson]:
    """Return the rows of those of these employees that exist. `standing`: see `employees.raw`."""
    found = employees.raw(tx, _FIELDS, await _few(tx, employee_nos), standing=standing)
    return {row[0]: known_person(row) async for part in found for row in part if row[0] in employee_nos}


async def _few(tx: Transaction, employee_nos: Collection[str]) -> Collection[str] | None:
    """Return these numbers; None where they are a good part of the company, which is read at once."""
    return None if 4 * len(employee_nos) > await employees.count(tx) else employee_nos


def known_person(row: Sequence[Any]) -> KnownPerson:
    """Return one employee of a row as `employees.raw` gives it."""
    plain = list(row)
    also_in, decided = plain[_ALSO_IN], plain[_DECIDED]
    plain[_ALSO_IN] = () if also_in in _NOTHING else tuple(json.loads(also_in))
    plain[_DECIDED] = None if decided in _NOTHING else json.loads(decided)
    plain[_IS_HEAD] = bool(plain[_IS_HEAD])
    for at in _DATES:
        plain[at] = as_date(plain[at])
    return KnownPerson._make(plain)


_FIELDS = KnownPerson._fields
_ALSO_IN, _DECIDED = _FIELDS.index("also_in"), _FIELDS.index("decided")
_EMPLOYMENT, _DEPARTED_ON = _FIELDS.index("employment"), _FIELDS.index("departed_on")
_IS_HEAD, _HIRED_ON, _REGULARIZED_ON = map(_FIELDS.index, ("is_head", "hired_on", "regularized_on"))
_DATES = tuple(at for at, name in enumerate(_FIELDS) if name.endswith("_on"))
_REGULAR, _DEPARTED = Status.REGULAR.value, Status.DEPARTED.value
_COMPARED = ("title", "is_head", "phone_hash")
_COLUMN_OF = {"phone_hash": "phone"}
_NOTHING = (None, "[]", "null")
_ZEROS = ROW_FAULTS["zeros"]


def _moves(rows: Sequence[Move]) -> dict[str, tuple[Move, ...]]:
    found: defaultdict[str, list[Move]] = defaultdict(list)
    for row in rows:
        found[row.employee_no].append(row)
    return {number: tuple(moves) for number, moves in found.items()}
