"""What a source's rows are worth beside those of the others: `sources.order` says whose word counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from config.phrases.imports import DIFF_NOTES, ROW_FAULTS
from db.engine import Transaction
from db.queries.work import sources
from db.queries.work.sources import Said
from regulation.cards.names import name_key
from regulation.policy import Policy
from services.imports.changes import MOST_NAMED, Diff
from services.imports.known import Known, KnownPerson
from services.imports.model import Brake
from services.imports.reading.noted import RowFault
from services.imports.reading.person import Person, Roster, is_here
from services.imports.sources import configured
from services.imports.sources.model import ACCOUNTS, DIRECTORIES, kind_of, name_of

# Not gone by its word.
LISTED = frozenset({Said.HERE, Said.MISSED})
_STATUS, _DEPARTURE = frozenset({"status"}), frozenset({"departed_on"})


@dataclass(frozen=True, slots=True)
class Standing:
    """`said`: what the source said last of whom it has listed. `others`: number → another source that
    lists them, the first of the order. `above`: those of them whose word counts before ours. `departs`:
    the absent have left. `missed`: whom this reading lists in rows that can't be used, see `recognised`.
    `entries`: number → the source's own id of the entry that listed it last. `renumbered`: number → the
    number that its entry has now, "" where none can be used. `gone`: whom this source or another lists no
    more.
    """

    source: str
    said: Mapping[str, Said]
    others: Mapping[str, str]
    above: frozenset[str]
    departs: bool
    entries: Mapping[str, str] = field(default_factory=dict[str, str])
    missed: frozenset[str] = frozenset()
    renumbered: Mapping[str, str] = field(default_factory=dict[str, str])
    gone: frozenset[str] = frozenset()

    def humbled(self, roster: Roster, known: Known, day: date) -> Roster:
        """Return the roster with rows that say no more than an account can.

        That it is open is no word of HR's: not on probation or regular, nor against a departure which
        others told of. It brings back only whom its own source had said to have left.
        """
        if kind_of(self.source) not in ACCOUNTS:
            return self._with_found(roster, known, day)
        said = roster.columns
        columns = [
            *(one - _STATUS | _DEPARTURE for one in said),
            *(one - _STATUS - _DEPARTURE for one in said),
            *said,
        ]
        return replace(roster, people=list(self._humble(roster, known, day)), columns=columns)

    def _with_found(self, roster: Roster, known: Known, day: date) -> Roster:
        """Return HR's roster with rows that bring back whom a source had missed, though it has no status.

        They had left for want of a row alone; whoever has one again, in this file or another company's,
        has not. Chat's word stands, and so does what this file listed all the while.
        """
        found = {
            one.employee_no
            for one in roster.people
            if one.employee_no in self.gone
            and self.said.get(one.employee_no) in (None, Said.ABSENT)
            and is_here(one, day)
            and _left_unsaid(known.people.get(one.employee_no), day)
        }
        if not found:
            return roster
        sheets = len(roster.columns)
        people = [
            one._replace(sheet=one.sheet + sheets) if one.employee_no in found else one
            for one in roster.people
        ]
        columns = [*roster.columns, *(one | _DEPARTURE for one in roster.columns)]
        return replace(roster, people=people, columns=columns)

    def _humble(self, roster: Roster, known: Known, day: date) -> Iterator[Person]:
        """Give each row, in the sheet of what it says: is at work, is merely open, or all of it."""
        sheets = len(roster.columns)
        for person in roster.people:
            old = known.people.get(person.employee_no)
            if not is_here(person, day):
                yield person._replace(sheet=person.sheet + 2 * sheets)
            elif old is not None and person.departed_on is None and self._told_of(old):
                yield person._replace(sheet=person.sheet + sheets)
            elif person.status:
                yield person._replace(sheet=person.sheet + 2 * sheets)
            else:
                yield person

    def _told_of(self, old: KnownPerson) -> bool:
        """Tell whether others said that somebody leaves, whom this source lists as before."""
        return old.departed_on is not None and self.said.get(old.employee_no, Said.HERE) in LISTED


def _left_unsaid(old: KnownPerson | None, day: date) -> bool:
    """Tell whether somebody has left, and not by chat's word."""
    if old is None or old.departed_on is None or old.departed_on > day:
        return False
    return "status" not in (old.decided or {})


async def load(
    tx: Transaction, source: str, policy: Policy, employee_nos: Collection[str] | None
) -> Standing:
    """Read how a source stands to the others, for these people, or (None) for everybody."""
    order = policy.sources.order
    said, entries = await sources.listed_of(tx, source, employee_nos)
    further = configured.others(policy.sources, source)
    elsewhere = await sources.listed_by(tx, further, employee_nos)
    others = {number: min(names, key=lambda name: _rank(order, name)) for number, names in elsewhere.items()}
    own = _rank(order, source)
    above = frozenset(number for number, name in others.items() if _rank(order, name) < own)
    departs = kind_of(source) in DIRECTORIES or policy.registry.missing_means_departed
    gone = await sources.missed_by(tx, [source, *further], employee_nos)
    return Standing(source, said, others, above, departs, entries, gone=gone)


def _rank(order: Sequence[str], source: str) -> int:
    kind = kind_of(source)
    return order.index(kind) if kind in order else len(order)


