"""One row of a register against the registry and the group's approved filing."""

import re
from dataclasses import dataclass, replace
from typing import Any

from config.phrases.imports import CELL_FAULTS, FIELDS, ROW_FAULTS
from db.queries.groups import filings
from db.queries.groups.filings import FilingRow
from db.queries.groups.last_seen import GroupRow as LastSeen
from regulation.groups.scope import read_scope, suggest, write_scope
from regulation.model import Employee, Filing, Kind, Scope
from services.app import App
from services.imports.reading.groups import GroupRow
from services.imports.reading.noted import CellFault
from services.imports.reading.words.cells import shown

_COMPARED = (
    "name", "purpose", "scope", "department", "owner_id", "admin_ids", "established_on", "kind", "issue",
    "ends_on",
)  # fmt: skip
_PREFIXED = re.compile(r"(qq|工号)[:：]?(.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for. `files`: a new approved filing; `sets_mode`: the group's mode changes."""

    group_id: int
    filing: Filing
    mode: str | None
    files: bool
    sets_mode: bool

    def changed(self, old: Filing) -> tuple[str, ...]:
        """Return the fields that differ from an earlier filing."""
        return tuple(name for name in _COMPARED if getattr(self.filing, name) != getattr(old, name))


def read_row(
    app: App,
    row: GroupRow,
    columns: frozenset[str],
    old_row: FilingRow | None,
    group: LastSeen | None,
) -> Wanted:
    """Return what a row asks for; columns that the file lacks keep what was filed.

    Raises `CellFault` for what the registry doesn't know, with a suggestion.
    """
    old = None if old_row is None else filings.as_filing(old_row)
    start = Filing("", None, None, None, Scope()) if old is None else old
    owner_id, owner = _owner(app, row.owner, group)
    says: dict[str, Any] = {
        "scope": _scope(app, row.scope, old),
        "name": row.name,
        "purpose": row.purpose or "",
        "established_on": row.established_on,
        "owner": owner_id,
        "admins": None if row.admins is None else frozenset(_admin(app, one) for one in row.admins),
        "kind": Kind(row.kind) if row.kind else Kind.QQ_GROUP,
        "issue": row.issue or "",
        "ends_on": row.ends_on,
    }
    fields = {"owner": "owner_id", "admins": "admin_ids"}
    told = {fields.get(name, name): value for name, value in says.items() if name in columns}
    filing = replace(start, **told, department=_department(app, row, owner, old))
    if filing.kind is Kind.DISCUSSION:
        filing = replace(filing, initiator_id=filing.initiator_id or filing.owner_id)
    else:
        filing = replace(filing, initiator_id=None)
    mode = row.mode if row.mode is not None else None
    sets_mode = mode is not None and (group is None or group.mode != mode)
    wanted = Wanted(row.group_id, filing, mode, files=True, sets_mode=sets_mode)
    return wanted if old is None else replace(wanted, files=bool(wanted.changed(old)))


def _scope(app: App, text: str, old: Filing | None) -> Scope:
    if old is not None and text == write_scope(old.scope):
        return old.scope
    reading = read_scope(text, app.registry)
    if reading.unknown:
        near = suggest(reading.unknown, app.registry)
        hint = ROW_FAULTS["near"].format(name=near[0]) if near else ""
        why = ROW_FAULTS["unknown_scope"].format(words="、".join(map(shown, reading.unknown[:5])), near=hint)
        raise CellFault(ROW_FAULTS["scope"].format(why=why))
    if reading.ambiguous:
        raise CellFault(_ambiguous(app, reading.ambiguous[0]))
    if reading.is_empty:
        raise CellFault(CELL_FAULTS["missing"].format(field=FIELDS["scope"]))
    return reading.scope


def _ambiguous(app: App, word: str) -> str:
    paths = "、".join(app.registry.tree.find(word)[:6])
    return ROW_FAULTS["ambiguous_department"].format(name=shown(word), paths=paths)


def _department(app: App, row: GroupRow, owner: Employee | None, old: Filing | None) -> str:
    """Return the owner's department: as the row says, else as the registry knows the owner."""
    text = row.department
    if text is None:
        if owner is not None:
            return owner.department if old is None or not old.department else old.department
        return old.department if old is not None else ""
    if old is not None and text == old.department:
        return text
    found = app.registry.tree.find(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise CellFault(_ambiguous(app, text))
    near = suggest([text], app.registry)
    hint = ROW_FAULTS["near"].format(name=near[0]) if near else ""
    raise CellFault(ROW_FAULTS["unknown_department"].format(name=shown(text), near=hint))


def _owner(app: App, text: str | None, group: LastSeen | None) -> tuple[int | None, Employee | None]:
    """Return the owner's QQ number and employee, either None where it isn't known."""
    if text is None:
        return None, None
    qq, employee = _who(app, text, "owner")
    if qq is not None:
        return qq, app.registry.employee_of(qq)
    if employee is None:
        raise CellFault(ROW_FAULTS["owner"].format(value=shown(text)))
    qqs = app.registry.qqs_of(employee.employee_no)
    live = group.owner_id if group is not None else None
    return (live if live in qqs else next(iter(sorted(qqs)), None)), employee


def _admin(app: App, text: str) -> int:
    qq, employee = _who(app, text, "admin")
    if qq is not None:
        return qq
    if employee is None:
        raise CellFault(ROW_FAULTS["admin"].format(value=shown(text)))
    qqs = app.registry.qqs_of(employee.employee_no)
    if not qqs:
        raise CellFault(ROW_FAULTS["admin_no_qq"].format(value=shown(text)))
    return min(qqs)


def _who(app: App, text: str, fault: str) -> tuple[int | None, Employee | None]:
    """Return the QQ number, or the employee, that a text means. Raises `CellFault` when it may be both."""
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed is not None and text not in app.registry.by_no:
        value = prefixed[2].strip()
        if prefixed[1].casefold() == "qq":
            return _as_qq(value), None
        return None, app.registry.by_no.get(value)
    employee = app.registry.by_no.get(text)
    qq = _as_qq(text)
    if employee is None:
        if qq is None:
            raise CellFault(ROW_FAULTS[fault].format(value=shown(text)))
        return qq, None
    holder = app.registry.employee_of(qq) if qq is not None else None
    if holder is not None and holder is not employee:
        raise CellFault(ROW_FAULTS["person_ambiguous"].format(value=shown(text)))
    return (qq, None) if holder is not None else (None, employee)


def _as_qq(text: str) -> int | None:
    digits = text.isascii() and text.isdecimal() and 5 <= len(text.lstrip("0")) <= 11
    return int(text) if digits else None
