"""Employee numbers and QQ numbers that two rows share."""

from collections.abc import Sequence
from datetime import date

from config.phrases.imports import FILE_FAULTS, NOTES
from services.imports.reading.person import Person, is_here
from services.imports.reading.words.cells import shown

_SHOWN = 5
# A sheet's place among those read, and the row.
_Place = tuple[int, int]


class Doubles:
    """Finds what two rows share. A number of two rows stops the import, as does a QQ of two at work.

    Of one who left and one who is at work on `day`, the QQ is the latter's: hired again under a new number.
    """

    def __init__(self, sheets: Sequence[str], day: date) -> None:
        self.numbers: dict[str, _Place] = {}
        self._sheets = sheets
        self._day = day
        self._qqs: dict[int, Person] = {}
        self._loser: dict[int, str] = {}
        self._found: list[str] = []

    def number(self, sheet: int, row: int, number: str) -> None:
        """Note whose row this is."""
        here = (sheet, row)
        first = self.numbers.setdefault(number, here)
        if first is not here:
            self._say("double_no", first, here, no=shown(number))

    def qqs(self, person: Person) -> None:
        """Note whose QQ numbers these are."""
        for qq in person.qqs:
            first = self._qqs.setdefault(qq, person)
            if first.employee_no != person.employee_no:
                self._settle(qq, first, person)

    def _settle(self, qq: int, first: Person, second: Person) -> None:
        if not is_here(second, self._day):
            self._loser[qq] = second.employee_no
        elif is_here(first, self._day):
            self._say("double_qq", _place(first), _place(second), qq=qq)
        else:
            self._qqs[qq] = second
            self._loser[qq] = first.employee_no

    def _say(self, key: str, first: _Place, second: _Place, **fields: object) -> None:
        where = {"first": self._where(first), "second": self._where(second)}
        self._found.append(FILE_FAULTS[key].format(**fields, **where))

    def _where(self, place: _Place) -> str:
        sheet, number = place
        row, name = NOTES["row"].format(named=number), self._sheets[sheet]
        return FILE_FAULTS["in_sheet"].format(name=name, where=row) if len(self._sheets) > 1 else row

    def settled(self, people: list[Person]) -> list[Person]:
        """Return the people, those who left without the QQ numbers that others at work have now."""
        if not self._loser:
            return people
        return [
            person._replace(qqs=tuple(qq for qq in person.qqs if self._is_of(qq, person)))
            for person in people
        ]

    def _is_of(self, qq: int, person: Person) -> bool:
        return self._qqs[qq].employee_no == person.employee_no

    def notes(self) -> list[str]:
        """Return what is to be said of QQ numbers that two rows had."""
        rows = "、".join(self._where(_place(self._qqs[qq])) for qq in list(self._loser)[:_SHOWN])
        return [NOTES["twice"].format(rows=rows)] if self._loser else []

    def stop(self) -> str | None:
        """Return the reason to stop, the first few doubles named, or None."""
        if not self._found:
            return None
        more = FILE_FAULTS["and_more"].format(count=len(self._found)) if len(self._found) > _SHOWN else ""
        return FILE_FAULTS["stopped"].format(reason="；".join(self._found[:_SHOWN]) + more)


def _place(person: Person) -> _Place:
    return person.sheet, person.row