def without_others_numbers(standing: Standing, roster: Roster, known: Known, day: date) -> Roster:
    """Return the roster with rows as faults that give somebody's entry the number of somebody else.

    A number by which the entry was listed before is its own, whatever name it has now.
    """
    entries = standing.entries
    had = {
        entry: number
        for number, entry in entries.items()
        if (now := roster.ids.get(entry, number)) != number
        and entries.get(now) != entry
        and _may_be_missed(standing, known, number, day)
    }
    if not had:
        return roster
    had_by = {number: old for entry, old in had.items() if (number := roster.ids[entry])}
    kept: list[Person] = []
    faults: list[RowFault] = []
    for person in roster.people:
        old, holder = had_by.get(person.employee_no), known.people.get(person.employee_no)
        if old is None or holder is None or name_key(holder.name) == name_key(person.name):
            kept.append(person)
        else:
            said = {"no": person.employee_no, "known": holder.name, "old": old}
            faults.append(RowFault(person.row, ROW_FAULTS["anothers_number"].format(**said)))
    if not faults:
        return roster
    used = {person.employee_no for person in kept}
    ids = {entry: number if number in used else "" for entry, number in roster.ids.items()}
    return replace(roster, people=kept, faults=[*roster.faults, *faults], ids=ids)


def recognised(standing: Standing, roster: Roster, known: Known, day: date) -> Standing:
    """Return the standing with whom a reading lists, but not by a row of theirs that can be used."""
    gone = [number for number in standing.entries if number not in roster.seen]
    renumbered = {
        number: roster.ids[entry]
        for number in gone
        if (entry := standing.entries[number]) in roster.ids
        and standing.said[number] in LISTED
        and _is_here(known, number, day)
    }
    return replace(
        standing, renumbered=renumbered, missed=_missed(standing, roster, known, day) | renumbered.keys()
    )


def _missed(standing: Standing, roster: Roster, known: Known, day: date) -> frozenset[str]:
    """Return whom a reading lists in rows that can't be used: they are neither at work by it nor absent.

    By their number; or, of a row without a number that can be read, by their name. That a source had let
    somebody go stands until their row can be used: by it they are back.
    """
    found: set[str] = set()
    if len(roster.seen) > len(roster.people):
        used = {person.employee_no for person in roster.people}
        found = {number for number in roster.seen - used if _may_be_missed(standing, known, number, day)}
    names = set(map(name_key, roster.unnumbered))
    if names:
        found |= {
            number
            for number, person in known.people.items()
            if number not in roster.seen
            and standing.said.get(number) in LISTED
            and name_key(person.name) in names
        }
    return frozenset(found)


def _may_be_missed(standing: Standing, known: Known, number: str, day: date) -> bool:
    said = standing.said.get(number)
    if said in LISTED:
        return True
    return said is not Said.LEFT and number in known.people and _is_here(known, number, day)


def fewer(standing: Standing, roster: Roster, known: Known, day: date) -> tuple[Brake, ...]:
    """Return the brake on a source that suddenly lists a third fewer people, with their names."""
    mine = (number for number, said in standing.said.items() if said in LISTED)
    here = {number for number in mine if _is_here(known, number, day)}
    gone = sorted(here - roster.seen - standing.missed)
    if not gone:
        return ()
    named = tuple(f"{known.people[number].name}（{number}）" for number in gone[:MOST_NAMED])
    return (Brake("fewer", len(gone), max((len(here) - 1) // 3, 1), named),)


def _is_here(known: Known, number: str, day: date) -> bool:
    person = known.people.get(number)
    if person is None:
        return number in known.same
    return person.departed_on is None or person.departed_on > day


def wins(standing: Standing, diff: Diff) -> tuple[str, ...]:
    """Say how many of the changes are of people whom a source of lesser word lists too."""
    also = [no for no in diff.touched if no in standing.others and no not in standing.above]
    if not also:
        return ()
    others = "、".join(sorted({name_of(standing.others[number]) for number in also}))
    return (DIFF_NOTES["wins"].format(count=len(also), others=others, winner=name_of(standing.source)),)


async def keep(
    tx: Transaction, standing: Standing, roster: Roster, day: date, *, everybody: bool
) -> dict[str, object]:
    """Note whom the source lists now; return what stood there before, for an undo.

    `everybody`: whom it doesn't list now is absent.
    """
    now = {one.employee_no: Said.HERE if is_here(one, day) else Said.LEFT for one in roster.people}
    now |= dict.fromkeys(standing.missed, Said.MISSED)
    if everybody:
        now |= {no: Said.ABSENT for no in standing.said if no not in roster.seen and no not in now}
    was, entries = standing.said, standing.entries
    by = {number: entry for entry, number in roster.ids.items() if entries.get(number) != entry}
    told = {no: said for no, said in now.items() if was.get(no) is not said}
    told |= {no: now[no] for no in by if no in now}
    changed = {no: (said, by.get(no) or entries.get(no)) for no, said in told.items()}
    await sources.set_listed(tx, standing.source, changed)
    before = {no: (was[no], entries.get(no)) if no in was else None for no in changed}
    return {"name": standing.source, "before": before}


async def put_back(tx: Transaction, kept: Mapping[str, Any]) -> None:
    """Write back what `keep` returned; an earlier version kept no entries."""
    before = {no: (was, None) if isinstance(was, str) else was for no, was in kept["before"].items()}
    await sources.set_listed(tx, kept["name"], before)
