"""From a roster's rows to people: every row is either read or reported with its number and reason."""

import re
from collections.abc import Sequence
from datetime import date

from config.phrases.imports import FIELDS, FILE_FAULTS, READING, ROW_FAULTS
from regulation.cards.names import department_key, name_key
from regulation.claims.proofs import hash_digits
from regulation.model import Status
from regulation.policy import Policy
from services.imports.reading import cells as read
from services.imports.reading.columns import Header, header_key
from services.imports.reading.departments import DepartmentReader, SeveralError
from services.imports.reading.doubles import Doubles
from services.imports.reading.how import Progress
from services.imports.reading.left import says_left, title_says_left
from services.imports.reading.noise import is_vacancy, lost_characters, status_in
from services.imports.reading.noted import CellFault, Noted, RowFault
from services.imports.reading.person import Person, Roster, is_here
from services.imports.reading.sheet import Sheet
from services.imports.reading.statuses import YES_NO, status_words, word_key
from services.imports.reading.table import table_rows

_LIMITS = {"name": 200, "department": 400, "title": 200}
_TICK = 2000
DATES = ("hired_on", "regularized_on", "departed_on", "handover_on")
# A name of none of these needs no second look.
_SUSPECT = re.compile(r"[空缺招聘待补虚定离辞退休职除解停拟]|[^\w]|[\da-zA-Z_]")


def read_roster(
    tables: Sequence[tuple[Sheet, Header]],
    policy: Policy,
    phone_key: bytes,
    day: date,
    progress: Progress | None = None,
) -> Roster:
    """Read every row below the headers. `stop` says why nothing of the file may be used, if so."""
    roster = Roster()
    doubles = Doubles([sheet.name for sheet, _ in tables])
    departments = DepartmentReader(policy.departments, policy.company)
    height = sum(sheet.height for sheet, _ in tables)
    for at, (sheet, header) in enumerate(tables):
        reader = _PersonReader(at, sheet, header, policy, departments, phone_key)
        noted = Noted()
        for number, cells in table_rows(sheet, header, noted, key="employee_no", named="name"):
            if progress is not None and number % _TICK == 0:
                progress(number, height)
            try:
                employee_no = reader.number(cells)
                # Noted before anything else is read: a bad row still takes its number.
                doubles.number(at, number, employee_no)
                qqs = reader.qqs(cells)
                person = reader.person(number, employee_no, qqs, cells)
                noted.check_whole(number)
                roster.people.append(person)
                doubles.qqs(person, is_here=is_here(person, day))
            except CellFault as reason:
                noted.faults.append(RowFault(number, str(reason)))
        for key in reader.said:
            noted.said[key] = reader.said[key]
        where = FILE_FAULTS["in_sheet"].format(name=sheet.name, where="") if len(tables) > 1 else ""
        roster.columns.append(reader.columns())
        roster.faults += [RowFault(row, where + reason) for row, reason in noted.faults]
        roster.notes += [where + line for line in noted.lines()]
        roster.doubts += reader.doubts
    roster.people, roster.seen = doubles.settled(roster.people), set(doubles.numbers)
    roster.notes += doubles.notes()
    roster.stop = doubles.stop() or _nothing(roster)
    return roster


def _nothing(roster: Roster) -> str | None:
    if roster.people:
        return None
    if not roster.faults:
        return FILE_FAULTS["no_rows"]
    first = roster.faults[0]
    return FILE_FAULTS["all_bad"].format(count=len(roster.faults), row=first.row, reason=first.reason)


