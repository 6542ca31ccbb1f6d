"""Acting on cases: fresh reading → plan → brakes → outbox. The only way to a reminder or a removal.

One run at a time chooses what to do, of all processes: the brakes count what is done in all groups
together.
"""

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.cases import batches, case_acts, notices
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.groups.last_seen import GroupRow
from db.queries.work.removals import Removal
from regulation.deadlines import in_hours
from regulation.model import Case, GroupSnapshot, Role
from regulation.plan.choose import brake_run, plan
from regulation.plan.limits import Limits, Plan
from services import processes
from services.app import App
from services.cases import audit, brakes, life, plan_acts
from services.cases import batches as batch_items
from services.cases.audit import AuditOutcome
from services.filing import owner_notice
from services.groups import settled
from services.groups.modes import general_mode, is_paused
from services.groups.view import effective_mode
from services.watching import clock

T = TypeVar("T")
READERS = 8
QUIET_AFTER_RENAMING = timedelta(days=1)
RETRY_FAILED = timedelta(hours=6)
LEASE = timedelta(minutes=5)
log = logging.getLogger("qungui")


class _Run(asyncio.Lock):
    """Runs go one after the other, so that each counts what those before it did."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One group's part of a run. `introduced`: the group was told who the bot is, or is none to tell."""

    group_id: int
    plan: Plan
    cases: tuple[Case, ...]
    snapshot: GroupSnapshot
    introduced: bool


async def run_due(app: App) -> int:
    """Look at every group that is due and served by an account of ours; return how many."""
    if app.gateway is None or not app.gateway.accounts():
        return 0

    async def look(tx: Transaction) -> list[int]:
        found = await group_rows.due(tx, app.now())
        return [] if found and await is_paused(tx) else found

    due = await app.database.run(look, writes=False)
    mine = [group_id for group_id in due if processes.is_ours(app, group_id)]
    if mine:
        await run(app, mine)
    return len(mine)


async def run(app: App, group_ids: Sequence[int]) -> list[AuditOutcome]:
    """Audit these groups afresh and act on what is open there, as one run."""
    async with app.memory(_Run):
        async with app.database.transaction() as tx:
            await group_rows.take(tx, group_ids, app.now() + LEASE)
        outcomes = await _audit_all(app, group_ids)
        settled.forget_people(app)
        # Each process reads its own groups; choosing is for one at a time, for it looks at what is queued.
        async with app.database.alone(Lock.ENFORCING):
            await _act(app, outcomes)
        return outcomes


async def _act(app: App, outcomes: Sequence[AuditOutcome]) -> None:
    readable = [o for o in outcomes if o.unknown is None and o.snapshot is not None]
    await brakes.drop_stranded(app)
    async with app.database.reading() as tx:
        lately = await brakes.counted(app, tx)
        elsewhere = await processes.wanted_elsewhere(app, tx)
    parts = [await _part(outcome.group_id, _prepare(app, outcome, lately)) for outcome in readable]
    prepared = [one for one in parts if one is not None]
    braked = brake_run([one.plan for one in prepared], len(lately) + elsewhere, app.policy)
    quiet: dict[int, datetime | None] = {}
    for one, final in zip(prepared, braked, strict=True):
        if final.actions or not one.introduced:
            await _part(one.group_id, _carry_out(app, one, final))
        else:
            quiet[one.group_id] = _next_look(final)
    await _let_be(app, quiet)
    await batch_items.withhold(app, [final for final in braked if final.withheld])


async def _part(group_id: int, work: Awaitable[T]) -> T | None:
    """Return what came of one group's part of a run; None where it failed: the other groups go on.

    This one is due again when its lease ends.
    """
    try:
        return await work
    except Exception:  # the job's edge
        log.exception("nothing was done about group %d", group_id)
        return None


async def _audit_all(app: App, group_ids: Sequence[int]) -> list[AuditOutcome]:
    gate = asyncio.Semaphore(READERS)

    async def one(group_id: int) -> AuditOutcome:
        async with gate:
            # Begun after what marked the group, which waited `members.SOON` for this.
            return await audit.audit_one_of_many(app, group_id, max_age=0.4)

    return list(await asyncio.gather(*(one(group_id) for group_id in group_ids)))


