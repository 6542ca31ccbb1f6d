"""One pull: a source is read, and what it gives goes through the very import that a roster file goes through.

Within the brakes it applies by itself, in one transaction: a process that is killed leaves the old
registry or the new one. Beyond them, and where somebody undid the last one, it waits as `I…`.
"""

import asyncio
import logging
from dataclasses import replace
from datetime import date, timedelta

from config.phrases import sources as say
from config.phrases.imports import COUNTED
from db.engine import Transaction
from db.queries.people import registry as registry_rows
from db.queries.work import sources as rows
from db.queries.work.imports import ImportState, NewImport
from db.queries.work.sources import TakenFile
from services.app import App
from services.imports import apply, roster
from services.imports.model import Planned
from services.imports.preview import count_line
from services.imports.reading.listed import kept_of, roster_of
from services.imports.reading.people import nothing_read
from services.imports.reading.person import Roster
from services.imports.sources import configured
from services.imports.sources.alive import dead_workers
from services.imports.sources.model import Nothing, Outcome, Pulled, Reading, Source, SourceError, name_of
from services.people import registry

log = logging.getLogger("qungui")
_LONGEST = 300
_NAMED = 3
_UNLISTED = ("missing", "renumbered")
# Timers of several processes, each with its jitter: a run counts for all of them for so much of its period.
_RESTS = 0.7
_LEVELS = {Outcome.FAILED: logging.WARNING}


async def pull(
    app: App,
    source: Source,
    *,
    by: str = "bot",
    ask: bool = False,
    rest: timedelta = timedelta(),
    reload: bool = True,
) -> Pulled:
    """Read a source and take what it gives. `ask`: nothing is applied without a word; `by`: who asked.

    `rest`: not when a run began so recently, in whichever process. `reload`: this process goes on deciding,
    so its registry is brought up to date.
    """
    if not await _begin(app, source.name, rest):
        return Pulled(Outcome.BUSY, say.BUSY.format(source=name_of(source.name)))
    try:
        pulled = await _read_and_take(app, source, by=by, ask=ask)
    except BaseException:
        # Cut short it counts as none: the next one, after a restart, needn't wait for its time.
        cut = {"ended_at": app.now(), "outcome": Outcome.FAILED, "reason": say.STOPPED}
        async with app.database.transaction() as tx:
            await rows.end(tx, source.name, app.worker, started_at=None, **cut)
        raise
    await _end(app, source.name, pulled)
    if reload:
        await registry.refresh(app)
    return pulled


async def pull_due(app: App, name: str) -> Pulled:
    """Pull from a source as its timer says, unless another process did so lately."""
    rest = configured.every(app.policy.sources, name) * _RESTS
    pulled = await pull(app, configured.open_source(app, name), rest=rest)
    log.log(_LEVELS.get(pulled.outcome, logging.INFO), "source %s: %s", name, pulled.outcome.value)
    return pulled


async def _begin(app: App, name: str, rest: timedelta) -> bool:
    async with app.database.transaction() as tx:
        dead = dead_workers(await rows.all_rows(tx), app.worker, app.now())
        return await rows.begin(tx, name, app.worker, app.now(), rest=rest, dead=dead)


async def _end(app: App, name: str, pulled: Pulled) -> None:
    # Where nothing is new, what it brought last is more worth knowing; a failure before that is over.
    brought = {} if pulled.outcome is Outcome.NOTHING_NEW else {
        "people": pulled.people, "import_id": pulled.import_id, "reason": pulled.text[:_LONGEST],
    }  # fmt: skip
    async with app.database.transaction() as tx:
        await rows.end(tx, name, app.worker, ended_at=app.now(), outcome=pulled.outcome, **brought)


async def _read_and_take(app: App, source: Source, *, by: str, ask: bool) -> Pulled:
    try:
        reading = await source.read()
        if isinstance(reading, Nothing):
            if reading.again is not None:
                await stands_still(app, source.name, reading.again)
            return Pulled(Outcome.NOTHING_NEW, reading.why or say.NOTHING_NEW)
        pulled = await take(app, source.name, reading, by=by, ask=ask)
        if reading.aside:
            pulled = replace(pulled, text=say.ASIDE.format(text=pulled.text, aside=reading.aside))
        return pulled
    except SourceError as error:
        return Pulled(Outcome.FAILED, str(error))
    except Exception:
        # The edge to a strange server: whatever it was is recorded, and the others go on.
        log.exception("source %s failed", source.name)
        return Pulled(Outcome.FAILED, say.BROKE)


async def stands_still(app: App, name: str, file: TakenFile | None = None) -> None:
    """Note that a source says today what it said last: whom it listed is listed as of now."""
    async with app.database.transaction() as tx:
        if file is not None:
            await rows.take_file(tx, name, file, app.now())
        await rows.note(tx, name, good_at=app.now())
        await roster.renew(app, tx, await rows.people_of(tx, name), name)


