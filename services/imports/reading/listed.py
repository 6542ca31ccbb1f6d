"""Rows of people that come from no file: what a directory lists, read as a roster's rows are."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from config.phrases.imports import FIELDS, FILE_FAULTS, READING
from services.imports.packing import uncollected
from services.imports.reading.files.sheet import Row, Sheet
from services.imports.reading.guard import ReadFile
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal, RowFault
from services.imports.reading.packed import pack_rows, unpack_rows
from services.imports.reading.people import read_roster
from services.imports.reading.person import Roster
from services.imports.reading.tables.columns import Header
from services.imports.reading.words.cells import as_text

# Field of a roster (a key of `FIELDS`) → what the directory says: text, number, date or "".
Cells = Mapping[str, object]
_NAMED = 5


class ListedRoster:
    """A roster that no file holds, as read. Packed when that is first asked for: mostly nothing is new."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster

    @cached_property
    def rows(self) -> bytes:
        """Return it packed."""
        return pack_rows(self.roster)

    @cached_property
    def file_hash(self) -> str:
        """Return what tells two readings that say the same."""
        return hashlib.sha256(self.rows).hexdigest()


ReadRoster = ReadFile | ListedRoster


def read_rows(
    rows: Iterable[Cells], fields: Sequence[str] | None, how: How, ids: Sequence[str] = ()
) -> ListedRoster | Refusal:
    """Read rows as a roster file's are read; see `read_people`."""
    with uncollected():
        roster = read_people(rows, fields, how, ids)
    return roster if isinstance(roster, Refusal) else ListedRoster(roster)


def roster_of(read: ReadRoster) -> Roster:
    """Return the roster that was read."""
    return read.roster if isinstance(read, ListedRoster) else unpack_rows(read.rows)


def kept_of(read: ReadRoster) -> tuple[bytes, str]:
    """Return what is kept of a reading, and its hash; blocks."""
    return read.rows, read.file_hash


def read_people(
    rows: Iterable[Cells], fields: Sequence[str] | None, how: How, ids: Sequence[str] = ()
) -> Roster | Refusal:
    """Read rows as a roster file's are read; blocks.

    `fields`: what the rows speak of, all of them; None: each of the fields that it has. What a row doesn't
    speak of stays as it is in the registry; a field that is empty in it is emptied there. Needed are
    employee_no, name and department. Rows without a number are nobody's (machines, guests): they are named
    in the preview, and whoever has such a name is not absent. `ids`: of each row the id that its source has
    for it, or ""; none where the source has no such.
    """
    tables: dict[tuple[str, ...], list[Row]] = {}
    numbers: list[str] = []
    places: list[int] = []
    unnumbered: list[str] = []
    told = None if fields is None else tuple(fields)
    for place, row in enumerate(rows):
        number = as_text(row.get("employee_no"))
        if number:
            numbers.append(number)
            places.append(place)
            said = told or tuple(row)
            tables.setdefault(said, []).append((len(numbers), [row.get(name, "") for name in said]))
        else:
            unnumbered.append(as_text(row.get("name")))
    if not numbers:
        return Refusal(FILE_FAULTS["no_rows"])
    sheets = [_sheet(said, cells) for said, cells in tables.items()]
    roster = read_roster(sheets, how.policy, how.phone_key, how.day, listed=True)
    named = [_named(numbers, fault) for fault in roster.faults]
    if roster.stop is not None:
        return Refusal(roster.stop, tuple(named))
    roster.faults = named
    if ids:
        roster.ids = {ids[places[one.row - 1]]: one.employee_no for one in roster.people}
        if len(roster.ids) < len(ids):
            roster.ids = dict.fromkeys(ids, "") | roster.ids
        roster.ids.pop("", None)
    roster.unnumbered += unnumbered
    if unnumbered:
        names = "、".join(unnumbered[:_NAMED])
        roster.notes.append(READING["unnumbered"].format(count=len(unnumbered), names=names))
    return roster


def _sheet(said: Sequence[str], cells: Sequence[Row]) -> tuple[Sheet, Header]:
    return Sheet(lambda: iter(cells), len(cells)), Header(
        "roster", 0, {name: at for at, name in enumerate(said)}
    )


def _named(numbers: Sequence[str], fault: RowFault) -> RowFault:
    """Say whose row can't be read: a directory's rows have no numbers that anybody could look up."""
    number = numbers[fault.row - 1][:40]
    return RowFault(fault.row, f"{FIELDS['employee_no']} {number}：{fault.reason}")
