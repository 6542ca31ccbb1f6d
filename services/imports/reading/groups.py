"""From a register's rows to groups: what each row says, before anybody in it is looked up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from config.phrases.imports import CELL_FAULTS, FIELDS, FILE_FAULTS, ROW_FAULTS
from regulation.model import Kind
from regulation.policy import Mode
from services.imports.packing import pack, unpack
from services.imports.reading.files.sheet import Sheet
from services.imports.reading.noted import CellFault, Noted, RowFault
from services.imports.reading.tables.columns import Header
from services.imports.reading.tables.table import table_rows
from services.imports.reading.words import cells as read
from services.imports.reading.words import dates

NOBODY = "无"
_LIMITS = {"name": 300, "purpose": 2000, "scope": 4000, "department": 400, "issue": 2000}


class GroupRow(NamedTuple):
    """One row. None: the column is missing or the cell empty. `admins` (): explicitly nobody."""

    row: int
    group_id: int
    scope: str
    name: str | None
    purpose: str | None
    established_on: date | None
    owner: str | None
    admins: tuple[str, ...] | None
    department: str | None
    kind: str | None
    issue: str | None
    ends_on: date | None
    mode: str | None


@dataclass(slots=True)
class Register:
    """A register as read. `columns`: the fields that the file speaks of; `notes`, `stop`: as of a roster."""

    columns: frozenset[str]
    groups: list[GroupRow] = field(default_factory=list[GroupRow])
    faults: list[RowFault] = field(default_factory=list[RowFault])
    notes: list[str] = field(default_factory=list[str])
    stop: str | None = None


def read_groups(tables: Sequence[tuple[Sheet, Header]]) -> Register:
    """Read every row of a register."""
    register = Register(frozenset(name for _, header in tables for name in header.columns))
    rows_of: dict[int, list[int]] = {}
    for sheet, header in tables:
        noted = Noted()
        for number, cells in table_rows(sheet, header, noted, key="group_id"):
            try:
                row = _group(number, {name: cells[at] for name, at in header.columns.items()}, sheet.epoch)
                noted.check_whole(number)
            except CellFault as reason:
                noted.faults.append(RowFault(number, str(reason)))
                continue
            rows_of.setdefault(row.group_id, []).append(number)
            register.groups.append(row)
        register.faults += noted.faults
        register.notes += noted.lines()
    register.stop = _stop(rows_of, register.groups, register.faults)
    return register


def _stop(rows_of: dict[int, list[int]], groups: list[GroupRow], faults: list[RowFault]) -> str | None:
    doubles = [
        FILE_FAULTS["double_group"].format(group=group, first=rows[0], second=rows[1])
        for group, rows in rows_of.items()
        if len(rows) > 1
    ]
    if doubles:
        more = FILE_FAULTS["and_more"].format(count=len(doubles)) if len(doubles) > 5 else ""
        return FILE_FAULTS["stopped"].format(reason="；".join(doubles[:5]) + more)
    if groups:
        return None
    if not faults:
        return FILE_FAULTS["no_rows"]
    first = faults[0]
    return FILE_FAULTS["all_bad"].format(count=len(faults), row=first.row, reason=first.reason)


def _group(row: int, cells: dict[str, object], epoch: date) -> GroupRow:
    return GroupRow(
        row=row,
        group_id=_group_id(cells["group_id"]),
        scope=_words(cells, "scope", required=True) or "",
        name=_words(cells, "name", label="group_name"),
        purpose=_words(cells, "purpose"),
        established_on=dates.day(cells.get("established_on", ""), FIELDS["established_on"], epoch),
        owner=_person(cells.get("owner", "")),
        admins=_admins(cells.get("admins", "")),
        department=_words(cells, "department"),
        kind=_choice(cells.get("kind", ""), Kind, "kind"),
        issue=_words(cells, "issue"),
        ends_on=dates.day(cells.get("ends_on", ""), FIELDS["ends_on"], epoch),
        mode=_choice(cells.get("mode", ""), Mode, "mode"),
    )


def _words(cells: dict[str, object], name: str, *, label: str = "", required: bool = False) -> str | None:
    cell = read.line_of(cells.get(name, ""))
    return read.words(cell, FIELDS[label or name], _LIMITS[name], required=required) or None


def _group_id(cell: object) -> int:
    text = read.number(cell, FIELDS["group_id"])
    if not text.isascii() or not text.isdecimal() or not 5 <= len(text.lstrip("0")) <= 11:
        raise CellFault(ROW_FAULTS["group"].format(value=read.shown(text)))
    return int(text)


def _person(cell: object) -> str | None:
    text = read.as_text(cell)
    if not text or text.casefold() in read.NOTHING:
        return None
    if len(text) > 80:
        raise CellFault(ROW_FAULTS["owner"].format(value=read.shown(text)))
    return read.number(cell, FIELDS["owner"], 80)


def _admins(cell: object) -> tuple[str, ...] | None:
    text = read.as_text(cell)
    if not text:
        return None
    if text.casefold() in read.NOTHING:
        return ()
    parts = read.listed(cell)
    if any(len(part) > 80 for part in parts):
        raise CellFault(CELL_FAULTS["many"])
    return tuple(dict.fromkeys(read.number(part, FIELDS["admins"], 80) for part in parts))


def _choice(cell: object, choices: type[Kind] | type[Mode], name: str) -> str | None:
    text = "".join(read.as_text(cell).split())
    if not text or text.casefold() in read.NOTHING:
        return None
    found = next((choice.value for choice in choices if choice.value.casefold() == text.casefold()), None)
    if found is None:
        raise CellFault(ROW_FAULTS[name].format(value=read.shown(text)))
    return found


def pack_rows(register: Register) -> bytes:
    """Return a register as read, to be kept until it is settled."""
    columns = sorted(register.columns)
    return pack(
        {"columns": columns, "groups": register.groups, "faults": register.faults, "notes": register.notes}
    )


def unpack_rows(data: bytes) -> Register:
    """Return what `pack_rows` was given."""
    kept = unpack(data)
    faults = [RowFault(*row) for row in kept["faults"]]
    groups = [_row(row) for row in kept["groups"]]
    return Register(frozenset(kept["columns"]), groups, faults, kept.get("notes", []))


def _row(values: list[Any]) -> GroupRow:
    found = dict(zip(GroupRow._fields, values, strict=True))
    for name in ("established_on", "ends_on"):
        found[name] = None if found[name] is None else date.fromisoformat(found[name])
    found["admins"] = None if found["admins"] is None else tuple(found["admins"])
    return GroupRow(**found)
