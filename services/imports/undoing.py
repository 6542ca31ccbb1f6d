"""Undoing an import: what it wrote, and the cases it had brought, which close as dismissed and count nowhere.

Apart from applying one: cases take longer to load than a roster to preview.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from config.phrases.imports import NOT_APPLIED, OUTCOMES
from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.people import employees
from db.queries.people import registry as registry_rows
from db.queries.work import imports
from db.queries.work.imports import ImportState
from regulation.duties import DUTIES, Code
from services import trail
from services.app import App
from services.cases.settling import dismissals
from services.imports import apply
from services.imports.model import Imported
from services.imports.packing import unpack
from services.imports.preview import back_line
from services.people import contests, registry

_MEMBER = frozenset(code for code, duty in DUTIES.items() if duty.about_member)
_PLACE = frozenset({Code.T1, Code.M2, Code.C1})
# What a change of a column may bring to light about that person.
_BROUGHT_BY = {
    "departed_on": frozenset({Code.L1}),
    "department": _PLACE,
    "also_in": _PLACE,
    "name": frozenset({Code.C1}),
    "employment": frozenset({Code.M3}),
    "regularized_on": frozenset({Code.M3}),
}
# A reading that began a moment before the import may have been judged after it.
_MARGIN = timedelta(minutes=1)


async def undo_import(
    app: App, import_id: int, *, by: str, source: str | None = "terminal", reload: bool = True
) -> Imported:
    """Write back what an applied import changed; refused when a later one of its kind stands."""
    async with app.database.transaction() as tx:
        await registry_rows.lock(tx)
        row = await imports.get(tx, import_id)
        if row is None:
            return Imported(False, OUTCOMES["unknown"].format(id=import_id))
        if row.state is not ImportState.APPLIED or row.undo is None or row.settled_at is None:
            text = OUTCOMES["not_applied"].format(id=import_id, why=NOT_APPLIED[row.state])
            return Imported(False, text, import_id=import_id)
        later = await imports.applied_later(tx, row.kind, row.applied_no or 0)
        if later is not None:
            return Imported(False, OUTCOMES["later"].format(id=import_id, later=later), import_id=import_id)
        await apply.kind_of(row.kind).undo(app, tx, row.diff, row.undo, by)
        await contests.undo(app, tx, import_id, by=by)
        back = ""
        if row.kind == "roster":
            back = await _undo_cases(app, tx, row.diff, row.undo, since=row.settled_at, by=by)
        await imports.change(
            tx, import_id, state_was=("applied",), state="undone", settled_by=by, settled_at=app.now()
        )
        await trail.record(app, tx, actor=by, source=source, action="import.undo", subject=f"I{import_id}")
    if reload:
        await registry.refresh(app)
    text = OUTCOMES["undone"].format(id=import_id, back=back_line(row.kind, row.counts)) + back
    return Imported(True, text, None, "undone", import_id, row.counts)


async def _undo_cases(
    app: App, tx: Transaction, diff: bytes, undone: bytes, *, since: datetime, by: str
) -> str:
    """Dismiss the cases that the roster applied at `since` had brought, closed ones too.

    What is wrong all the same comes back as a new case at the next reading. Returns what to say of
    those who were removed.
    """
    read = await asyncio.to_thread(unpack, diff, "updates", "opened", "completed", "bound", "unbound")
    kept: defaultdict[str, list[Any]] = defaultdict(list, read)
    added: list[str] = (await asyncio.to_thread(unpack, undone, "added")).get("added", [])
    about: defaultdict[Code, set[str]] = defaultdict(set)
    for number, changed, _ in kept["updates"]:
        for column in changed:
            for code in _BROUGHT_BY.get(column, ()):
                about[code].add(number)
    moved = {number for number, *_ in kept["opened"]}
    moved |= await employees.transferred(tx, [key for key, _ in kept["completed"]])
    for code in _PLACE:
        about[code] |= moved
    for code in _MEMBER:
        about[code].update(added)
    qqs = {qq for qq, _ in (*kept["bound"], *kept["unbound"])}
    codes = {code.value: sorted(numbers) for code, numbers in about.items()}
    found = await case_reports.undone_with(tx, since - _MARGIN, codes, sorted(qqs))
    return await dismissals.undo_import(app, tx, found, by=by, unknown=frozenset(added))
