"""From a roster's rows to people: every row is either read or reported with its number and reason."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from config.phrases.imports import FIELDS, FILE_FAULTS, READING, ROW_FAULTS
from regulation.claims.digits import hash_digits
from regulation.model import Status
from regulation.policy import Policy
from services.imports.reading.files.sheet import Row, Sheet
from services.imports.reading.how import Progress
from services.imports.reading.noted import CellFault, Noted, RowFault
from services.imports.reading.person import Person, Roster
from services.imports.reading.plain_rows import DATES, PlainRows
from services.imports.reading.shared import SharedReader
from services.imports.reading.tables.columns import Header
from services.imports.reading.tables.doubles import Doubles
from services.imports.reading.tables.leavers import says_left, title_says_left
from services.imports.reading.tables.table import table_rows
from services.imports.reading.words import cells as read
from services.imports.reading.words import dates
from services.imports.reading.words.departments import DepartmentReader
from services.imports.reading.words.person_names import NameReader

# Rows read together; how far it is, is told after each.
_PART = 2000


def read_roster(
    tables: Sequence[tuple[Sheet, Header]],
    policy: Policy,
    phone_key: bytes,
    day: date,
    progress: Progress | None = None,
    *,
    listed: bool = False,
) -> Roster:
    """Read every row below the headers. `stop` says why nothing of the file may be used, if so.

    `listed`: the rows are no file's but a system's own, see `DepartmentReader`.
    """
    roster = Roster()
    doubles = Doubles([sheet.name for sheet, _ in tables], day)
    departments = DepartmentReader(policy.departments, policy.company, listed)
    height = sum(sheet.height for sheet, _ in tables)
    for at, (sheet, header) in enumerate(tables):
        reader = _PersonReader(at, sheet, header, policy, departments, phone_key)
        noted = Noted()
        rows = table_rows(sheet, header, noted, key="employee_no", named="name")
        for number, cells, plain in _looked_through(rows, reader, noted, progress, height):
            try:
                roster.people.append(_read(number, cells, plain, reader, doubles, noted))
            except CellFault as reason:
                noted.faults.append(RowFault(number, str(reason)))
        for key in reader.said:
            noted.said[key] = reader.said[key]
        where = (
            FILE_FAULTS["in_sheet"].format(name=sheet.name, where="，")
            if len(tables) > 1 and sheet.name
            else ""
        )
        roster.columns.append(reader.columns())
        roster.faults += [RowFault(row, where + reason) for row, reason in noted.faults]
        roster.notes += [where + line for line in noted.lines()]
        roster.doubts += reader.doubts
        roster.unnumbered += reader.unnumbered
    roster.people, roster.seen = doubles.settled(roster.people), set(doubles.numbers)
    roster.notes += doubles.notes()
    roster.stop = doubles.stop() or nothing_read(roster)
    return roster


def _looked_through(
    rows: Iterator[Row], reader: "_PersonReader", noted: Noted, progress: Progress | None, height: int
) -> Iterator[tuple[int, Sequence[object], Person | None]]:
    """Give each row, with its person where the row is a plain one."""
    while part := list(islice(rows, _PART)):
        for (number, cells), person in zip(part, reader.plain(part), strict=True):
            is_half = noted.half is not None and number == noted.half.row
            yield number, cells, None if is_half else person
        if progress is not None:
            progress(part[-1][0], height)


def _read(
    number: int,
    cells: Sequence[object],
    plain: Person | None,
    reader: "_PersonReader",
    doubles: Doubles,
    noted: Noted,
) -> Person:
    """Return one row's person. Raises `CellFault`."""
    if plain is not None:
        doubles.number(reader.at, number, plain.employee_no)
        doubles.qqs(plain)
        return plain
    employee_no = reader.number(cells)
    # Noted before anything else is read: a bad row still takes its number.
    doubles.number(reader.at, number, employee_no)
    person = reader.person(number, employee_no, cells)
    if noted.half is not None:
        noted.check_whole(number)
    doubles.qqs(person)
    return person


def nothing_read(roster: Roster) -> str | None:
    """Return why there is nobody in a roster, None where there is."""
    if roster.people:
        return None
    if not roster.faults:
        return FILE_FAULTS["no_rows"]
    first = roster.faults[0]
    return FILE_FAULTS["all_bad"].format(count=len(roster.faults), row=first.row, reason=first.reason)


