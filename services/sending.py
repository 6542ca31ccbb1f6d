"""The sender's book-keeping: claim rows, mark acts, end rows. Each is one transaction.

What survives a crash hangs on the order: `begin` commits *before* QQ is called, so that nothing
which may have happened is ever taken for untried.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from db.engine import Transaction
from db.queries import groups, processes
from db.queries import outbox as rows
from services import outcomes
from services.app import App
from services.outbox import ActKind, ActOutcome, Lane, OutboxRow, lane_of, row_of
from services.pacing import Budget, late

LEASE = timedelta(minutes=2)
_ROW_STATES = {"done": "done", "unconfirmed": "unconfirmed", "failed": "dead", "dropped": "dropped"}
MESSAGES = (ActKind.SEND_GROUP, ActKind.SEND_PRIVATE, ActKind.SEND_FILE, ActKind.GROUP_NOTICE)


@dataclass(frozen=True, slots=True)
class Route:
    """An account with the groups it serves, and those that any connected account serves.

    `others`: our accounts that other processes hold.
    """

    account: int
    serves: Sequence[int]
    known: Sequence[int]
    others: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a call, for the counters. `effect`: ok | ineffective | error | timeout."""

    app_name: str
    action: str
    effect: str


async def due_lanes(app: App) -> set[Lane]:
    """Return the lanes in which something is due; none while paused."""
    async with app.database.reading() as tx:
        if await rows.is_paused(tx):
            return set()
        return {Lane(lane) for lane in await rows.waiting_lanes(tx, app.now())}


async def claim(
    app: App, lane: Lane, route: Route, *, limit: int = 1, group_id: int | None = None
) -> list[OutboxRow]:
    """Claim the most urgent rows of a lane for one account; none while paused."""
    async with app.database.transaction() as tx:
        if await rows.is_paused(tx):
            return []
        found = await rows.claim(
            tx,
            lane=lane.value,
            account=route.account,
            serves=route.serves,
            known=route.known,
            others=route.others,
            worker=app.worker,
            now=app.now(),
            limit=limit,
            group_id=group_id,
        )
        linked = await rows.cases_of(tx, [row["id"] for row in found]) if found else {}
    return [row_of(row, linked.get(row["id"], ())) for row in found]


async def begin(app: App, row: OutboxRow, account: int) -> OutboxRow | None:
    """Note that the act is about to happen; return the row with this attempt counted.

    None (and the row waits again) when `暂停` came in between, or the row isn't ours any more.
    """
    async with app.database.transaction() as tx:
        if await rows.is_paused(tx):
            await rows.change(tx, row.id, app.worker, state="waiting", claimed_by=None)
            return None
        begun = replace(row, acted_at=app.now(), attempts=row.attempts + 1)
        marks = {"acted_at": begun.acted_at, "acted_by": account, "attempts": begun.attempts}
        return begun if await rows.change(tx, row.id, app.worker, **marks) else None


async def is_paused(app: App) -> bool:
    """Tell whether `暂停` is on."""
    async with app.database.reading() as tx:
        return await rows.is_paused(tx)


async def put_back(
    app: App,
    row: OutboxRow,
    *,
    seconds: float = 0.0,
    attempts: int | None = None,
    account: int | None = None,
    undone: bool = False,
) -> None:
    """Let a row wait again, for `seconds` at least.

    `undone`: `row` is as it was before `begin`, and the act surely didn't happen. `attempts`: the
    new count; `account`: who shall do it.
    """
    values: dict[str, object] = {"state": "waiting", "claimed_by": None}
    if seconds:
        values["not_before"] = app.now() + timedelta(seconds=seconds)
    if attempts is not None:
        values["attempts"] = attempts
    if account is not None:
        values["account"] = account
    if undone:
        values |= {"acted_at": row.acted_at, "attempts": row.attempts}
    async with app.database.transaction() as tx:
        await rows.change(tx, row.id, app.worker, **values)
        tx.after_commit(app.outbox_news.set)


async def verify_later(app: App, row: OutboxRow) -> None:
    """Note that the act was tried and is to be read back."""
    async with app.database.transaction() as tx:
        await rows.change(tx, row.id, app.worker, state="verifying")


async def count(app: App, effect: Effect) -> None:
    """Count what became of one call."""
    async with app.database.transaction() as tx:
        await rows.count_effect(tx, effect.app_name, effect.action, effect.effect)


async def end(app: App, row: OutboxRow, outcome: ActOutcome, effect: Effect | None = None) -> None:
    """End a row and write what that means, in one transaction."""

    async def write(tx: Transaction) -> None:
        ended = await rows.change(
            tx,
            row.id,
            app.worker,
            state=_ROW_STATES[outcome.state],
            result=outcome.detail[:300] or None,
            confirmed_by=outcome.confirmed_by,
            finished_at=app.now(),
            attachment=None,
        )
        if effect is not None:
            await rows.count_effect(tx, effect.app_name, effect.action, effect.effect)
        if ended:
            await outcomes.record(app, tx, row, outcome)

    await app.database.together(write)


