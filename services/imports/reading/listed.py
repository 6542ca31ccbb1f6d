"""Rows of people that come from no file: what a directory lists, read as a roster's rows are."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from config.phrases.imports import FIELDS, FILE_FAULTS, READING
from services.imports.reading.cells import as_text
from services.imports.reading.columns import Header
from services.imports.reading.guard import ReadFile
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal, RowFault
from services.imports.reading.packed import pack_rows
from services.imports.reading.people import read_roster
from services.imports.reading.sheet import Row, Sheet

# Field of a roster (a key of `FIELDS`) → what the directory says: text, number, date or "".
Cells = Mapping[str, object]
_NAMED = 5


def read_rows(
    rows: Iterable[Cells], fields: Sequence[str], how: How, notes: Sequence[str] = ()
) -> ReadFile | Refusal:
    """Read rows as a roster file's are read; blocks. `fields`: what the rows speak of, all of them.

    A field that isn't in `fields` stays as it is in the registry; one that is, and is empty in a row, is
    emptied there. Needed are employee_no, name and department. Rows without a number are nobody's
    (machines, guests): they are named in the preview, and whoever has such a name is not absent.
    `notes`: what the preview is to say besides.
    """
    cells: list[Row] = []
    unnumbered: list[str] = []
    for row in rows:
        if as_text(row.get("employee_no")):
            cells.append((len(cells) + 1, [row.get(name, "") for name in fields]))
        else:
            unnumbered.append(as_text(row.get("name")))
    if not cells:
        return Refusal(FILE_FAULTS["no_rows"])
    sheet = Sheet(lambda: iter(cells), len(cells))
    header = Header("roster", 0, {name: at for at, name in enumerate(fields)})
    roster = read_roster([(sheet, header)], how.policy, how.phone_key, how.day)
    named = [_named(cells, fields, fault) for fault in roster.faults]
    if roster.stop is not None:
        return Refusal(roster.stop, tuple(named))
    roster.faults, roster.unnumbered = named, unnumbered
    roster.notes += notes
    if unnumbered:
        names = "、".join(unnumbered[:_NAMED])
        roster.notes.append(READING["unnumbered"].format(count=len(unnumbered), names=names))
    packed = pack_rows(roster)
    return ReadFile("roster", hashlib.sha256(packed).hexdigest(), packed)


def _named(cells: Sequence[Row], fields: Sequence[str], fault: RowFault) -> RowFault:
    """Say whose row can't be read: a directory's rows have no numbers that anybody could look up."""
    number = as_text(cells[fault.row - 1][1][fields.index("employee_no")])[:40]
    return RowFault(fault.row, f"{FIELDS['employee_no']} {number}：{fault.reason}")
