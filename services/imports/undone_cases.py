"""An import that is undone undoes its cases: what it had brought closes as dismissed, and counts nowhere."""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from db.engine import Transaction
from db.queries.cases import case_reports
from db.queries.people import employees
from regulation.duties import DUTIES, Code
from services.app import App
from services.cases import dismissals
from services.imports.packing import unpack

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


async def undo(app: App, tx: Transaction, diff: bytes, undone: bytes, *, since: datetime, by: str) -> str:
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
    return await dismissals.undo_import(app, tx, found, by=by)