class _PersonReader:
    """Reads one sheet's rows."""

    def __init__(
        self,
        at: int,
        sheet: Sheet,
        header: Header,
        policy: Policy,
        departments: DepartmentReader,
        phone_key: bytes,
    ) -> None:
        self._sheet, self._header, self.at = sheet, header, at
        columns = header.columns
        self._no_at, self._name_at = columns["employee_no"], columns["name"]
        self._qq_at, self._phone_at = columns.get("qq"), columns.get("phone")
        self._dates = [(columns.get(name), FIELDS[name]) for name in DATES]
        self._days: dict[object, date] = {}
        self._key = phone_key
        self._shared = SharedReader(header, policy, departments)
        self._names = NameReader(self._shared.statuses)
        self._plain = PlainRows(at, sheet, header, self._shared, self._names, phone_key)
        self._left_sheet = says_left(sheet.name)
        self._may_hide = self._left_sheet or bool(header.unused)
        self.said: dict[str, list[int]] = {}
        self.doubts: list[str] = []
        self.unnumbered: list[str] = []
        if not {"status", "departed_on"} & columns.keys():
            self.doubts += title_says_left(sheet, header)

    def columns(self) -> frozenset[str]:
        """Return the fields that the sheet speaks of."""
        told = frozenset(self._header.columns)
        if "title" in told:
            told |= {"is_head"}
        return told | {"also_in"} if "several" in self.said else told

    def plain(self, rows: Sequence[Row]) -> Sequence[Person | None]:
        """Return the person of each row that is a plain one."""
        return [None] * len(rows) if self._left_sheet else self._plain.read(rows)

    def number(self, cells: Sequence[object]) -> str:
        """Return whose row it is. Raises `CellFault`."""
        try:
            return read.number(cells[self._no_at], FIELDS["employee_no"])
        except CellFault:
            self.unnumbered.append(read.as_text(cells[self._name_at]))
            raise

    def person(self, row: int, number: str, cells: Sequence[object]) -> Person:
        """Return the person of one row. Raises `CellFault` with the first reason why not."""
        qqs = () if self._qq_at is None else read.qq_numbers(cells[self._qq_at])
        name, is_cleaned = self._names.read(cells[self._name_at])
        shared = self._shared.read(cells)
        if is_cleaned:
            self._say("cleaned", row)
        if number is not (own := cells[self._no_at]) and read.is_guarded(own):
            self._say("guarded", row)
        for key in shared.said:
            self._say(key, row)
        hired_on, regularized_on, departed_on, handover_on = [
            None
            if at is None or (cell := cells[at]) == ""
            else self._days.get(cell) or self._day(row, cell, label)
            for at, label in self._dates
        ]
        phone = None if self._phone_at is None else self._phone(row, number, cells[self._phone_at])
        department, status, title, is_head, also_in, _ = shared
        person = Person(
            row, number, name, department, status, title, is_head, qqs, phone,
            hired_on, regularized_on, departed_on, handover_on, also_in, self.at,
        )  # fmt: skip
        if self._may_hide and departed_on is None and status != Status.DEPARTED.value:
            self._look_for_departure(person, cells)
        return person

    def _look_for_departure(self, person: Person, cells: Sequence[object]) -> None:
        """Note where the row of somebody read as at work says that they left."""
        if self._left_sheet:
            raise CellFault(ROW_FAULTS["left_sheet"].format(name=self._sheet.name))
        for at, title in self._header.unused.items():
            if says_left(cells[at], title):
                self.doubts.append(READING["says_left_row"].format(row=person.row, title=title))

    def _say(self, key: str, row: int) -> None:
        self.said.setdefault(key, []).append(row)

    def _day(self, row: int, cell: object, label: str) -> date | None:
        value = dates.day(cell, label, self._sheet.epoch)
        if value is not None:
            self._days[cell] = value
        elif dates.is_blank_day(cell):
            self._say("blank_date", row)
        return value

    def _phone(self, row: int, number: str, cell: object) -> str | None:
        digits = "" if cell == "" else read.phone_digits(cell)
        if digits is None:
            self._say("no_phone", row)
        return hash_digits(self._key, number, digits) if digits else None
