"""Taking over an existing register of groups, and writing it out again.

A register's rows become approved filings, through the same preview, confirmation and undo as a
roster: see `services.imports.apply`. Reality is compared with them at the next reading.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.phrases.registry import FILING_FIELDS
from db.engine import Transaction
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from db.queries.groups import register as rows
from db.queries.groups.filings import FilingRow
from db.queries.groups.last_seen import GroupRow as LastSeen
from db.values import as_json
from regulation.groups.filing import number
from regulation.groups.scope import write_scope
from regulation.model import Filing, FilingState, Scope
from services import followup
from services.app import App
from services.filing.today import as_called
from services.imports.changes import Note
from services.imports.model import Planned
from services.imports.packing import pack, unpack
from services.imports.reading.groups import NOBODY, GroupRow, Register, unpack_rows
from services.imports.reading.noted import CellFault, RowFault
from services.imports.register.wanted import Wanted, read_row

REGISTER_COLUMNS: tuple[str, ...] = (
    "群号", "群名称", "类型", "用途", "成员范围", "成立日期", "群主", "管理员", "部门", "议题", "截止",
    "模式", "备案编号",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPlan(Planned):
    """What a register would file. `known`: those of its groups that were seen."""

    wanted: list[Wanted]
    known: Mapping[int, LastSeen]


async def plan(
    app: App, tx: Transaction, register: Register, day: date, *, full: bool, source: str | None = None
) -> RegisterPlan:
    """Return what this register would change now; no group is closed for missing, and no source has one."""
    del day, full, source
    ids = [row.group_id for row in register.groups]
    approved = {row.group_id: as_called(app, row) for row in await filings.approved_rows(tx)}
    known = await group_rows.get_many(tx)
    faults = list(register.faults)
    wanted: list[Wanted] = []
    people: dict[str, list[Note]] = {"added": [], "changed": []}
    for row in register.groups:
        old = approved.get(row.group_id)
        try:
            one = read_row(app, row, register.columns, old, known.get(row.group_id))
        except CellFault as reason:
            faults.append(RowFault(row.row, str(reason)))
            continue
        if one.files or one.sets_mode:
            wanted.append(one)
            people["added" if old is None else "changed"].append(
                _note(row, one, old, known.get(row.group_id))
            )
    return RegisterPlan(
        counts={name: len(notes) for name, notes in people.items()} | {"errors": len(faults)},
        faults=sorted(faults),
        people=people,
        signature=_hash(wanted),
        notes=tuple(register.notes),
        wanted=wanted,
        known={group_id: known[group_id] for group_id in ids if group_id in known},
    )


def _hash(wanted: list[Wanted]) -> str:
    return hashlib.sha256(repr(wanted).encode("utf-8", "backslashreplace")).hexdigest()


def _note(row: GroupRow, one: Wanted, old: FilingRow | None, seen: LastSeen | None) -> Note:
    name = one.filing.name or (seen.name if seen else "") or ""
    if old is None:
        return Note(str(row.group_id), name, write_scope(one.filing.scope)[:60])
    changed = one.changed(filings.as_filing(old))
    words = [FILING_FIELDS[field] for field in changed] + ([FILING_FIELDS["mode"]] if one.sets_mode else [])
    return Note(str(row.group_id), name, "、".join(words))


async def write(app: App, tx: Transaction, planned: Planned, by: str, import_id: int) -> tuple[bytes, bytes]:
    """Write the filings planned; return (diff, undo), packed."""
    assert isinstance(planned, RegisterPlan)
    wanted, known = planned.wanted, planned.known
    now = app.now()
    undo: dict[str, list[Any]] = {"filings": [], "modes": [], "groups": []}
    for one in sorted(wanted, key=lambda one: one.group_id):
        group_id = one.group_id
        before = known.get(group_id)
        if before is None:
            await group_rows.put(tx, group_id, name=one.filing.name or "")
            undo["groups"].append(group_id)
        if one.sets_mode:
            undo["modes"].append([group_id, before.mode if before else None, one.mode])
            await group_rows.put(tx, group_id, mode=one.mode)
        if one.files:
            closed = await _close(tx, group_id, app, by)
            given = number(now.year, await filings.next_number(tx, now.year))
            filing_id = await filings.add(tx, **_row(one, given, app, import_id))
            await filings.add_step(tx, filing_id, at=now, actor=by, step="register")
            undo["filings"].append([filing_id, group_id, closed])
    await followup.groups_changed(app, tx, [one.group_id for one in wanted])
    kept = [[one.group_id, one.mode, _plain(one.filing)] for one in wanted]
    return pack({"filings": kept}), pack(undo)


async def _close(tx: Transaction, group_id: int, app: App, by: str) -> int | None:
    old = await filings.approved_row(tx, group_id)
    if old is None:
        return None
    closed = {"state": FilingState.CLOSED.value, "settled_at": app.now()}
    await filings.change(tx, old.id, state_was=FilingState.APPROVED.value, **closed)
    await filings.add_step(tx, old.id, at=app.now(), actor=by, step="replaced")
    return old.id


def _row(one: Wanted, filing_number: str, app: App, import_id: int) -> dict[str, Any]:
    now = app.now()
    return {
        "group_id": one.group_id,
        "number": filing_number,
        "route": "register",
        "state": FilingState.APPROVED.value,
        **_plain(one.filing),
        "made_at": now,
        "approved_at": now,
        "settled_at": now,
        "import_id": import_id,
    }


def _plain(filing: Filing) -> dict[str, Any]:
    """Return a filing's columns, the decision itself aside."""
    return {
        "kind": filing.kind.value,
        "name": filing.name,
        "purpose": filing.purpose,
        "scope": as_json(filing.scope),
        "department": filing.department,
        "owner_id": filing.owner_id,
        "admin_ids": None if filing.admin_ids is None else sorted(filing.admin_ids),
        "established_on": filing.established_on,
        "issue": filing.issue,
        "ends_on": filing.ends_on,
        "initiator_id": filing.initiator_id,
    }


