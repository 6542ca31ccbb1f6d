"""Files as personnel systems write them, and what is read of them."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from regulation.policy import Policy
from services.imports.reading.find import Found, read_file
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal
from services.imports.reading.person import Person, Roster

DAY = date(2026, 11, 28)
HEAD = ("工号", "姓名", "部门")
ZHANG = ("A001", "张三", "市场部")
Rows = Sequence[Sequence[object]]


def take(data: bytes, policy: Policy | None = None) -> Roster:
    found = read_file(data, How(None, policy or Policy(), b"key", DAY))
    assert isinstance(found, Found), found
    assert isinstance(found.content, Roster)
    return found.content


def refused(data: bytes) -> str:
    found = read_file(data, How(None, Policy(), b"key", DAY))
    assert isinstance(found, Refusal), found
    assert "\n" not in found.reason
    return found.reason


def book(sheets: Mapping[str, Rows] | Rows, *, merge: Sequence[str] = (), formats: Any = None) -> bytes:
    """Make an .xlsx. `formats`: cell → number format."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    for name, rows in named.items():
        sheet: Worksheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    first: Any = made.worksheets[0]
    for cell, code in (formats or {}).items():
        first[cell].number_format = code
    for area in merge:
        first.merge_cells(area)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def csv(*lines: str) -> bytes:
    return "\r\n".join((*lines, "")).encode()


def one(data: bytes, policy: Policy | None = None) -> Person:
    roster = take(data, policy)
    assert roster.faults == []
    assert len(roster.people) == 1
    return roster.people[0]


def reasons(data: bytes, policy: Policy | None = None) -> dict[int, str]:
    """Return the rows with faults, beside one good row."""
    roster = take(data, policy)
    return {fault.row: fault.reason for fault in roster.faults}
