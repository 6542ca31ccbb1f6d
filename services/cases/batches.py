"""Withheld removals: shown to admin staff as one batch `R…`, confirmed as a whole, or lapsed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from config.phrases.notices import WITHHELD
from db.engine import Transaction
from db.queries.cases import batches, timelines
from db.queries.cases.batches import BatchRow, BatchState
from db.queries.groups import last_seen as group_rows
from regulation.actions import Remove
from regulation.duties import DUTIES
from regulation.plan.choose import Plan
from services import followup
from services.answer import Answer
from services.app import App
from services.cases import life
from services.naming import moment, numbered
from services.people import roles
from services.trail import noting, record
from services.watching import clock

LAPSES = timedelta(hours=24)
# A confirmed batch may take days within the daily budget; each removal is re-checked anyway.
CARRIED_OUT_WITHIN = timedelta(days=7)
SHOWN = 20


async def withhold(app: App, plans: Sequence[Plan]) -> int | None:
    """Put what a run withheld before admin staff as one batch; None when nothing is new in it.

    A batch that waits already and has changed is replaced: it is shown again under a new number.
    """
    removals = [removal for plan in plans for removal in plan.withheld]
    if not removals:
        return None
    why = next((plan.why for plan in plans if plan.why), "")
    async with app.database.transaction() as tx:
        waiting = await _still(tx, await batches.waiting(tx))
        known = {one.case_id: one for batch in waiting for one in batch.removals}
        if all(removal.case_id in known for removal in removals):
            return None
        union = {**known, **{removal.case_id: removal for removal in removals}}
        for batch in waiting:
            await batches.settle(tx, batch.id, "replaced", "bot", app.now())
        batch_id = await batches.add(
            tx, made_at=app.now(), expires_at=app.now() + LAPSES, why=why, removals=list(union.values())
        )
        for removal in removals:
            await life.note(app, tx, removal.case_id, "withheld", batch=batch_id, why=why)
        await _show(app, tx, batch_id, why, list(union.values()), [batch.id for batch in waiting])
    return batch_id


async def _show(
    app: App, tx: Transaction, batch_id: int, why: str, removals: list[Remove], old: list[int]
) -> None:
    head = WITHHELD["head"].format(id=batch_id, count=how_many(removals), why=WITHHELD.get(why, why))
    if old:
        head += WITHHELD["replaced"].format(old="、R".join(map(str, old)))
    lines = await describe(app, tx, removals[:SHOWN])
    if len(removals) > SHOWN:
        lines.append(WITHHELD["more"].format(count=len(removals) - SHOWN, id=batch_id))
    text = "\n".join([head, *lines, WITHHELD["foot"].format(id=batch_id)])
    public = WITHHELD["public"].format(id=batch_id, count=how_many(removals))
    await roles.tell_admin_staff(
        app, tx, text, public=public, key=f"batch:{batch_id}", item=(f"R{batch_id}", "")
    )


def how_many(removals: Sequence[Remove]) -> str:
    """Return how many people a batch is about, and how many removals where somebody is in several groups."""
    people = len({one.user_id for one in removals})
    words = WITHHELD["people" if people == len(removals) else "in_groups"]
    return words.format(people=people, count=len(removals))


async def describe(app: App, tx: Transaction, removals: Sequence[Remove]) -> list[str]:
    """Return one line a person: group, name, QQ, duty; private to admin staff."""
    names = await group_rows.names(tx, sorted({one.group_id for one in removals}))
    return [
        WITHHELD["line"].format(
            group=numbered(names.get(one.group_id), one.group_id),
            who=roles.name_of(app, one.user_id),
            qq=one.user_id,
            title=DUTIES[one.code].title,
        )
        for one in removals
    ]


async def settle_batch(app: App, batch_id: int, *, approve: bool, by: int, reason: str = "") -> Answer:
    """Confirm or drop a waiting batch; once, by whoever is first (rights are the caller's)."""
    async with app.database.transaction() as tx:
        batch = await batches.get(tx, batch_id)
        if batch is None:
            return Answer(False, WITHHELD["unknown"])
        if batch.state is BatchState.WAITING and batch.expires_at <= app.now():
            await batches.settle(tx, batch_id, "lapsed", "bot", app.now())
            return Answer(False, WITHHELD["lapsed"].format(id=batch_id))
        state = "confirmed" if approve else "dropped"
        if not await batches.settle(tx, batch_id, state, str(by), app.now()):
            return Answer(False, _settled_line(app, batch))
        await batches.extend(tx, batch_id, app.now() + CARRIED_OUT_WITHIN)
        for one in batch.removals:
            await life.note(app, tx, one.case_id, state, batch=batch_id, by=str(by))
        about = {"action": f"batch_{state}", "subject": f"R{batch_id}"}
        await record(app, tx, actor=str(by), **about, **noting(reason))
        if approve:
            await followup.groups_changed(app, tx, sorted({one.group_id for one in batch.removals}))
    return Answer(True, WITHHELD[state].format(id=batch_id, count=how_many(batch.removals)))


def _settled_line(app: App, batch: BatchRow) -> str:
    return WITHHELD["settled"].format(
        id=batch.id,
        who=roles.actor_name(app, batch.settled_by),
        when=moment(batch.settled_at),
        how=WITHHELD.get(f"word_{batch.state}", ""),
    )


async def lapse(app: App) -> int:
    """End batches that nobody confirmed within 24 hours, and say so; return how many.

    Whose case has closed meanwhile leaves the list, so that a yes or no is to those whom it still concerns.
    """
    now = clock.earlier(app) or app.now()

    async def look(tx: Transaction) -> tuple[list[BatchRow], list[BatchRow]]:
        waiting = await batches.waiting(tx)
        return waiting, await _still(tx, waiting)

    waiting, still = await app.database.run(look, writes=False)
    if still != waiting:
        await app.database.run(partial(_strike_out, app))
    late = [batch for batch in waiting if batch.expires_at <= now]
    for batch in late:
        async with app.database.transaction() as tx:
            if await batches.settle(tx, batch.id, "lapsed", "bot", app.now()):
                text = WITHHELD["lapsed"].format(id=batch.id)
                await roles.tell_admin_staff(app, tx, text, public=text, key=f"lapsed:{batch.id}")
    return len(late)


async def _still(tx: Transaction, waiting: Sequence[BatchRow]) -> list[BatchRow]:
    """Return batches, each with those whose case is still open."""
    if not waiting:
        return []
    found = await timelines.get_many(tx, [one.case_id for batch in waiting for one in batch.removals])
    still = {case.id for case in found if case.closed_at is None}
    return [replace(one, removals=tuple(r for r in one.removals if r.case_id in still)) for one in waiting]


async def _strike_out(app: App, tx: Transaction) -> None:
    for batch in await _still(tx, await batches.waiting(tx)):
        if batch.removals:
            await batches.keep(tx, batch.id, batch.removals)
        else:
            await batches.settle(tx, batch.id, "replaced", "bot", app.now())
