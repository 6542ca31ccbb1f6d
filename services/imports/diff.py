"""A roster against the database: what it would change, computed before anything is.

Pure. Dates that say when the program learned of something are set when the diff is written.
Where chat or terminal said something else, the record with the later effective date wins: a
roster's undated word is effective on the day of its import, and an equal date keeps what chat said.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from config.phrases.imports import DIFF_NOTES, ROW_FAULTS
from db.queries.people.employees import Move
from db.queries.people.words import Word, row_of
from regulation.cards.names import name_key
from regulation.model import Status
from regulation.policy import Policy
from services.imports.absent import Absent, overrule
from services.imports.categories import Words, category_of
from services.imports.changes import Diff, agrees, said_of_new, stays
from services.imports.known import Known, KnownPerson
from services.imports.reading.noted import RowFault
from services.imports.reading.person import Person, Roster, is_here, rehired_since, settled
from services.imports.reading.words.departments import DepartmentReader
from services.imports.sources.standing import Standing

_STALE = timedelta(days=60)
# Columns that are merely compared, and the header each goes by.
_PLAIN = (
    ("title", "title"), ("is_head", "is_head"), ("hired_on", "hired_on"),
    ("regularized_on", "regularized_on"), ("phone_hash", "phone"),
)  # fmt: skip


def compare(
    roster: Roster, known: Known, policy: Policy, day: date, *, full: bool, standing: Standing | None = None
) -> Diff:
    """Return what `roster`, imported on `day`, would change of what is `known`.

    `standing`: how the source that it comes from stands to others; None: somebody brought it.
    """
    path = DepartmentReader(policy.departments, policy.company).path
    above = standing.above if standing is not None else frozenset[str]()
    comparing, overruled = (_Comparing(roster, known, path, day) for _ in range(2))
    for person in roster.people:
        (overruled if person.employee_no in above else comparing).take(person)
    comparing.move_qqs()
    diff = comparing.diff
    diff.listed = list(comparing.taken | overruled.taken)
    if full:
        Absent(diff, roster, known, path, day).find(policy, standing)
    if standing is not None:
        overrule(diff, overruled.diff, standing)
    diff.faults = sorted([*roster.faults, *diff.faults])
    return diff


class _Comparing:
    def __init__(self, roster: Roster, known: Known, path: Callable[[str], str], day: date) -> None:
        self.diff = Diff()
        self._roster = roster
        self._known = known
        self._path = path
        self._day = day
        self._plainly = [_plainly(columns) for columns in roster.columns]
        self._listed: dict[int, Person] = {}
        self.taken: dict[str, Person] = {}
        # Whom the roster or the database says to have left, once it is applied.
        self._left: dict[str, bool] = {}
        self._leaving_without_qq: set[str] = set()

    def take(self, person: Person) -> None:
        """Compare one row with its employee."""
        old = self._known.people.get(person.employee_no)
        if old is None and person.employee_no not in self._known.same:
            self.diff.added.append(new := settled(person, self._day))
            self._note("added", person, lambda: said_of_new(new))
        elif old is not None:
            self._compare(person, old)
        self.taken[person.employee_no] = person
        for qq in person.qqs:
            self._listed[qq] = person

    def _compare(self, person: Person, old: KnownPerson) -> None:
        changes = self._plain(person, old)
        words = old.words
        departure = said = self._departure(person, old)
        if departure != old.departed_on and self._chat_wins(words, "status", departure or self._day):
            self._conflict(person, old, "status", departure, kept=True)
            departure = old.departed_on
        elif "status" in words and departure != old.departed_on:
            self._conflict(person, old, "status", departure, kept=False)
            del words["status"]
        elif "status" in words and agrees(person, departure):
            del words["status"]
        if departure != old.departed_on:
            changes["departed_on"] = departure
        self._left[person.employee_no] = self._is_gone(departure)
        if not person.qqs and (departure or said):
            self._leaving_without_qq.add(person.employee_no)
        moved = self._department(person, old, changes, words, gone=self._is_gone(departure))
        done = self._handover(person, old)
        if words != old.words:
            changes["decided"] = row_of(words) or None
            changes["decided_on"] = max((word.on for word in words.values()), default=None)
        if changes or moved or done:
            self._file(person, old, changes, moved=moved, done=done)

    def _plain(self, person: Person, old: KnownPerson) -> dict[str, Any]:
        says = self._says(person)
        changes: dict[str, Any] = {}
        if person.name != old.name:
            changes["name"] = person.name
            if name_key(person.name) != name_key(old.name):
                self._alter(person, "another_name", old=old.name, new=person.name)
        for name, place, was in self._plainly[person.sheet]:
            if person[place] != old[was]:
                changes[name] = person[place]
        if "also_in" in says and person.also_in != tuple(map(self._path, old.also_in)):
            changes["also_in"] = list(person.also_in)
        if "status" in says and person.status != Status.DEPARTED.value:
            employment = person.status or Status.REGULAR.value
            if employment != old.employment:
                changes["employment"] = employment
        return changes

    def _departure(self, person: Person, old: KnownPerson) -> date | None:
        """Return the departure date after this row; a column that is missing says nothing."""
        if person.departed_on is not None:
            return None if rehired_since(person, self._day) else person.departed_on
        if person.status == Status.DEPARTED.value:
            before = old.departed_on
            return before if before is not None and before <= self._day else self._day
        says = self._says(person)
        if "departed_on" in says:
            return None
        if "status" in says and self._is_gone(old.departed_on):
            return None
        return old.departed_on

    def _says(self, person: Person) -> frozenset[str]:
        return self._roster.columns[person.sheet]

    def _is_gone(self, departure: date | None) -> bool:
        return departure is not None and departure <= self._day

    def _chat_wins(self, words: Mapping[str, Word], about: str, effective: date) -> bool:
        word = words.get(about)
        return word is not None and effective <= word.on

    def _department(
        self,
        person: Person,
        old: KnownPerson,
        changes: dict[str, Any],
        words: dict[str, Word],
        *,
        gone: bool,
    ) -> bool:
        """Note a change of department; return whether it opens a transfer (a renaming doesn't)."""
        was = self._path(old.department)
        if person.department != was and self._chat_wins(words, "department", self._day):
            self._conflict(person, old, "department", person.department, kept=True)
            return False
        if "department" in words:
            if person.department != was:
                self._conflict(person, old, "department", person.department, kept=False)
            del words["department"]
        if person.department != old.department:
            changes["department"] = person.department
        if person.department == was or gone:
            return False
        handover_on = self._fresh(person, old, self._day)
        self._alter(person, "move", old=was, new=person.department)
        self.diff.opened.append((person.employee_no, was, person.department, handover_on))
        return True

    def _fresh(self, person: Person, old: KnownPerson, since: date) -> date | None:
        """Return the row's handover date unless it is that of an earlier transfer."""
        on = person.handover_on
        if on is None:
            return None
        moves = self._known.moves.get(old.employee_no, ())
        past = {move.handover_on for move in moves if not self._is_open(move)}
        return None if on in past or on < since - _STALE else on

    def _is_open(self, move: Move) -> bool:
        return move.handover_on is None or move.handover_on > self._day

    def _handover(self, person: Person, old: KnownPerson) -> bool:
        """Complete the open transfers with the row's handover date; return whether there were any."""
        done = False
        for move in self._known.moves.get(old.employee_no, ()) if person.handover_on else ():
            on = self._fresh(person, old, move.since)
            if self._is_open(move) and on is not None and on != move.handover_on:
                self.diff.completed.append((move.id, on))
                done = True
        return done

    def _file(
        self, person: Person, old: KnownPerson, changes: dict[str, Any], *, moved: bool, done: bool
    ) -> None:
        """Put the change under what it is first of all, and keep it for writing."""
        self.diff.touched.add(person.employee_no)
        if changes:
            self.diff.updates.append((person.employee_no, changes))
        before = self._path(old.department) if moved else ""
        category, words = category_of(person, old, changes, self._is_gone(old.departed_on), before, done=done)
        if category:
            self._note(category, person, words)

    def _conflict(
        self, person: Person, old: KnownPerson, about: str, roster_says: object, *, kept: bool
    ) -> None:
        if about == "status":
            ours = stays(old.departed_on)
            theirs = stays(roster_says if isinstance(roster_says, date) else None)
        else:
            ours, theirs = self._path(old.department), str(roster_says)
        text = DIFF_NOTES["chat_wins" if kept else "roster_wins"].format(chat=ours, roster=theirs)
        self._note("conflict", person, lambda: text)

    def move_qqs(self) -> None:
        """Bind and unbind QQ numbers as the roster's column says, where it has one.

        Who leaves, if only by the roster, keeps theirs where the cell is empty: by it they are found in the
        groups.
        """
        had = {number for number, _ in self._known.bound.values()}
        for qq, person in self._listed.items():
            if qq not in self._known.held:
                self._bind(qq, person, had_another=person.employee_no in had)
        unbound = {qq for qq, _ in self.diff.unbound}
        for qq, (holder, method) in sorted(self._known.bound.items()):
            person = self.taken.get(holder)
            if person is None or "qq" not in self._says(person) or qq in self._listed:
                continue
            if method == "roster" and qq not in unbound and holder not in self._leaving_without_qq:
                self._unbind(qq, holder)
                self._alter(person, "lost_qq", qq=qq)

    def _bind(self, qq: int, person: Person, *, had_another: bool) -> None:
        holder, method = self._known.bound.get(qq, (None, ""))
        if holder == person.employee_no:
            return
        if holder is not None and (fault := self._contested(holder, method, person)):
            self._fault(person, fault, qq=qq)
            claim = (qq, holder, person.employee_no)
            if is_here(person, self._day) and claim not in self._known.claims:
                self.diff.contested.append(claim)
                self._alter(person, "contested", qq=qq)
            return
        if holder is not None:
            self._unbind(qq, holder, to=person)
        self.diff.bound.append((qq, person.employee_no))
        if self._is_known(person.employee_no):
            self.diff.touched.add(person.employee_no)
            self._note("qq_added", person, lambda: str(qq))
            if holder is not None or had_another or any(other in self._known.held for other in person.qqs):
                self._alter(person, "another_qq", qq=qq)

    def _contested(self, holder: str, method: str, person: Person) -> str:
        """Return why a roster may not take a QQ from its holder, or "" where it may.

        Of one who left and one who is at work the QQ is the latter's. What its holder proved, or admin
        staff recorded, a roster takes only for the same person, hired again under a new number.
        """
        known = self._known.people.get(holder)
        left = self._left.get(holder, known is not None and self._is_gone(known.departed_on))
        if not is_here(person, self._day):
            return "" if left and method == "roster" else "qq_at_work"
        same = known is not None and left and name_key(known.name) == name_key(person.name)
        return "" if method == "roster" or same else "qq_taken"

    def _unbind(self, qq: int, holder: str, *, to: Person | None = None) -> None:
        self.diff.unbound.append((qq, holder))
        self.diff.touched.add(holder)
        named = self.taken.get(holder) or self._known.people.get(holder)
        text = str(qq)
        if to is not None:
            text = DIFF_NOTES["qq_passes"].format(qq=qq, name=to.name, no=to.employee_no)
        self.diff.note("qq_removed", holder, named.name if named is not None else holder, lambda: text)

    def _is_known(self, number: str) -> bool:
        return number in self._known.same or number in self._known.people

    def _note(self, category: str, person: Person, words: Words) -> None:
        self.diff.note(category, person.employee_no, person.name, words)

    def _alter(self, person: Person, key: str, **fields: object) -> None:
        self.diff.alter(person.employee_no, person.name, lambda: DIFF_NOTES[key].format(**fields))

    def _fault(self, person: Person, key: str, **fields: object) -> None:
        self.diff.faults.append(RowFault(person.row, ROW_FAULTS[key].format(**fields)))


def _plainly(columns: frozenset[str]) -> list[tuple[str, int, int]]:
    """Return the columns to compare as they are: name, place in a roster's row, place in the database's."""
    names = [name for name, column in _PLAIN if column in columns]
    return [(name, Person._fields.index(name), KnownPerson._fields.index(name)) for name in names]