async def take(app: App, name: str, reading: Reading, *, by: str = "bot", ask: bool = False) -> Pulled:
    """Take what a source gave: applied, waiting for 同意, or nothing changed, with the reason."""
    if not reading.complete:
        return Pulled(Outcome.FAILED, say.PARTIAL.format(why=reading.why_incomplete))
    given = await asyncio.to_thread(roster_of, reading.rows)
    if not given.people:
        return Pulled(Outcome.FAILED, say.EMPTY)
    day = app.now().date()
    async with app.database.reading() as tx:
        before, _ = await registry_rows.state(tx)
        planned = await _plan(app, tx, name, reading, given, day)
    if nobody := nothing_read(planned.roster):
        return Pulled(Outcome.FAILED, nobody)
    if not planned.diff.writes():
        async with app.database.transaction() as tx:
            await roster.renew(app, tx, planned.diff.listed, name)
            await roster.keep_said(tx, planned, day)
            await _replace_open(tx, name, reading)
            await _taken(app, tx, name, reading)
        return Pulled(
            Outcome.UNCHANGED,
            say.UNCHANGED + _unlisted(planned) + _differs(planned) + _faulty(planned),
            len(given.people),
        )
    # Nobody waits for it: neither the loop nor who wants to write.
    await asyncio.to_thread(kept_of, reading.rows)
    async with app.database.transaction() as tx:
        version = await registry_rows.lock(tx)
        if version != before:
            planned = await _plan(app, tx, name, reading, given, day)
        pulled = await _settle(app, tx, name, reading, planned, version, by=by, ask=ask)
        await _taken(app, tx, name, reading)
    return pulled


def _unlisted(planned: Planned) -> str:
    """Say how many the source lists no more, or by another number; who, an import's preview says."""
    counts = [f"{COUNTED[name]} {planned.counts[name]}" for name in _UNLISTED if planned.counts[name]]
    return say.UNLISTED.format(counts="，".join(counts)) if counts else ""


def _differs(planned: Planned) -> str:
    """Say about whom another source says something else, whose word counts before."""
    notes = planned.people["overruled"]
    if not notes:
        return ""
    named = "；".join(f"{note.name}（{note.employee_no}）{note.text}" for note in notes[:_NAMED])
    return say.DIFFERS.format(count=planned.counts["overruled"], named=named)


def _faulty(planned: Planned) -> str:
    """Say which row can't be read, the first: no import does, where nothing changes."""
    if not planned.faults:
        return ""
    first = planned.faults[0]
    return say.FAULTY.format(count=len(planned.faults), row=first.row, why=first.reason)


async def _plan(
    app: App, tx: Transaction, name: str, reading: Reading, given: Roster, day: date
) -> roster.RosterPlan:
    return await roster.plan(app, tx, given, day, full=reading.everybody, source=name)


async def _settle(
    app: App,
    tx: Transaction,
    name: str,
    reading: Reading,
    planned: roster.RosterPlan,
    version: int,
    *,
    by: str,
    ask: bool,
) -> Pulled:
    people = len(planned.diff.listed)
    waiting, last = await rows.open_import(tx, name), await rows.last_settled(tx, name)
    same = reading.rows.file_hash
    undone = last is not None and last.state is ImportState.UNDONE
    held = any(brake.holds for brake in planned.brakes)
    waits = ask or undone or held or app.policy.sources.apply == "ask"
    if waits and waiting is not None and waiting.file_hash == same and reading.everybody:
        return Pulled(Outcome.WAITING, say.STILL_WAITING.format(id=waiting.id), people, waiting.id)
    await _replace_open(tx, name, reading)
    if last is not None and last.state is ImportState.DROPPED and last.file_hash == same:
        return Pulled(Outcome.REFUSED, say.REFUSED.format(id=last.id), people, last.id)
    new = NewImport(
        "roster", f"{name_of(name)}：{reading.origin}"[:_LONGEST], same, reading.everybody,
        made_by=by, made_at=app.now(), based_on=version, rows=reading.rows.rows, source=name,
    )  # fmt: skip
    preview = await apply.keep(app, tx, new, planned, "job")
    counts = count_line("roster", planned.counts)
    if waits:
        why = say.UNDONE if undone else ""
        text = say.WAITING.format(id=preview.id, counts=counts, why=why)
        return Pulled(Outcome.WAITING, text, people, preview.id)
    await apply.write(app, tx, "roster", preview.id, planned, by=by, source="job")
    return Pulled(Outcome.APPLIED, say.APPLIED.format(id=preview.id, counts=counts), people, preview.id)


async def _replace_open(tx: Transaction, name: str, reading: Reading) -> None:
    """Drop what waits of a source that says something else now of everybody."""
    if reading.everybody:
        await rows.drop_open(tx, name)


async def _taken(app: App, tx: Transaction, name: str, reading: Reading) -> None:
    """Note that a source gave all it has, in the transaction that takes it."""
    await rows.note(tx, name, good_at=app.now())
    if reading.file is not None:
        await rows.take_file(tx, name, reading.file, app.now())