async def undo(app: App, tx: Transaction, diff: bytes, undone: bytes, by: str) -> None:
    """Write back what an import of a register changed; what was filed since then stays."""
    del diff, by
    before = unpack(undone)
    touched: set[int] = set()
    for filing_id, group_id, closed in before["filings"]:
        touched.add(group_id)
        await rows.delete_filing(tx, filing_id)
        if closed is not None and await filings.approved_row(tx, group_id) is None:
            await filings.change(
                tx, closed, state_was=FilingState.CLOSED.value, state=FilingState.APPROVED.value
            )
            await rows.drop_replacement(tx, closed)
    known = await group_rows.get_many(tx)
    for group_id, old, new in sorted(before["modes"]):
        touched.add(group_id)
        if group_id in known and known[group_id].mode == new:
            await group_rows.put(tx, group_id, mode=old)
    await rows.delete_unseen(tx, before["groups"])
    await followup.groups_changed(app, tx, touched)


async def register_rows(app: App, tx: Transaction) -> list[dict[str, Any]]:
    """Return every approved filing as a row of the register: header of `REGISTER_COLUMNS` → value.

    Importing the rows again changes nothing. Values are text, dates, or None.
    """
    known = await group_rows.get_many(tx)
    return [_export(app, row, known.get(row.group_id)) for row in await filings.approved_rows(tx)]


def _export(app: App, row: FilingRow, group: LastSeen | None) -> dict[str, Any]:
    filing = filings.as_filing(as_called(app, row))
    admins = filing.admin_ids
    values: tuple[Any, ...] = (
        str(row.group_id),
        filing.name,
        filing.kind.value,
        filing.purpose or None,
        _scope_text(filing.scope),
        filing.established_on,
        None if filing.owner_id is None else _qq(app, filing.owner_id),
        None if admins is None else ";".join(_qq(app, qq) for qq in sorted(admins)) or NOBODY,
        filing.department or None,
        filing.issue or None,
        filing.ends_on,
        None if group is None else group.mode,
        filing.number,
    )
    return dict(zip(REGISTER_COLUMNS, values, strict=True))


def _scope_text(scope: Scope) -> str:
    return write_scope(scope) or NOBODY


def _qq(app: App, user_id: int) -> str:
    """Return a QQ number so that it reads back as one, even where it is also an employee number."""
    return f"QQ:{user_id}" if str(user_id) in app.registry.by_no else str(user_id)


__all__ = [
    "REGISTER_COLUMNS", "plan", "register_rows", "undo", "unpack_rows", "write",
]  # fmt: skip
