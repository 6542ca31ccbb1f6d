"""X1 spot_check: every filed group once a month, at a time nobody can foresee, and on demand (三).

A group's time follows from the month's secret seed (`seeded.py`) and is written down when it has come. A
check that was missed because the bot was off takes place later in the month, by the same seed, and its
report says so.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from config.phrases import reports as say
from db.engine import Transaction
from db.queries.cases import spot_checks as rows
from db.queries.cases.spot_checks import Findings, Outcome, SpotCheckRow
from db.queries.groups import last_seen as group_rows
from db.queries.groups.filings import filed_groups
from db.queries.work import job_runs
from regulation.deadlines import in_hours
from regulation.periods import label, month_of
from regulation.spot_check import Draw, draw_now
from services import processes
from services.answer import Answer
from services.app import App
from services.cases import audit
from services.reports.filters import nearest
from services.reports.send import to_admin_group
from services.reports.spot_checks import elsewhere, seeded, wording
from services.reports.spot_checks.wording import Result

BOT = "bot"
NAME = "spot checks"
MISSED_AFTER = timedelta(minutes=30)
ABANDONED = timedelta(minutes=10)
AGAIN_WITHIN = timedelta(hours=1)
MOST_NOW = 20


async def run_due(app: App) -> list[Result]:
    """Draw what is not drawn yet, do what is due, report it. For the scheduler, every few seconds."""
    draws = await seeded.keep(app)
    await _take_in(app, draws[label(app.now())])
    due = await app.database.run(partial(_due, draws, app.now()), writes=False)
    found: list[Result] = []
    for row in due[:MOST_NOW]:
        if await _put_off(app, row, draws) or not await _is_ours(app, row):
            continue
        found.append(await _check(app, row, draws))
    await _report(app, found)
    return found


async def _due(draws: Mapping[str, Draw], now: datetime, tx: Transaction) -> list[SpotCheckRow]:
    """Return what is due, the longest waiting first. In a thread: there is a row for every group."""
    pending = [_with_due(row, draws) for row in await rows.pending(tx)]
    return sorted((row for row in pending if row.due_at <= now), key=lambda row: row.due_at)


def _with_due(row: SpotCheckRow, draws: Mapping[str, Draw]) -> SpotCheckRow:
    """Return a row with its real moment, which is not in the database beforehand."""
    if row.drawn_by != BOT:
        return row
    return replace(row, due_at=draws[row.month].moment(row.group_id, row.after))


async def _take_in(app: App, draw: Draw) -> None:
    """Enter each filed group that this month has no check of yet."""
    now = app.now()

    async def look(tx: Transaction) -> set[int]:
        return set(await filed_groups(tx)) - await rows.drawn_groups(tx, draw.month, BOT)

    missing = await app.database.run(look, writes=False)
    if not missing:
        return
    windows = draw.windows()
    after = None if not windows or now < windows[0][0] else now
    end = month_of(now.date()).end
    async with app.database.transaction() as tx:
        await rows.add(tx, sorted(missing), month=draw.month, drawn_by=BOT, seed="", after=after, due_at=end)


async def _put_off(app: App, row: SpotCheckRow, draws: Mapping[str, Draw]) -> bool:
    """Put a missed check off to later in the month, by the same seed; one whose month is over is unknown.

    False: do it now.
    """
    now = app.now()
    if row.drawn_by != BOT or now - row.due_at <= MISSED_AFTER:
        return False
    missed = row.missed_at or row.due_at
    async with app.database.transaction() as tx:
        if row.month != label(now):
            found = Findings(why=say.SPOT["over"])
            await rows.finish(tx, row, Outcome.UNKNOWN, found, now, missed_at=missed)
            return True
        await rows.put_off(tx, row, "missed", now, missed_at=missed)
        return draws[row.month].moment(row.group_id, now) > now


async def _is_ours(app: App, row: SpotCheckRow) -> bool:
    """Win this check against other processes; a process without the group's account leaves it a while."""
    if not processes.is_ours(app, row.group_id) and app.now() - row.due_at < MISSED_AFTER / 2:
        return False
    async with app.database.transaction() as tx:
        name = f"spot C{row.id}"
        return await job_runs.win(tx, name, row.due_at, app.worker, app.now(), abandoned_after=ABANDONED)