async def take_over(app: App) -> list[OutboxRow]:
    """Take over what dead workers had in hand.

    Untried rows wait again. Messages that may have gone out end as unconfirmed. Everything else
    is returned, now in this worker's hands, to be read back before anything is repeated; where
    several processes share the database, by one that has an account to read with.
    """
    adopted: list[OutboxRow] = []
    async with app.database.transaction() as tx:
        alive = await processes.live_workers(tx)
        for found in await rows.in_hand(tx):
            if found["claimed_by"] == app.worker or not _is_dead(
                found["claimed_by"], found["claimed_at"], app, alive
            ):
                continue
            if found["acted_at"] is not None and not _may_read_back(app, found):
                continue
            if not await rows.take_over(tx, found["id"], found["claimed_by"], app.worker, app.now()):
                continue
            linked = await rows.cases_of(tx, [found["id"]])
            acted_by = found["account"] or found["acted_by"]
            row = row_of({**found, "account": acted_by}, linked.get(found["id"], ()))
            if await _settle_orphan(app, tx, row):
                adopted.append(row)
    return adopted


async def _settle_orphan(app: App, tx: Transaction, row: OutboxRow) -> bool:
    if row.acted_at is None:
        await rows.change(tx, row.id, app.worker, state="waiting", claimed_by=None)
        return False
    if row.kind not in MESSAGES:
        await rows.change(tx, row.id, app.worker, state="verifying")
        return True
    outcome = ActOutcome("unconfirmed", "发送时程序中断，可能已经发出，不再重发")
    values = {"state": "unconfirmed", "result": outcome.detail, "finished_at": app.now(), "attachment": None}
    await rows.change(tx, row.id, app.worker, **values)
    await outcomes.record(app, tx, row, outcome)
    return False


def _may_read_back(app: App, row: Mapping[str, Any]) -> bool:
    """Tell whether this process can look at what became of an act, or nobody else could do it better."""
    if not app.peers.others or app.gateway is None or ActKind(row["kind"]) in MESSAGES:
        return True
    here = app.gateway.accounts()
    if lane_of(ActKind(row["kind"])) is Lane.ANSWER:
        return (row["account"] or row["acted_by"]) in here
    return app.gateway.account_for(row["group_id"]) in here


def _is_dead(worker: str | None, since: datetime | None, app: App, alive: set[str] | None) -> bool:
    """Tell whether a worker (`host:pid:token`) is gone: its process is, or its lease ran out.

    `alive`: the workers that PostgreSQL sees connected; None on SQLite, where the process is looked for.
    """
    if worker is None or since is None:
        return True
    if alive is not None:
        return worker not in alive or abs(app.now() - since) > LEASE
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host == socket.gethostname()[:30] and pid.isdecimal():
        if int(pid) == os.getpid():
            return True
        # PermissionError would mean that it lives, under another user.
        with suppress(PermissionError):
            try:
                os.kill(int(pid), 0)
            except ProcessLookupError:
                return True
    # A claim of the future was made before the clock was set back: nobody knows how old it is.
    return abs(app.now() - since) > LEASE


async def removals_today(app: App, account: int) -> int:
    """Return how many removals this account has tried since midnight."""
    midnight = app.now().replace(hour=0, minute=0, second=0, microsecond=0)
    async with app.database.reading() as tx:
        return await rows.acted_since(tx, account, ActKind.REMOVE.value, midnight)


async def late_removals(app: App, tx: Transaction, account: int) -> list[tuple[int, int, datetime]]:
    """Return (group, user, deadline) of `account`'s waiting removals that will miss their deadline."""

    def account_of(row: Mapping[str, Any]) -> int | None:
        serving = app.gateway.account_for(row["group_id"]) if app.gateway is not None else None
        return row["account"] or serving

    every = await rows.waiting(tx, Lane.REMOVE.value)
    waiting = [row for row in every if account_of(row) in (None, account)]
    pace, now = app.policy.pace, app.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    used = await rows.acted_since(tx, account, ActKind.REMOVE.value, midnight)
    budget = Budget(pace.kicks_per_day, pace.kick_seconds * 1.25, used)
    missed = late([row["deadline"] for row in waiting], now, budget)
    return [(waiting[i]["group_id"], waiting[i]["user_id"], waiting[i]["deadline"]) for i in missed]


async def shared_groups(app: App, user_id: int) -> list[int]:
    """Return the groups where this person was last seen."""
    async with app.database.reading() as tx:
        return await groups.groups_of(tx, [user_id])
