"""The registry follows what SCIM senders told: by the one diff, brakes, preview, trail and undo of imports.

Each leaver is a request of its own, so the brake counts what was applied within the hour. Who is beyond it
waits in one import `I…` for admin staff, apart from what is applied; the sender was answered long ago.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from config.phrases import scim as say
from config.phrases.sources import APPLIED, UNCHANGED
from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.people import registry as registry_rows
from db.queries.people import scim as rows
from db.queries.people.scim import News
from db.queries.work import imports
from db.queries.work import sources as runs
from db.queries.work.imports import NewImport
from services.app import App
from services.imports import apply, roster
from services.imports.model import Preview, Refusal
from services.imports.packing import uncollected
from services.imports.preview import count_line
from services.imports.reading.listed import ListedRoster, kept_of, roster_of
from services.imports.reading.noted import RowFault
from services.imports.sources.model import Outcome, name_of
from services.imports.sources.scim import people
from services.people import registry, roles

NAME = "scim"
# Leavers may come one by one for an hour: who waits is asked about together, at most so often.
ASKED_EVERY = timedelta(minutes=1)
RENEWED_EVERY = timedelta(days=1)
HOUR = timedelta(hours=1)
# So many in one transaction: everybody else waits for it.
MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class _Turn:
    """`told`: each person's last word, in order; `held`: the ids of those whom the open import holds.

    `why`: what of it can't be in the registry, for the status.
    """

    app: App
    tx: Transaction
    version: int
    told: Sequence[News]
    held: frozenset[str]
    open_id: int | None
    is_full: bool
    why: list[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was told as an import has it, and what it would do."""

    rows: ListedRoster
    planned: roster.RosterPlan


async def follow(app: App) -> None:
    """Take over what was told, if anything was: a part at a time, each in one transaction."""
    async with app.database.reading() as tx:
        if not await rows.has_news(tx):
            return
    more = True
    while more:
        with uncollected():
            more = await _follow_some(app)
    await registry.refresh(app)


async def _follow_some(app: App) -> bool:
    """Take over a part of what was told; return whether there may be more that can be."""
    async with app.database.transaction() as tx:
        version = await registry_rows.lock(tx)
        await tx.lock(Lock.SCIM)
        turn = await _turn(app, tx, version)
        read = await _read(turn, turn.told)
        beyond = set[str | None]() if read is None else await _beyond(turn, read)
        now = [one for one in turn.told if one.employee_no not in beyond]
        applied = await _take(turn, now, read if not beyond else await _read(turn, now))
        asked = await _ask(turn, [one for one in turn.told if one.employee_no in beyond])
        await _note(turn, applied, asked)
    return len(now) > 0 and turn.is_full


async def renew(app: App) -> None:
    """Once a day note whom senders list, as long as they are heard: they tell only what changes."""
    async with app.database.transaction() as tx:
        (row,) = [one for one in await runs.all_rows(tx) if one.source == NAME] or [None]
        heard = await rows.heard_at(tx)
        at = None if row is None else row.good_at
        if heard is None or at is None or app.now() - at < RENEWED_EVERY or heard <= at:
            return
        await roster.renew(app, tx, await rows.listed(tx), NAME)
        await runs.note(tx, NAME, good_at=app.now())
    await registry.refresh(app)


async def _turn(app: App, tx: Transaction, version: int) -> _Turn:
    """Gather what is to be looked at; what it is without is settled."""
    waiting = await runs.open_import(tx, NAME)
    held = await rows.held(tx)
    quiet = [one for one in held if not one.is_news]
    # Where none is open somebody settled what waited: it was taken over, or refused.
    settled = quiet if waiting is None else []
    new = await rows.news(tx, MOST_AT_ONCE)
    is_full = len(new) == MOST_AT_ONCE
    news = [*(quiet if waiting is not None else ()), *new]
    last = {one.employee_no: one for one in news if one.employee_no is not None}
    settled += [one for one in news if last.get(one.employee_no or "") is not one]
    await rows.settle(tx, settled, None)
    nameless = sum(one.employee_no is None and not one.is_deleted for one in new)
    why = [say.NUMBERLESS.format(count=nameless)] if nameless else []
    ids = frozenset(one.resource_id for one in held if waiting is not None)
    open_id = None if waiting is None else waiting.id
    return _Turn(app, tx, version, list(last.values()), ids, open_id, is_full, why)


async def _beyond(turn: _Turn, read: _Read) -> set[str | None]:
    """Return whose news may not be taken over without a word: beyond the brakes, or held already."""
    diff, people_of = read.planned.diff, read.planned.known.people
    left = {
        number
        for number, changes in diff.updates
        if changes.get("departed_on") is not None and people_of[number].departed_on is None
    }
    fresh = [one.employee_no for one in turn.told if one.resource_id not in turn.held]
    waits = {one.employee_no for one in turn.told if one.resource_id in turn.held}
    unheld = {one.employee_no for one in turn.told if one.is_news} - left - diff.altered
    beyond: set[str | None] = waits - unheld
    if turn.app.policy.sources.apply == "ask":
        return beyond.union(fresh)
    allowed = {brake.kind: brake.allowed for brake in read.planned.brakes}
    before = await runs.counted_since(turn.tx, NAME, "altered", turn.app.now() - HOUR)
    changes = max(allowed["changes"] - before, 0)
    return beyond | _over(fresh, left, allowed["departures"]) | _over(fresh, diff.altered, changes)