async def _check(app: App, row: SpotCheckRow, draws: Mapping[str, Draw]) -> Result:
    """Take a fresh reading, run all checks, write the outcome; unknown is tried again within the month."""
    group_id = row.group_id
    outcome = await audit.audit_group(app, group_id, max_age=0.0)
    now = app.now()
    async with app.database.transaction() as tx:
        # Whoever must be out is named though a person or a waiver keeps the case quiet.
        by_code = Counter(await wording.open_by_code(tx, group_id)) + Counter(
            {code.value: n for code, n in outcome.quiet.items()}
        )
        found = Findings(by_code, outcome.unknown, sum(outcome.quiet.values()))
        word = Outcome.FINDINGS if by_code else Outcome.CLEAN
        if outcome.unknown is not None:
            word = Outcome.UNKNOWN
        again = word is Outcome.UNKNOWN and row.drawn_by == BOT and await _again(app, tx, row, draws)
        if not again:
            await rows.finish(tx, row, word, found, now, missed_at=row.missed_at or row.due_at)
        await job_runs.finish(tx, f"spot C{row.id}", row.due_at, now, word.value)
        return await wording.result_of(tx, row, word, found, again=again)


async def _again(app: App, tx: Transaction, row: SpotCheckRow, draws: Mapping[str, Draw]) -> bool:
    """Put a group that gave no answer off to another time in the rest of the month, if there is any."""
    now = app.now()
    at = draws[row.month].moment(row.group_id, now)
    if at <= now + AGAIN_WITHIN or not in_hours(at, app.policy.hours):
        return False
    await rows.put_off(tx, row, "unknown", now)
    return True


async def _report(app: App, found: Sequence[Result], *, heard_by: int | None = None) -> None:
    if not found:
        return
    text = wording.report(found)
    async with app.database.transaction() as tx:
        key = f"spot:{app.now().isoformat()}:{found[0].id}"
        await to_admin_group(app, tx, text, key=key, heard_by=heard_by)


@dataclass(frozen=True, slots=True)
class Drawn(Answer):
    """What checks drawn by hand came to."""

    results: tuple[Result, ...] = ()


async def draw_some(app: App, count: int, *, by: int) -> Drawn:
    """`抽查`, `抽查 3`: draw filed groups now and check them."""
    async with app.database.reading() as tx:
        filed = await filed_groups(tx)
    if not filed:
        return Drawn(False, say.SPOT["none_filed"])
    seed = secrets.token_hex(16)
    return await _now(app, draw_now(filed, min(count, MOST_NOW), seed), seed, by)


async def draw_one(app: App, group_id: int, *, by: int) -> Drawn:
    """`抽查 群=…`: check this group now."""
    async with app.database.reading() as tx:
        known = await group_rows.names(tx)
    if group_id not in known:
        listed = "、".join(nearest(str(group_id), [str(one) for one in known]))
        return Drawn(False, say.UNKNOWN["群"].format(word=group_id, known=listed))
    return await _now(app, [group_id], secrets.token_hex(16), by)


async def _now(app: App, group_ids: Sequence[int], seed: str, by: int) -> Drawn:
    now = app.now()
    async with app.database.transaction() as tx:
        made = await rows.add(
            tx, group_ids, month=label(now), drawn_by=str(by), seed=seed, after=None, due_at=now
        )
        drawn = await rows.get_many(tx, made)
        away = await processes.only_elsewhere(app, tx, group_ids)
        here = [row for row in drawn if row.group_id not in away]
        for row in here:
            await job_runs.win(tx, f"spot C{row.id}", row.due_at, app.worker, now)
        if away:
            await tx.notify(NAME)
    found = [await _check(app, row, {}) for row in here]
    await _report(app, found, heard_by=by)
    found += await elsewhere.results(app, [row.id for row in drawn if row.group_id in away])
    found.sort(key=lambda one: one.id)
    return Drawn(True, wording.report(found), wording.public(found), tuple(found))


async def coverage_line(tx: Transaction, month: str) -> str:
    """Return the proof for a month (`2026-11`): how many filed groups were inspected, which not."""
    filed = await filed_groups(tx)
    done = await rows.coverage(tx, month)
    known = await group_rows.names(tx, filed)
    names = {group_id: known.get(group_id, "") for group_id in filed}
    return wording.coverage(month, names, {g: at for g, at in done.items() if g in names})


async def coverage_dates(tx: Transaction, month: str) -> dict[int, datetime | None]:
    """Return for each filed group when it was last inspected with an answer in a month, or None."""
    done = await rows.coverage(tx, month)
    return {group_id: done.get(group_id) for group_id in await filed_groups(tx)}
