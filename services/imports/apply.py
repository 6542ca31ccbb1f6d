"""Imports from preview to undo: one mechanism for rosters and for registers of groups.

A preview keeps the rows as read. Applying compares them with the database anew, in the
transaction that writes: what would do something else than was shown becomes a new preview.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.phrases.registry import FILE_FAULTS, OUTCOMES, STATES
from db.engine import Transaction
from db.queries.people import registry as registry_rows
from db.queries.work import imports
from services import trail
from services.app import App
from services.imports import register
from services.imports import roster as rosters
from services.imports.model import Outcome, Planned, Preview, Refusal
from services.imports.preview import count_line, departing, preview_text
from services.imports.reading.find import FoundTable, find_table, read_people
from services.imports.reading.people import Progress, Roster
from services.people import registry
from services.settling import Settled

KEPT_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class _Kind:
    """What differs between rosters and registers of groups."""

    pack: Callable[[Any], bytes]
    unpack: Callable[[bytes], Any]
    plan: Callable[..., Awaitable[Planned]]
    write: Callable[[App, Transaction, Planned, str, int], Awaitable[tuple[bytes, bytes]]]
    undo: Callable[[App, Transaction, bytes, bytes], Awaitable[None]]


def _kind(name: str) -> _Kind:
    if name == "filings":
        return _Kind(register.pack_rows, register.unpack_rows, register.plan, register.write, register.undo)
    return _Kind(rosters.pack_rows, rosters.unpack_rows, rosters.plan, rosters.write, rosters.undo)


async def preview_file(
    app: App,
    data: bytes,
    name: str,
    *,
    by: str,
    source: str,
    full: bool = False,
    kind: str | None = None,
    progress: Progress | None = None,
) -> Preview | Refusal:
    """Read a file and keep its preview. `kind`: roster, filings, or None to be told by the headers.

    `by`: a QQ number as text or `terminal`. `full`: the file is the whole company.
    """
    table = await asyncio.to_thread(find_table, data, kind)
    if isinstance(table, Refusal):
        return table
    read = await _read(app, table, progress)
    if isinstance(read, Refusal):
        return Refusal(FILE_FAULTS["stopped"].format(reason=read.reason.rstrip("。")), read.faults)
    kind, file_hash = table.header.kind, table.file_hash
    # The sheet is read, and as large as all that was read from it.
    del table, data
    handler, day = _kind(kind), app.now().date()
    packed = await asyncio.to_thread(handler.pack, read)
    async with app.database.reading() as tx:
        version, _ = await registry_rows.state(tx)
        planned = await handler.plan(app, tx, read, day, full=full)
    row: dict[str, Any] = {
        "kind": kind,
        # QQ lets people name a file anything; PostgreSQL takes no NUL.
        "file_name": "".join(char for char in name if char.isprintable())[-300:],
        "file_hash": file_hash,
        "whole_company": full,
        "made_by": by,
        "made_at": app.now(),
        "based_on": version,
        "rows": packed,
    }
    async with app.database.transaction() as tx:
        return await _keep(app, tx, row, planned, source)


async def preview_roster(
    app: App,
    data: bytes,
    name: str,
    *,
    by: str,
    source: str,
    full: bool = False,
    progress: Progress | None = None,
) -> Preview | Refusal:
    """Read a roster and keep its preview; see `preview_file`."""
    how: dict[str, Any] = {"by": by, "source": source, "full": full, "progress": progress}
    return await preview_file(app, data, name, kind="roster", **how)


async def _read(app: App, table: FoundTable, progress: Progress | None) -> Any:
    if table.header.kind == "roster":
        names = app.policy.departments
        return await asyncio.to_thread(read_people, table, names, app.phone_key, progress)
    await registry.refresh(app)
    return await asyncio.to_thread(register.read_groups, table)


async def _keep(app: App, tx: Transaction, row: dict[str, Any], planned: Planned, source: str) -> Preview:
    await imports.drop_same(tx, row["kind"], row["file_hash"], row["made_by"])
    shown = _shown(planned)
    import_id = await imports.add(tx, **row, **shown, state="previewed", preview="", diff=b"")
    text = _text(import_id, row["kind"], row["file_name"], planned)
    await imports.change(tx, import_id, preview=text)
    await trail.record(
        app, tx, actor=row["made_by"], source=source, action="import.preview", subject=f"I{import_id}",
        file_hash=row["file_hash"], counts=dict(planned.counts),
    )  # fmt: skip
    return Preview(
        id=import_id,
        kind=row["kind"],
        counts=planned.counts,
        faults=tuple(planned.faults),
        people=planned.people,
        text=text,
        departures=planned.departures,
        allowed=planned.allowed,
    )


def _shown(planned: Planned) -> dict[str, Any]:
    """Return the columns that say what was shown."""
    faults = [{"row": fault.row, "reason": fault.reason} for fault in planned.faults[:KEPT_FAULTS]]
    return {"counts": dict(planned.counts), "errors": faults, "signature": planned.signature}


def _text(import_id: int, kind: str, file_name: str, planned: Planned) -> str:
    too_many = planned.allowed if planned.departures > planned.allowed else None
    counts, people, faults = planned.counts, planned.people, planned.faults
    return preview_text(import_id, kind, file_name, counts, people, faults, too_many=too_many)


async def apply_import(
    app: App,
    import_id: int,
    *,
    by: str,
    accept_departures: int | None = None,
    source: str = "terminal",
    reload: bool = True,
) -> Outcome:
    """Apply a previewed import in one transaction, or say why not.

    `accept_departures`: the exact number of new departures that the asker accepts; None where
    the number allowed is enough. More departures than that answer `confirm`, and change nothing.
    `reload`: this process goes on deciding, so its registry is brought up to date.
    """
    if reload:
        await registry.refresh(app)
    async with app.database.transaction() as tx:
        version = await registry_rows.lock(tx)
        row = await imports.get(tx, import_id)
        if row is None:
            return Outcome("refused", OUTCOMES["unknown"].format(id=import_id))
        if row["state"] not in imports.OPEN:
            return Outcome(
                "refused", OUTCOMES["not_open"].format(id=import_id, state=STATES[row["state"]]), import_id
            )
        handler, day = _kind(row["kind"]), row["made_at"].date()
        planned = await _plan_again(app, tx, handler, row, day)
        if planned.signature != row["signature"]:
            return await _preview_again(tx, row, planned, version)
        braked = await _brake(tx, row, planned, accept_departures)
        if braked is not None:
            return braked
        diff, undo = await handler.write(app, tx, planned, by, import_id)
        await imports.change(
            tx, import_id, state="applied", settled_by=by, settled_at=app.now(), diff=diff, undo=undo,
            rows=None, applied_no=await imports.next_applied_no(tx),
        )  # fmt: skip
        await trail.record(
            app, tx, actor=by, source=source, action="import.apply", subject=f"I{import_id}",
            counts=dict(planned.counts), accepted_departures=accept_departures,
        )  # fmt: skip
    if reload:
        await registry.refresh(app)
    return _applied(row, planned)


async def _plan_again(app: App, tx: Transaction, handler: _Kind, row: dict[str, Any], day: date) -> Planned:
    read: Roster = await asyncio.to_thread(handler.unpack, row["rows"])
    return await handler.plan(app, tx, read, day, full=row["whole_company"])


def _applied(row: dict[str, Any], planned: Planned) -> Outcome:
    counts = count_line(row["kind"], planned.counts)
    text = OUTCOMES["applied"].format(id=row["id"], counts=counts)
    return Outcome("applied", text, row["id"], planned.counts, planned.departures)


async def _preview_again(tx: Transaction, row: dict[str, Any], planned: Planned, version: int) -> Outcome:
    """Keep what the import would do now as its new preview, and show it."""
    text = _text(row["id"], row["kind"], row["file_name"], planned)
    shown = _shown(planned)
    await imports.change(tx, row["id"], **shown, state="previewed", preview=text, based_on=version)
    answer = OUTCOMES["changed"].format(id=row["id"], preview=text)
    return Outcome("changed", answer, row["id"], planned.counts, planned.departures)


async def _brake(
    tx: Transaction, row: dict[str, Any], planned: Planned, accepted: int | None
) -> Outcome | None:
    """Refuse more departures than allowed, unless exactly their number was accepted."""
    count = planned.departures
    if accepted is None and count <= planned.allowed:
        return None
    if accepted == count:
        return None
    if accepted is not None:
        text = OUTCOMES["wrong_number"].format(count=count, given=accepted)
        return Outcome("refused", text, row["id"], planned.counts, count)
    await imports.change(tx, row["id"], state="confirming")
    named = departing(planned.people["departed"], count)
    text = OUTCOMES["confirm"].format(id=row["id"], count=count, allowed=planned.allowed, named=named)
    return Outcome("confirm", text, row["id"], planned.counts, count)


async def settle_import(app: App, import_id: int, *, approve: bool, by: int) -> Settled:
    """Settle `I…` of the inbox. A first 同意 of too many departures asks again, a second one applies."""
    if not approve:
        return await _drop(app, import_id, by=str(by))
    async with app.database.reading() as tx:
        row = await imports.head(tx, import_id)
    asked = row is not None and row["state"] == "confirming"
    accepted = row["counts"].get("departed") if row is not None and asked else None
    outcome = await apply_import(app, import_id, by=str(by), accept_departures=accepted, source="chat")
    return Settled(outcome.state == "applied", outcome.text)


async def _drop(app: App, import_id: int, *, by: str) -> Settled:
    async with app.database.transaction() as tx:
        values: dict[str, Any] = {"state": "dropped", "settled_by": by, "settled_at": app.now(), "rows": None}
        if not await imports.change(tx, import_id, **values):
            row = await imports.head(tx, import_id)
            if row is None:
                return Settled(False, OUTCOMES["unknown"].format(id=import_id))
            return Settled(False, OUTCOMES["not_open"].format(id=import_id, state=STATES[row["state"]]))
        await trail.record(app, tx, actor=by, source="chat", action="import.drop", subject=f"I{import_id}")
    return Settled(True, OUTCOMES["dropped"].format(id=import_id))


async def undo_import(
    app: App, import_id: int, *, by: str, source: str = "terminal", reload: bool = True
) -> Outcome:
    """Write back what an applied import changed; refused when a later one of its kind stands."""
    async with app.database.transaction() as tx:
        await registry_rows.lock(tx)
        row = await imports.get(tx, import_id)
        if row is None:
            return Outcome("refused", OUTCOMES["unknown"].format(id=import_id))
        if row["state"] != "applied" or row["undo"] is None:
            text = OUTCOMES["not_applied"].format(id=import_id, state=STATES[row["state"]])
            return Outcome("refused", text, import_id)
        later = await imports.applied_later(tx, row["kind"], row["applied_no"])
        if later is not None:
            return Outcome("refused", OUTCOMES["later"].format(id=import_id, later=later), import_id)
        await _kind(row["kind"]).undo(app, tx, row["diff"], row["undo"])
        await imports.change(
            tx, import_id, state_was=("applied",), state="undone", settled_by=by, settled_at=app.now()
        )
        await trail.record(app, tx, actor=by, source=source, action="import.undo", subject=f"I{import_id}")
    if reload:
        await registry.refresh(app)
    counts = count_line(row["kind"], row["counts"])
    return Outcome("undone", OUTCOMES["undone"].format(id=import_id, counts=counts), import_id, row["counts"])
