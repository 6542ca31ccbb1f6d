"""The sender's book-keeping: claim rows, mark acts, end rows. Each is one transaction.

What survives a crash hangs on the order: `begin` commits *before* QQ is called, so that nothing
which may have happened is ever taken for untried.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice, takewhile
from typing import Any

from db.engine import Transaction
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.work import outbox as rows
from db.queries.work import processes, removals
from db.queries.work.outbox import Mine, OutboxRow
from db.queries.work.removals import Removal
from regulation.plan.urgency import DAY, late, order_by_deadline, turns
from services.acts import MESSAGES, NOT_DONE, ActKind, ActOutcome, Lane
from services.app import App
from services.joining import answered, proofs
from services.people import registry
from services.sender import last_look, outcomes
from services.sender.pacing import JITTER
from services.sender.takeover import Hands
from services.watching import lost_groups

# For so long the outcomes of answers are collected, to be written together.
LINGER_SECONDS = 0.2
_ROW_STATES = {"done": "done", "unconfirmed": "unconfirmed", "failed": "dead", "dropped": "dropped"}


@dataclass(frozen=True, slots=True)
class Route:
    """An account with the groups it serves, and those that any connected account serves.

    `others`: our accounts that other processes hold, or that are away for a moment; `friends`: people this
    account may write to while the account nearer to them can't.
    """

    account: int
    serves: Sequence[int]
    known: Sequence[int]
    others: Sequence[int] = ()
    friends: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a call, for the counters. `effect`: ok | ineffective | error | timeout."""

    app_name: str
    action: str
    effect: str


async def due_lanes(app: App) -> set[Lane]:
    """Return the lanes in which something is due; none while paused."""

    async def look(tx: Transaction) -> set[Lane]:
        found = {Lane(lane) for lane in await rows.waiting_lanes(tx, app.now())}
        return set() if found and await rows.is_paused(tx) else found

    return await app.database.run(look, writes=False)


async def claim(app: App, lane: Lane, route: Route, *, limit: int = 1) -> list[OutboxRow]:
    """Claim the most urgent row of a lane for one account; none while paused.

    Of removals up to `limit` at once, as long as they are of one group and none was tried before.
    """

    began = 0.0

    async def take(tx: Transaction) -> list[OutboxRow]:
        nonlocal began
        began = time.monotonic()
        if await rows.is_paused(tx):
            return []
        friends = route.friends if lane is Lane.MESSAGE else ()
        mine = rows.route(route.account, route.serves, route.known, route.others, friends)
        ids = await _next_removals(app, tx, mine, limit) if lane is Lane.REMOVE else None
        if ids == []:
            return []
        return await rows.claim(
            tx, lane=lane.value, mine=mine, worker=app.worker, now=app.now(), limit=limit, ids=ids
        )

    claimed = await app.database.run(take, durable=False)
    return app.memory(Hands).not_given_up(claimed, began)


async def _next_removals(app: App, tx: Transaction, mine: Mine, limit: int) -> list[int]:
    """Return the removals whose turn it is: by the deadlines their cases have now."""
    due = {one.id: one for one in await removals.due(tx, mine, app.now())}
    turn = [due[i] for i in order_by_deadline({one.id: one.deadline for one in due.values()}, app.now())]
    together = takewhile(lambda one: one.group_id == turn[0].group_id and not one.attempts, turn)
    return [one.id for one in islice(together, limit)] or [one.id for one in turn[:1]]


async def begin(app: App, claimed: Sequence[OutboxRow], account: int) -> list[OutboxRow]:
    """Judge once more acts that are about to happen, and note them as tried; return those.

    Removals are of one group, which is read afresh. All is decided by what is committed when it is
    noted: `暂停` puts them back, what is no longer wanted is dropped.
    """
    kind = claimed[0].kind
    look = await last_look.read(app, claimed[0].group_id or 0) if kind is ActKind.REMOVE else None
    if kind is ActKind.ANSWER_REQUEST:
        await proofs.all_bound(app)

    async def mark(tx: Transaction) -> list[OutboxRow]:
        if await rows.is_paused(tx):
            for row in claimed:
                await rows.change(tx, row.id, app.worker, state="waiting", claimed_by=None)
            return []
        begun = [await _begin(app, tx, row, account, look) for row in claimed]
        return [row for row in begun if row is not None]

    hold = kind not in MESSAGES
    return await registry.run_current(app, mark, hold=hold)


async def _begin(
    app: App, tx: Transaction, row: OutboxRow, account: int, look: last_look.Look | None
) -> OutboxRow | None:
    unwanted = await outcomes.why_not(app, tx, row, look)
    if unwanted is not None:
        await _end(app, tx, row, unwanted)
        return None
    row = await lost_groups.as_it_is(tx, row, app.worker)
    begun = replace(row, acted_at=app.now(), attempts=row.attempts + 1, account=account)
    marks = {"acted_at": begun.acted_at, "acted_by": account, "attempts": begun.attempts}
    return begun if await rows.change(tx, row.id, app.worker, **marks) else None


async def is_paused(app: App) -> bool:
    """Tell whether `暂停` is on."""
    return await app.database.run(rows.is_paused, writes=False)


async def put_back(
    app: App,
    row: OutboxRow,
    *,
    seconds: float = 0.0,
    attempts: int | None = None,
    account: int | None = None,
    undone: bool = False,
    anyone: bool = False,
) -> None:
    """Let a row wait again, for `seconds` at least.

    `undone`: `row` is as it was before `begin`, and the act surely didn't happen. `attempts`: the
    new count; `account`: who shall do it; `anyone`: whoever can.
    """
    values: dict[str, object] = {"state": "waiting", "claimed_by": None}
    if seconds:
        values["not_before"] = app.now() + timedelta(seconds=seconds)
    if attempts is not None:
        values["attempts"] = attempts
    if account is not None or anyone:
        values["account"] = account
    if undone:
        values |= {"acted_at": row.acted_at, "attempts": row.attempts}

    async def back(tx: Transaction) -> None:
        await rows.change(tx, row.id, app.worker, **values)
        tx.after_commit(app.outbox_news.set)

    await app.database.run(back)


