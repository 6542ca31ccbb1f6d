"""From a roster's rows to people: every row is either read or reported with its number and reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from config.phrases.registry import FIELDS, FILE_FAULTS
from regulation.cards.names import department_key, name_key
from regulation.claims.proofs import hash_digits
from regulation.model import Status
from regulation.policy import DepartmentNames
from services.imports.reading import cells as read
from services.imports.reading.cells import CellFault
from services.imports.reading.columns import Header
from services.imports.reading.sheets import Sheet
from services.imports.reading.table import RowFault, table_rows
from services.people.registry_index import path_reader

Progress = Callable[[int, int], None]
_STATUSES: Mapping[str, Status] = {
    **dict.fromkeys(("正式", "在职", "转正", "正式员工", "已转正", "regular"), Status.REGULAR),
    **dict.fromkeys(("试用", "试用期", "实习", "实习生", "probation"), Status.PROBATION),
    **dict.fromkeys(("离职", "已离职", "departed"), Status.DEPARTED),
}
_LIMITS = {"name": 200, "department": 400, "title": 200}
_TICK = 2000
DATES = ("hired_on", "regularized_on", "departed_on", "handover_on")


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


@dataclass(slots=True)
class Roster:
    """A roster as read. `columns`: fields the file speaks of. `seen`: every number in it, bad rows too."""

    columns: frozenset[str]
    people: list[Person] = field(default_factory=list[Person])
    faults: list[RowFault] = field(default_factory=list[RowFault])
    seen: set[str] = field(default_factory=set[str])
    stop: str | None = None


def read_roster(
    sheet: Sheet,
    header: Header,
    names: DepartmentNames,
    phone_key: bytes,
    progress: Progress | None = None,
) -> Roster:
    """Read every row below the header. `stop` says why nothing of the file may be used, if so."""
    columns = frozenset(header.columns)
    if "title" in columns:
        columns |= {"is_head"}
    reader = _PersonReader(header, names, phone_key)
    roster = Roster(columns)
    doubles = _Doubles()
    for number, cells in table_rows(sheet, header, skip_merged=("employee_no", "name")):
        if progress is not None and number % _TICK == 0:
            progress(number, sheet.height)
        try:
            employee_no = reader.number(cells)
            # Noted before anything else is read: a bad row still takes its number.
            doubles.number(number, employee_no)
            qqs = reader.qqs(cells)
            doubles.qqs(number, employee_no, qqs)
            roster.people.append(reader.person(number, employee_no, qqs, cells))
        except CellFault as reason:
            roster.faults.append(RowFault(number, str(reason)))
    roster.seen = set(doubles.numbers)
    roster.stop = doubles.stop() or _nothing(roster)
    return roster


def _nothing(roster: Roster) -> str | None:
    if roster.people:
        return None
    if not roster.faults:
        return FILE_FAULTS["no_rows"]
    first = roster.faults[0]
    return FILE_FAULTS["all_bad"].format(count=len(roster.faults), row=first.row, reason=first.reason)


class _Doubles:
    """Finds employee numbers and QQ numbers that two rows share: either stops the import."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._qqs: dict[int, tuple[int, str]] = {}
        self._found: list[str] = []

    def number(self, row: int, number: str) -> None:
        """Note whose row this is."""
        first = self.numbers.setdefault(number, row)
        if first != row:
            self._found.append(
                FILE_FAULTS["double_no"].format(no=read.shown(number), first=first, second=row)
            )

    def qqs(self, row: int, number: str, qqs: tuple[int, ...]) -> None:
        """Note whose QQ numbers these are."""
        for qq in qqs:
            first, other = self._qqs.setdefault(qq, (row, number))
            if first != row and other != number:
                self._found.append(FILE_FAULTS["double_qq"].format(qq=qq, first=first, second=row))

    def stop(self) -> str | None:
        """Return the reason to stop, the first few doubles named, or None."""
        if not self._found:
            return None
        more = FILE_FAULTS["and_more"].format(count=len(self._found)) if len(self._found) > 5 else ""
        return "；".join(self._found[:5]) + more


