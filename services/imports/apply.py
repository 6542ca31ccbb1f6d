"""Imports from preview to undo: one mechanism for rosters and for registers of groups.

A preview keeps the rows as read. Applying compares them with the database anew, in the
transaction that writes: what would do something else than was shown becomes a new preview.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from config.phrases.imports import KINDS, OUTCOMES, STATES
from db.engine import Transaction
from db.queries.people import registry as registry_rows
from db.queries.work import imports
from db.queries.work.imports import ImportRow, ImportState, NewImport
from services import trail
from services.answer import Answer
from services.app import App
from services.imports import register
from services.imports import roster as rosters
from services.imports.model import NOTHING_MORE, Accepted, Brake, Imported, Planned, Preview, Refusal
from services.imports.preview import (
    changes_nothing,
    count_line,
    people_lines,
    preview_text,
    why_asked,
)
from services.imports.reading import packed
from services.imports.reading.guard import read_guarded
from services.imports.reading.how import How, Progress
from services.imports.reading.people import nothing_read
from services.people import registry

KEPT_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between rosters and registers of groups."""

    unpack: Callable[[bytes], Any]
    plan: Callable[..., Awaitable[Planned]]
    write: Callable[[App, Transaction, Planned, str, int], Awaitable[tuple[bytes, bytes]]]
    undo: Callable[[App, Transaction, bytes, bytes, str], Awaitable[None]]


def kind_of(name: str) -> _Kind:
    """Return how imports of one kind are planned, written and undone."""
    if name == "filings":
        return _Kind(register.unpack_rows, register.plan, register.write, register.undo)
    return _Kind(packed.unpack_rows, rosters.plan, rosters.write, rosters.undo)


async def preview_file(
    app: App,
    data: bytes,
    name: str,
    *,
    by: str,
    source: str | None,
    full: bool = False,
    kind: str | None = None,
    progress: Progress | None = None,
) -> Preview | Refusal:
    """Read a file and keep its preview. `kind`: roster, filings, or None to be told by the headers.

    `by`: a QQ number as text or `terminal`. `full`: the file is the whole company.
    """
    day = app.now().date()
    how = How(kind, app.policy, app.phone_key, day)
    read = await asyncio.to_thread(read_guarded, data, how, progress)
    if isinstance(read, Refusal):
        return read
    del data
    handler = kind_of(read.kind)
    if read.kind == "filings":
        await registry.refresh(app)
    content = await asyncio.to_thread(handler.unpack, read.rows)
    async with app.database.reading() as tx:
        # Read first: if anything changes meanwhile the version differs, and this plan is known to be old.
        version, _ = await registry_rows.state(tx)
        planned = await handler.plan(app, tx, content, day, full=full)
    if isinstance(planned, rosters.RosterPlan) and (nobody := nothing_read(planned.roster)):
        return Refusal(nobody, tuple(planned.faults))
    new = NewImport(
        kind=read.kind,
        # QQ lets people name a file anything; PostgreSQL takes no NUL.
        file_name="".join(char for char in name if char.isprintable())[-300:],
        file_hash=read.file_hash,
        whole_company=full,
        made_by=by,
        made_at=app.now(),
        based_on=version,
        rows=read.rows,
    )
    async with app.database.transaction() as tx:
        return await keep(app, tx, new, planned, source)


async def keep(app: App, tx: Transaction, new: NewImport, planned: Planned, source: str | None) -> Preview:
    """Keep what was planned, and its preview, until it is settled."""
    await imports.drop_same(tx, new.kind, new.file_hash, new.made_by, new.source)
    shown = _shown(planned)
    import_id = await imports.add(tx, **asdict(new), **shown, state="previewed", preview="", diff=b"")
    text = preview_text(import_id, new.kind, new.file_name, planned)
    await imports.change(tx, import_id, preview=text)
    await trail.record(
        app, tx, actor=new.made_by, source=source, action="import.preview", subject=f"I{import_id}",
        file_hash=new.file_hash, counts=dict(planned.counts),
    )  # fmt: skip
    return Preview(
        id=import_id,
        kind=new.kind,
        counts=planned.counts,
        faults=tuple(planned.faults),
        people=planned.people,
        text=text,
        brakes=planned.brakes,
        notes=planned.notes,
        planned=planned,
        based_on=new.based_on,
    )


def _shown(planned: Planned) -> dict[str, Any]:
    """Return the columns that say what was shown."""
    faults = [{"row": fault.row, "reason": fault.reason} for fault in planned.faults[:KEPT_FAULTS]]
    return {"counts": dict(planned.counts), "errors": faults, "signature": planned.signature}


async def apply_import(
    app: App,
    import_id: int,
    *,
    by: str,
    accepted: Accepted = NOTHING_MORE,
    source: str | None = "terminal",
    reload: bool = True,
    preview: Preview | None = None,
    reason: str = "",
) -> Imported:
    """Apply a previewed import in one transaction, or say why not.

    `accepted`: what the asker accepts beyond what goes without asking again. More than that answers
    `confirm`, and changes nothing.
    `reload`: this process goes on deciding, so its registry is brought up to date. `preview`: this
    process made it: where the registry is still of that version, the comparison is made already.
    """
    if reload:
        await registry.refresh(app)
    async with app.database.transaction() as tx:
        version = await registry_rows.lock(tx)
        row = await imports.get(tx, import_id)
        if row is None:
            return Imported(False, OUTCOMES["unknown"].format(id=import_id))
        if not row.is_open:
            text = OUTCOMES["not_open"].format(id=import_id, state=STATES[row.state])
            return Imported(False, text, import_id=import_id)
        handler, day = kind_of(row.kind), row.made_at.date()
        planned = preview.plan_at(version) if preview is not None else None
        planned = planned or await _plan_again(app, tx, handler, row, day)
        if planned.signature != row.signature:
            return await _preview_again(tx, row, planned, version)
        braked = await _brake(tx, row, planned, accepted)
        if braked is not None:
            return braked
        await write(
            app, tx, row.kind, import_id, planned, by=by, accepted=accepted, source=source, reason=reason
        )
    if reload:
        await registry.refresh(app)
    return _applied(row, planned)


