"""Employee numbers and QQ numbers that two rows share."""

from collections.abc import Sequence
from typing import NamedTuple

from config.phrases.imports import FILE_FAULTS, NOTES
from services.imports.reading.cells import shown
from services.imports.reading.person import Person

_SHOWN = 5


class _Place(NamedTuple):
    sheet: int
    row: int


class Doubles:
    """Finds what two rows share. A number of two rows stops the import, as does a QQ of two at work.

    Of one who left and one who is at work, the QQ is the latter's: hired again under a new number.
    """

    def __init__(self, sheets: Sequence[str]) -> None:
        self.numbers: dict[str, _Place] = {}
        self._sheets = sheets
        self._qqs: dict[int, tuple[_Place, str, bool]] = {}
        self._loser: dict[int, str] = {}
        self._found: list[str] = []

    def number(self, sheet: int, row: int, number: str) -> None:
        """Note whose row this is."""
        here = _Place(sheet, row)
        first = self.numbers.setdefault(number, here)
        if first != here:
            self._say("double_no", first, here, no=shown(number))

    def qqs(self, person: Person, *, is_here: bool) -> None:
        """Note whose QQ numbers these are."""
        place = _Place(person.sheet, person.row)
        for qq in person.qqs:
            first, other, other_here = self._qqs.setdefault(qq, (place, person.employee_no, is_here))
            if other == person.employee_no:
                continue
            if other_here and is_here:
                self._say("double_qq", first, place, qq=qq)
            elif is_here:
                self._qqs[qq] = (place, person.employee_no, True)
                self._loser[qq] = other
            else:
                self._loser[qq] = person.employee_no

    def _say(self, key: str, first: _Place, second: _Place, **fields: object) -> None:
        where = {"first": self._where(first), "second": self._where(second)}
        self._found.append(FILE_FAULTS[key].format(**fields, **where))

    def _where(self, place: _Place) -> str:
        row = NOTES["row"].format(named=place.row)
        name = self._sheets[place.sheet]
        return FILE_FAULTS["in_sheet"].format(name=name, where=row) if len(self._sheets) > 1 else row

    def settled(self, people: list[Person]) -> list[Person]:
        """Return the people, those who left without the QQ numbers that others at work have now."""
        if not self._loser:
            return people
        return [
            person._replace(qqs=tuple(qq for qq in person.qqs if self._qqs[qq][1] == person.employee_no))
            for person in people
        ]

    def notes(self) -> list[str]:
        """Return what is to be said of QQ numbers that two rows had."""
        rows = "、".join(self._where(self._qqs[qq][0]) for qq in list(self._loser)[:_SHOWN])
        return [NOTES["twice"].format(rows=rows)] if self._loser else []

    def stop(self) -> str | None:
        """Return the reason to stop, the first few doubles named, or None."""
        if not self._found:
            return None
        more = FILE_FAULTS["and_more"].format(count=len(self._found)) if len(self._found) > _SHOWN else ""
        return FILE_FAULTS["stopped"].format(reason="；".join(self._found[:_SHOWN]) + more)
