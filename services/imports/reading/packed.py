"""A roster as read, packed: so it comes from the process that read it, and is kept until it is settled."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from services.imports.packing import pack, parts
from services.imports.reading.noted import RowFault
from services.imports.reading.person import Person, Roster


def pack_rows(roster: Roster) -> bytes:
    """Return a roster as read, to be kept until it is settled."""
    return pack(
        {
            "columns": [sorted(columns) for columns in roster.columns],
            "faults": roster.faults,
            "notes": roster.notes,
            "doubts": roster.doubts,
            "seen": sorted(roster.seen - {person.employee_no for person in roster.people}),
            "people": roster.people,
        }
    )


def unpack_rows(data: bytes) -> Roster:
    """Return what `pack_rows` was given."""
    roster = Roster()
    days = _Days()
    shared: dict[str, str] = {}
    for name, part in parts(data):
        if name == "people":
            roster.people += _people(part, days, shared)
        elif name == "columns":
            # A preview kept by an earlier version speaks of one sheet.
            sheets = [part] if part and isinstance(part[0], str) else part
            roster.columns += map(frozenset[str], sheets)
        elif name == "faults":
            roster.faults += [RowFault(*row) for row in part]
        elif name == "seen":
            roster.seen.update(part)
        else:
            getattr(roster, name).extend(part)
    roster.seen.update(person.employee_no for person in roster.people)
    return roster


class _Days(dict[str | None, date | None]):
    """Dates by ISO text: a company hires on few days and has many people."""

    def __missing__(self, text: str | None) -> date | None:
        day = self[text] = None if text is None else date.fromisoformat(text)
        return day


def _people(rows: list[list[Any]], days: _Days, shared: dict[str, str]) -> Iterator[Person]:
    """Give people; what many share is kept once."""
    once = shared.setdefault
    if rows and len(rows[0]) < len(Person._fields):
        rows = [[*row, 0] for row in rows]
    for (
        row,
        no,
        name,
        department,
        status,
        title,
        head,
        qqs,
        phone,
        hired,
        regular,
        left,
        handed,
        also,
        at,
    ) in rows:
        yield Person(
            row, no, name, once(department, department), once(status, status), once(title, title), head,
            tuple(qqs), phone, days[hired], days[regular], days[left], days[handed], tuple(also), at,
        )  # fmt: skip