def _over(fresh: Sequence[str | None], concerned: Collection[str], allowed: int) -> set[str | None]:
    """Return those beyond the first `allowed` of the people concerned, as they were told."""
    return set([number for number in fresh if number in concerned][allowed:])


async def _read(turn: _Turn, told: Sequence[News]) -> _Read | None:
    """Return what these people's import would do; None where nothing of it can be read."""
    if not told:
        return None
    found = await people.read_told(turn.app, turn.tx, told)
    if isinstance(found, Refusal):
        turn.why.append(_faulty(found.faults) or found.reason)
        return None
    given = await asyncio.to_thread(roster_of, found)
    day = turn.app.now().date()
    planned = await roster.plan(turn.app, turn.tx, given, day, full=False, source=NAME)
    return _Read(found, planned)


def _faulty(faults: Sequence[RowFault]) -> str:
    """Say of how many people something can't be read, and of the first what; "" where of none."""
    return say.FAULTY.format(count=len(faults), why=faults[0].reason) if faults else ""


async def _take(turn: _Turn, told: Sequence[News], read: _Read | None) -> tuple[int, str] | None:
    """Take over what these people's last word is; return the import, and what it changed."""
    await rows.settle(turn.tx, told, None)
    if read is None:
        await roster.renew(turn.app, turn.tx, (), NAME, more=turn.is_full)
        return None
    if not read.planned.diff.writes():
        turn.why.append(_faulty(read.planned.faults))
        await roster.renew(turn.app, turn.tx, read.planned.diff.listed, NAME, more=turn.is_full)
        await roster.keep_said(turn.tx, read.planned, turn.app.now().date())
        return None
    preview = await _keep(turn, read, told)
    await apply.write(turn.app, turn.tx, "roster", preview.id, read.planned, by="bot", source="job")
    return preview.id, count_line("roster", preview.counts)


async def _ask(turn: _Turn, told: Sequence[News]) -> tuple[int, str] | None:
    """Have admin staff decide about these people, together with those who wait already."""
    still = frozenset(one.resource_id for one in told if not one.is_news)
    if still == turn.held and len(told) == len(still):
        return None
    if turn.open_id is not None and still == turn.held and await _was_just_asked(turn, turn.open_id):
        # The others stay news, and come with the next.
        return None
    await runs.drop_open(turn.tx, NAME)
    read = await _read(turn, told)
    if read is None or not read.planned.diff.writes():
        await rows.settle(turn.tx, told, None)
        turn.why.append("" if read is None else _faulty(read.planned.faults))
        return None
    preview = await _keep(turn, read, told)
    await rows.settle(turn.tx, told, preview.id)
    text = say.ASKED.format(id=preview.id, text=preview.text)
    await roles.tell_admin_staff(turn.app, turn.tx, text, public=say.ASKED_PUBLIC.format(id=preview.id))
    return preview.id, count_line("roster", preview.counts)


async def _was_just_asked(turn: _Turn, import_id: int) -> bool:
    row = await imports.head(turn.tx, import_id)
    return row is not None and turn.app.now() - row.made_at < ASKED_EVERY


async def _keep(turn: _Turn, read: _Read, told: Sequence[News]) -> Preview:
    """Keep an import and its preview."""
    kept, kept_hash = await asyncio.to_thread(kept_of, read.rows)
    senders = "、".join(sorted({one.told_by for one in told}))
    new = NewImport(
        "roster", f"{name_of(NAME)}：{senders}"[:300], kept_hash, whole_company=False,
        made_by="bot", made_at=turn.app.now(), based_on=turn.version, rows=kept, source=NAME,
    )  # fmt: skip
    return await apply.keep(turn.app, turn.tx, new, read.planned, "job")


async def _note(turn: _Turn, applied: tuple[int, str] | None, asked: tuple[int, str] | None) -> None:
    """Note for the status what this turn brought."""
    parts = [APPLIED.format(id=applied[0], counts=applied[1])] if applied else []
    parts += [say.WAITING.format(id=asked[0], counts=asked[1])] if asked else []
    parts += [why for why in dict.fromkeys(turn.why) if why]
    outcome = Outcome.WAITING if asked else Outcome.APPLIED if applied else Outcome.UNCHANGED
    newest = asked or applied
    await runs.note(
        turn.tx, NAME, ended_at=turn.app.now(), outcome=outcome, people=len(turn.told),
        import_id=newest[0] if newest else None, reason="；".join(parts)[:300] or UNCHANGED,
        good_at=turn.app.now(),
    )  # fmt: skip