async def verify_later(app: App, row: OutboxRow) -> None:
    """Note that the act was tried and is to be read back."""

    async def mark(tx: Transaction) -> None:
        await rows.change(tx, row.id, app.worker, state="verifying")

    await app.database.run(mark, durable=False)


async def count(app: App, effect: Effect) -> None:
    """Count what became of one call."""

    async def add(tx: Transaction) -> None:
        await rows.count_effect(tx, effect.app_name, effect.action, effect.effect)

    await app.database.run(add, durable=False)


def _end_values(app: App, outcome: ActOutcome) -> dict[str, Any]:
    return {
        "state": _ROW_STATES[outcome.state],
        "result": outcome.detail[:300] or None,
        "confirmed_by": outcome.confirmed_by,
        "finished_at": app.now(),
        "attachment": None,
    }


async def end(app: App, row: OutboxRow, outcome: ActOutcome, effect: Effect | None = None) -> None:
    """End a row and write what that means, in one transaction."""
    if row.kind is ActKind.ANSWER_REQUEST and outcome.state == "done":
        await app.batch("answered", _end_answers, linger=LINGER_SECONDS).do((row, outcome, effect))
        return

    async def write(tx: Transaction) -> None:
        if effect is not None:
            await rows.count_effect(tx, effect.app_name, effect.action, effect.effect)
        await _end(app, tx, row, outcome)

    await app.database.together(write)


async def _end(app: App, tx: Transaction, row: OutboxRow, outcome: ActOutcome) -> None:
    values = _end_values(app, outcome)
    again = outcome.state == "dropped" or row.payload.get("purpose") == NOT_DONE
    if (row.kind in MESSAGES and again) or row.kind in (ActKind.ANSWER_REQUEST, ActKind.ANSWER_INVITE):
        # This frees the key: another answer, or the message in other words, may be queued.
        values["key"] = None
    if await rows.change(tx, row.id, app.worker, **values):
        await outcomes.record(app, tx, row, outcome)


async def _end_answers(
    app: App, ended: Sequence[tuple[OutboxRow, ActOutcome, Effect | None]]
) -> Sequence[None]:
    """End the rows of answers that took effect, all in one transaction: nobody waits for that.

    Who was let in must be known by then: the right card is looked up in the registry.
    """
    await proofs.all_bound(app)

    async def write(tx: Transaction) -> None:
        alike: defaultdict[ActOutcome, list[OutboxRow]] = defaultdict(list)
        for row, outcome, _ in ended:
            alike[outcome].append(row)
        for outcome, those in alike.items():
            ids = [row.id for row in those]
            kept = await rows.end_many(tx, ids, app.worker, **_end_values(app, outcome))
            await answered.took_effect(app, tx, [row for row in those if row.id in kept])
        for effect, n in Counter(effect for _, _, effect in ended if effect is not None).items():
            await rows.count_effect(tx, effect.app_name, effect.action, effect.effect, n)

    await app.database.run(write, durable=False)
    return [None] * len(ended)


async def removals_lately(app: App, account: int) -> int:
    """Return how many removals this account has tried in the last 24 hours."""

    async def look(tx: Transaction) -> int:
        return len(await removals.tried_by(tx, account, app.now() - DAY))

    return await app.database.run(look, writes=False)


async def _account_of(app: App, tx: Transaction, one: Removal) -> int | None:
    """Return the account that is to do a removal, if known; any of theirs where others serve the group."""
    serving = app.gateway.account_for(one.group_id) if app.gateway is not None else None
    if (found := one.account or serving) is not None or not app.peers.others:
        return found
    theirs = await processes.any_in(tx, one.group_id, app.peers.others)
    return min(app.peers.others) if theirs else None


async def late_removals(app: App, tx: Transaction, account: int) -> list[Removal]:
    """Return those of `account`'s waiting removals that will miss their deadline."""
    pace, now = app.policy.pace, app.now()
    waiting = {one.id: (one, await _account_of(app, tx, one)) for one in await removals.waiting(tx)}
    mine = {number: one for number, (one, doer) in waiting.items() if doer in (None, account)}
    done = await removals.tried_by(tx, account, now - DAY)
    spacing = timedelta(seconds=pace.kick_seconds * (1 + JITTER))
    coming = turns(now, per_day=pace.kicks_per_day, spacing=spacing, done=done)
    return [mine[one] for one in late({one.id: one.deadline for one in mine.values()}, now, coming)]


async def was_told_gone(app: App, row: OutboxRow) -> bool:
    """Tell whether QQ told that the person of a removal left the group, since it was tried."""
    async with app.database.reading() as tx:
        member = await memberships.membership(tx, row.group_id or 0, row.user_id or 0)
    gone_at = None if member is None else member.gone_at
    return gone_at is not None and (row.acted_at is None or gone_at >= row.acted_at)


async def is_lost(app: App, group_id: int) -> bool:
    """Tell whether none of ours is in a group any more, so that nobody can look there."""
    async with app.database.reading() as tx:
        return (await group_rows.get_or_blank(tx, group_id)).gone_at is not None


async def shared_groups(app: App, user_id: int) -> list[int]:
    """Return the groups where this person was last seen."""
    async with app.database.reading() as tx:
        return await memberships.groups_of(tx, [user_id])