async def write(
    app: App,
    tx: Transaction,
    kind: str,
    import_id: int,
    planned: Planned,
    *,
    by: str,
    accepted: Accepted = NOTHING_MORE,
    source: str | None,
    reason: str = "",
) -> None:
    """Write what was planned, in the transaction that planned it."""
    diff, undo = await kind_of(kind).write(app, tx, planned, by, import_id)
    await imports.change(
        tx, import_id, state="applied", settled_by=by, settled_at=app.now(), diff=diff, undo=undo,
        rows=None, applied_no=await imports.next_applied_no(tx),
    )  # fmt: skip
    await trail.record(
        app, tx, actor=by, source=source, action="import.apply", subject=f"I{import_id}",
        counts=dict(planned.counts), accepted=accepted.numbers(), **trail.noting(reason),
    )  # fmt: skip


async def _plan_again(app: App, tx: Transaction, handler: _Kind, row: ImportRow, day: date) -> Planned:
    assert row.rows is not None  # kept while it is open
    read = await asyncio.to_thread(handler.unpack, row.rows)
    return await handler.plan(app, tx, read, day, full=row.whole_company, source=row.source)


async def people_of(app: App, import_id: int) -> list[str]:
    """Return whom an import that waits concerns, and the rows it can't read: a line each."""
    planned = await planned_of(app, import_id)
    return [] if planned is None else people_lines(planned)


async def planned_of(app: App, import_id: int) -> Planned | None:
    """Return what an import that waits would do now; None where none waits under this id."""
    async with app.database.reading() as tx:
        row = await imports.get(tx, import_id)
        if row is None or row.kind not in KINDS or not row.is_open:
            return None
        return await _plan_again(app, tx, kind_of(row.kind), row, row.made_at.date())


def _applied(row: ImportRow, planned: Planned) -> Imported:
    how = "checked" if changes_nothing(planned.counts) else "applied"
    text = OUTCOMES[how].format(id=row.id, counts=count_line(row.kind, planned.counts))
    return Imported(True, text, None, "applied", row.id, planned.counts)


async def _preview_again(tx: Transaction, row: ImportRow, planned: Planned, version: int) -> Imported:
    """Keep what the import would do now as its new preview, and show it."""
    text = preview_text(row.id, row.kind, row.file_name, planned)
    shown = _shown(planned)
    await imports.change(tx, row.id, **shown, state="previewed", preview=text, based_on=version)
    answer = OUTCOMES["changed"].format(id=row.id, preview=text)
    return Imported(False, answer, None, "changed", row.id, planned.counts)


async def _brake(tx: Transaction, row: ImportRow, planned: Planned, accepted: Accepted) -> Imported | None:
    """Refuse more of anything than is allowed, unless exactly that was accepted."""
    held: list[Brake] = []
    for brake in planned.brakes:
        given = accepted.of(brake.kind)
        if given is not None and given != brake.count:
            text = OUTCOMES[f"wrong_{brake.kind}"].format(count=brake.count, given=given)
            return Imported(False, text, import_id=row.id, counts=planned.counts)
        if given is None and brake.holds:
            held.append(brake)
    if not held:
        return None
    await imports.change(tx, row.id, state="confirming")
    why = why_asked(held)
    text = OUTCOMES["confirm"].format(id=row.id, why=why)
    return Imported(False, text, None, "confirm", row.id, planned.counts, why, tuple(held))


async def settle_import(app: App, import_id: int, *, approve: bool, by: int, reason: str = "") -> Answer:
    """Settle `I…` of the inbox. A first 同意 of too much at once asks again, a second one applies."""
    if not approve:
        return await _drop(app, import_id, by=str(by), reason=reason)
    async with app.database.reading() as tx:
        row = await imports.head(tx, import_id)
    accepted = Accepted()
    if row is not None and row.state is ImportState.CONFIRMING:
        # Whoever confirms a second time has seen the numbers; if they changed since, a new preview is shown.
        accepted = Accepted(*map(row.counts.get, ("departed", "altered", "doubts", "fewer")))
    return await apply_import(app, import_id, by=str(by), accepted=accepted, source=None, reason=reason)


async def _drop(app: App, import_id: int, *, by: str, reason: str) -> Answer:
    async with app.database.transaction() as tx:
        now = app.now()
        if not await imports.change(tx, import_id, state="dropped", settled_by=by, settled_at=now, rows=None):
            row = await imports.head(tx, import_id)
            if row is None:
                return Answer(False, OUTCOMES["unknown"].format(id=import_id))
            return Answer(False, OUTCOMES["not_open"].format(id=import_id, state=STATES[row.state]))
        about = {"action": "import.drop", "subject": f"I{import_id}"}
        await trail.record(app, tx, actor=by, **about, **trail.noting(reason))
    return Answer(True, OUTCOMES["dropped"].format(id=import_id))