class _PersonReader:
    """Reads one row. Departments and statuses repeat, so what they mean is remembered."""

    def __init__(self, header: Header, names: DepartmentNames, phone_key: bytes) -> None:
        self._at = header.columns
        self._dates = [(header.columns.get(name), FIELDS[name]) for name in DATES]
        self._names = names
        self._key = phone_key
        self._path = path_reader(names)
        self._departments: dict[object, str] = {}
        self._titles = frozenset(name_key(title) for title in names.head_titles)
        self._heads: dict[tuple[str, str], bool] = {}
        self._title_of: dict[object, str] = {}
        self._status_of: dict[object, str] = {}
        self._truth_of: dict[object, bool] = {}

    def number(self, cells: Sequence[object]) -> str:
        """Return the employee number of one row. Raises `CellFault`."""
        return read.number(cells[self._at["employee_no"]], FIELDS["employee_no"])

    def qqs(self, cells: Sequence[object]) -> tuple[int, ...]:
        """Return the QQ numbers of one row. Raises `CellFault`."""
        return read.qq_numbers(self._cell(cells, "qq"))

    def person(self, row: int, number: str, qqs: tuple[int, ...], cells: Sequence[object]) -> Person:
        """Return the person of one row. Raises `CellFault` with the first reason why not."""
        name = read.words(self._cell(cells, "name"), FIELDS["name"], _LIMITS["name"], required=True)
        if not name.isalnum() and not name_key(name):
            raise read.fault("missing", field=FIELDS["name"])
        department = self._department(self._cell(cells, "department"), "department")
        title = self._title(self._cell(cells, "title"))
        hired_on, regularized_on, departed_on, handover_on = self._days(cells)
        return Person(
            row,
            number,
            name,
            department,
            self._status(self._cell(cells, "status")),
            title,
            self._is_head(cells, department, title),
            qqs,
            self._phone(number, self._cell(cells, "phone")),
            hired_on,
            regularized_on,
            departed_on,
            handover_on,
            self._also_in(self._cell(cells, "also_in"), department),
        )

    def _cell(self, cells: Sequence[object], name: str) -> object:
        place = self._at.get(name)
        return "" if place is None else cells[place]

    def _days(self, cells: Sequence[object]) -> list[date | None]:
        return [
            None if place is None or cells[place] == "" else read.day(cells[place], label)
            for place, label in self._dates
        ]

    def _department(self, cell: object, name: str) -> str:
        known = self._departments.get(cell)
        if known is None:
            text = read.words(read.line_of(cell), FIELDS[name], _LIMITS["department"], required=True)
            known = self._path(text)
            if not known or not all(department_key(part) for part in known.split("/")):
                raise read.fault("missing", field=FIELDS[name])
            if len(known) > _LIMITS["department"]:
                raise read.fault("too_long", field=FIELDS[name], limit=_LIMITS["department"])
            self._departments[cell] = known
        return known

    def _also_in(self, cell: object, own: str) -> tuple[str, ...]:
        if cell == "":
            return ()
        text = read.as_text(cell)
        if text.casefold() in read.NOTHING:
            return ()
        if len(text) > 4000:
            raise read.fault("many")
        parts = [part for part in read.SEVERAL.split(text) if part.strip()]
        paths = dict.fromkeys(self._department(part, "also_in") for part in parts)
        return tuple(path for path in paths if path != own)

    def _title(self, cell: object) -> str:
        known = self._title_of.get(cell)
        if known is None:
            known = read.words(read.line_of(cell), FIELDS["title"], _LIMITS["title"])
            self._title_of[cell] = known
        return known

    def _status(self, cell: object) -> str:
        known = self._status_of.get(cell)
        if known is None:
            text = "".join(read.as_text(cell)[:100].split())
            found = _STATUSES.get(text.casefold())
            if text and found is None:
                raise read.fault("status", value=read.shown(text))
            known = self._status_of[cell] = found.value if found is not None else ""
        return known

    def _phone(self, number: str, cell: object) -> str | None:
        digits = "" if cell == "" else read.phone_digits(cell)
        return hash_digits(self._key, number, digits) if digits else None

    def _is_head(self, cells: Sequence[object], department: str, title: str) -> bool:
        place = self._at.get("is_head")
        if place is not None:
            known = self._truth_of.get(cells[place])
            if known is None:
                known = self._truth_of[cells[place]] = read.truth(cells[place], FIELDS["is_head"])
            return known
        if not title:
            return False
        known = self._heads.get((department, title))
        if known is None:
            known = self._heads[department, title] = self._titled_head(department, title)
        return known

    def _titled_head(self, department: str, title: str) -> bool:
        """Tell whether a title means the head: one of the titles, alone or behind the department's name."""
        key = name_key(title)
        leaf = department.rsplit("/", 1)[-1]
        aliases = self._names.aliases
        called = (leaf, *aliases.get(leaf, ()), *aliases.get(department, ()))
        return key in self._titles or any(
            key == name_key(name) + head for name in called for head in self._titles
        )
