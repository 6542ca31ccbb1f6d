"""Employees whom a roster doesn't name, and sources that contradict each other: reported, or acted upon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from config.phrases.imports import DIFF_NOTES
from regulation.cards.names import name_key
from regulation.policy import Policy
from services.imports.changes import CATEGORIES, Diff, Note
from services.imports.known import Known, KnownPerson
from services.imports.reading.person import Roster
from services.imports.sources.model import name_of
from services.imports.sources.standing import LISTED, Standing


@dataclass(slots=True)
class Absent:
    """Finds who is at work by the database and not in a roster that lists everybody."""

    diff: Diff
    roster: Roster
    known: Known
    path: Callable[[str], str]
    day: date

    def find(self, policy: Policy, standing: Standing | None) -> None:
        """Report whom a whole company's roster doesn't have; depart them if so told."""
        if standing is not None:
            self._of_source(standing)
            return
        unread = set(map(name_key, self.roster.unnumbered))
        for number, old in self._absent():
            if name_key(old.name) in unread:
                self._keep_namesake(number, old)
            else:
                self._take(number, old, departs=policy.registry.missing_means_departed)

    def _of_source(self, standing: Standing) -> None:
        """Depart whom a directory had and has no more; only report whom it never had, or who may be there."""
        added = {person.employee_no for person in self.diff.added}
        for number, old in self._absent():
            other = standing.others.get(number)
            if now := standing.renumbered.get(number):
                self._note("renumbered", number, old, DIFF_NOTES["renumbered"].format(now=now))
                if now in added:
                    text = DIFF_NOTES["another_number"].format(old=number, new=now)
                    self.diff.alter(number, old.name, partial(str, text))
            elif number in standing.renumbered:
                text = DIFF_NOTES["no_number"].format(department=self.path(old.department))
                self._note("missing", number, old, text)
            elif standing.said.get(number) not in LISTED:
                if other is None:
                    self._take(number, old, departs=False)
            elif other is not None:
                names = {"source": name_of(standing.source), "other": name_of(other)}
                self._note("overruled", number, old, DIFF_NOTES["still_listed"].format(**names))
            elif number in standing.missed:
                self._keep_namesake(number, old)
            else:
                self._take(number, old, departs=standing.departs)

    def _keep_namesake(self, number: str, old: KnownPerson) -> None:
        text = DIFF_NOTES["same_name"].format(department=self.path(old.department))
        self._note("missing", number, old, text)

    def _absent(self) -> list[tuple[str, KnownPerson]]:
        return [
            (number, old)
            for number, old in sorted(self.known.people.items())
            if number not in self.roster.seen and not (old.departed_on and old.departed_on <= self.day)
        ]

    def _take(self, number: str, old: KnownPerson, *, departs: bool) -> None:
        if departs and old.departed_on is None:
            self.diff.updates.append((number, {"departed_on": self.day}))
            self.diff.touched.add(number)
            self._note(
                "departed", number, old, DIFF_NOTES["missing_departed"].format(day=self.day.isoformat())
            )
        else:
            self._note("missing", number, old, self.path(old.department))

    def _note(self, category: str, number: str, old: KnownPerson, text: str) -> None:
        self.diff.note(category, number, old.name, lambda: text)


def overrule(diff: Diff, other: Diff, standing: Standing) -> None:
    """Say what a source's rows would change of people for whom another source speaks before it."""
    for category in CATEGORIES:
        for note in other.people[category]:
            diff.note("overruled", note.employee_no, note.name, partial(_overruled, note, standing))
    diff.noted["overruled"] += sum(other.noted.values()) - sum(map(len, other.people.values()))


def _overruled(note: Note, standing: Standing) -> str:
    winner = name_of(standing.others[note.employee_no])
    said = {"source": name_of(standing.source), "text": note.text, "winner": winner}
    return DIFF_NOTES["overruled"].format(**said)