async def _prepare(app: App, outcome: AuditOutcome, lately: Sequence[Removal]) -> Planned:
    snapshot = outcome.snapshot
    assert snapshot is not None

    async def prepare(tx: Transaction) -> Planned:
        open_cases = tuple(await case_rows.open_of_group(tx, outcome.group_id))
        row = await group_rows.get_or_blank(tx, outcome.group_id)
        limits = await _limits(app, tx, snapshot, outcome.bot_role, open_cases, row)
        removing = frozenset(one.user_id for one in lately if one.group_id == outcome.group_id)
        limits = replace(limits, removing=removing)
        made = plan(open_cases, snapshot, limits, app.now())
        return Planned(outcome.group_id, made, open_cases, snapshot, row.introduced_at is not None)

    return await app.database.run(prepare, writes=False)


async def _limits(
    app: App,
    tx: Transaction,
    snapshot: GroupSnapshot,
    bot_role: Role | None,
    open_cases: Sequence[Case],
    row: GroupRow,
) -> Limits:
    """Gather all that bounds a plan for one group."""
    now, group = app.now(), snapshot.group
    people = [case.user_id for case in open_cases if case.user_id is not None]
    introduced, spoken = row.reminded_at, await case_acts.last_reminder_of_group(tx, group.group_id)
    reminded_at = max((at for at in (introduced, spoken) if at is not None), default=None)
    if await case_acts.reminder_under_way(tx, group.group_id):
        reminded_at = now
    waiting, released = await batches.case_states(tx, now)
    return Limits(
        mode=await effective_mode(tx, group),
        general_mode=await general_mode(tx),
        paused=await is_paused(tx),
        policy=app.policy,
        registry=app.registry,
        bot_role=bot_role,
        in_hours=in_hours(now, app.policy.hours),
        earlier=clock.earlier(app),
        group_reminded_at=reminded_at,
        reminded=await _reminded(app, tx, people),
        in_flight=await case_acts.in_flight(tx, group.group_id, now - RETRY_FAILED),
        awaiting=waiting,
        released=released,
        told=await notices.said(tx, [case.id for case in open_cases], now - life.TELL_AGAIN),
    )


async def _reminded(app: App, tx: Transaction, people: Sequence[int]) -> Mapping[int, datetime]:
    """Return when each of these people (QQ numbers) was last reminded, under any of their QQ numbers.

    For a day after a department was renamed everybody counts as just reminded.
    """
    day = timedelta(hours=float(app.policy.reminders.per_person_hours))
    since = app.renamed_at
    if since is not None and app.now() < since + QUIET_AFTER_RENAMING:
        return dict.fromkeys(people, since + QUIET_AFTER_RENAMING - day)
    owners = {qq: one.employee_no for qq in people if (one := app.registry.employee_of(qq)) is not None}
    every = {qq for no in owners.values() for qq in app.registry.qqs_of(no)}.union(people)
    last = await case_acts.last_reminders(tx, sorted(every), app.now() - day)
    for qq, no in owners.items():
        if told := [last[one] for one in app.registry.qqs_of(no) if one in last]:
            last[qq] = max(told)
    return last


async def _carry_out(app: App, one: Planned, final: Plan) -> None:
    async def carry_out(tx: Transaction) -> None:
        row = await group_rows.get_or_blank(tx, one.group_id)
        if row.gone_at is not None or await is_paused(tx):
            return
        await owner_notice.introduce(app, tx, one.group_id)
        for action in final.actions:
            await plan_acts.queue_action(app, tx, action, one.cases, one.snapshot)
        await group_rows.release(tx, {one.group_id: _next_look(final)})

    await app.database.run(carry_out)


async def _let_be(app: App, looks: Mapping[int, datetime | None]) -> None:
    """End the look at groups where nothing is to be done now."""

    async def let_be(tx: Transaction) -> None:
        if not await is_paused(tx):
            await group_rows.release(tx, looks)

    if looks:
        await app.database.run(let_be)


def _next_look(final: Plan) -> datetime | None:
    return min((at for at in final.next_look.values() if at is not None), default=None)