class _PersonReader:
    """Reads one sheet's rows. Departments and statuses repeat, so what they mean is remembered."""

    def __init__(
        self,
        at: int,
        sheet: Sheet,
        header: Header,
        policy: Policy,
        departments: DepartmentReader,
        phone_key: bytes,
    ) -> None:
        self._sheet, self._header, self._number = sheet, header, at
        self._at = header.columns
        self._epoch = sheet.epoch
        self._dates = [(header.columns.get(name), FIELDS[name]) for name in DATES]
        self._names = policy.departments
        self._key = phone_key
        self._statuses = status_words(policy.registry.status_words)
        if header_key(header.called.get("status", "")) == "是否在职":
            self._statuses = self._statuses | YES_NO
        self._known_departments = departments
        self._departments: dict[object, tuple[tuple[str, ...], frozenset[str]]] = {}
        self._titles = frozenset(name_key(title) for title in policy.departments.head_titles)
        self._heads: dict[tuple[str, str], bool] = {}
        self._title_of: dict[object, str] = {}
        self._status_of: dict[object, str] = {}
        self._truth_of: dict[object, bool] = {}
        self._left_sheet = says_left(sheet.name)
        self.said: dict[str, list[int]] = {}
        self.doubts: list[str] = []
        if not {"status", "departed_on"} & header.columns.keys():
            self.doubts += title_says_left(sheet, header)

    def columns(self) -> frozenset[str]:
        """Return the fields that the sheet speaks of."""
        told = frozenset(self._at)
        if "title" in told:
            told |= {"is_head"}
        return told | {"also_in"} if "several" in self.said else told

    def number(self, cells: Sequence[object]) -> str:
        """Return the employee number of one row. Raises `CellFault`."""
        return read.number(cells[self._at["employee_no"]], FIELDS["employee_no"])

    def qqs(self, cells: Sequence[object]) -> tuple[int, ...]:
        """Return the QQ numbers of one row. Raises `CellFault`."""
        return read.qq_numbers(self._cell(cells, "qq"))

    def person(self, row: int, number: str, qqs: tuple[int, ...], cells: Sequence[object]) -> Person:
        """Return the person of one row. Raises `CellFault` with the first reason why not."""
        name = self._name(self._cell(cells, "name"))
        own = cells[self._at["employee_no"]]
        if number is not own and read.is_guarded(own):
            self._say("guarded", row)
        departments = self._department(self._department_cell(cells), "department", row)
        title = self._title(self._cell(cells, "title"))
        hired_on, regularized_on, departed_on, handover_on = self._days(row, cells)
        person = Person(
            row,
            number,
            name,
            departments[0],
            self._status(self._cell(cells, "status")),
            title,
            self._is_head(cells, departments[0], title),
            qqs,
            self._phone(row, number, self._cell(cells, "phone")),
            hired_on,
            regularized_on,
            departed_on,
            handover_on,
            self._also_in(self._cell(cells, "also_in"), departments, row),
            self._number,
        )
        if person.departed_on is None and person.status != Status.DEPARTED.value:
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

    def _cell(self, cells: Sequence[object], name: str) -> object:
        place = self._at.get(name)
        return "" if place is None else cells[place]

    def _name(self, cell: object) -> str:
        name = read.words(cell, FIELDS["name"], _LIMITS["name"], required=True)
        if _SUSPECT.search(name) is None:
            return name
        if not name_key(name):
            raise read.fault("missing", field=FIELDS["name"])
        if lost_characters(name):
            raise read.fault("lost", field=FIELDS["name"], value=read.shown(name))
        if is_vacancy(name):
            raise read.fault("vacant", value=read.shown(name))
        if name.replace(".", "").isdecimal():
            raise read.fault("digits", value=read.shown(name))
        word = status_in(name, self._statuses)
        if word is not None:
            raise read.fault("status_in_name", value=read.shown(name), word=read.shown(word))
        return name

    def _days(self, row: int, cells: Sequence[object]) -> list[date | None]:
        found: list[date | None] = []
        for place, label in self._dates:
            cell = "" if place is None else cells[place]
            value = None if cell == "" else read.day(cell, label, self._epoch)
            if value is None and cell != "" and read.is_blank_day(cell):
                self._say("blank_date", row)
            found.append(value)
        return found

    def _department_cell(self, cells: Sequence[object]) -> object:
        levels = self._header.levels
        if not levels:
            return cells[self._at["department"]]
        return "/".join(
            text for at in levels if (text := read.as_text(cells[at])) and text not in read.NOTHING
        )

    def _department(self, cell: object, name: str, row: int) -> tuple[str, ...]:
        known = self._departments.get(cell)
        if known is None:
            known = self._departments[cell] = self._read_department(cell, name)
        for key in known[1]:
            self._say(key, row)
        return known[0]

    def _read_department(self, cell: object, name: str) -> tuple[tuple[str, ...], frozenset[str]]:
        limit = _LIMITS["department"]
        lines = cell.strip().replace("\r\n", "\n") if isinstance(cell, str) else cell
        parts = lines.split("\n") if isinstance(lines, str) and len(lines) < 10_000 else [lines]
        text = "\n".join(
            one
            for part in parts
            if (one := read.words(read.line_of(part), FIELDS[name], limit, required=len(parts) == 1))
        )
        if lost_characters(text):
            raise read.fault("lost", field=FIELDS[name], value=read.shown(text))
        try:
            paths, said = self._known_departments.several(text)
        except SeveralError:
            raise read.fault("several", value=read.shown(text)) from None
        if not paths or not all(department_key(part) for path in paths for part in path.split("/")):
            raise read.fault("missing", field=FIELDS[name])
        if max(map(len, paths)) > limit:
            raise read.fault("too_long", field=FIELDS[name], limit=limit)
        return paths, said

    def _also_in(self, cell: object, own: tuple[str, ...], row: int) -> tuple[str, ...]:
        if cell == "":
            return own[1:]
        text = read.as_text(cell)
        if not text or text.casefold() in read.NOTHING:
            return own[1:]
        if len(text) > 4000:
            raise read.fault("many")
        parts = [part for part in read.SEVERAL.split(text) if part.strip()]
        paths = dict.fromkeys(path for part in parts for path in self._department(part, "also_in", row))
        return tuple(path for path in dict.fromkeys((*own[1:], *paths)) if path != own[0])

    def _title(self, cell: object) -> str:
        known = self._title_of.get(cell)
        if known is None:
            known = read.words(read.line_of(cell), FIELDS["title"], _LIMITS["title"])
            self._title_of[cell] = known
        return known

    def _status(self, cell: object) -> str:
        known = self._status_of.get(cell)
        if known is None:
            text = read.as_text(cell)[:100]
            if text in read.ERRORS:
                raise read.fault("excel_error", field=FIELDS["status"], value=text)
            found = self._statuses.get(word_key(text))
            if text and found is None and text.casefold() not in read.NOTHING:
                raise read.fault("status", value=read.shown(text))
            known = self._status_of[cell] = found.value if found is not None else ""
        return known

    def _phone(self, row: int, number: str, cell: object) -> str | None:
        digits = "" if cell == "" else read.phone_digits(cell)
        if digits is None:
            self._say("no_phone", row)
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
