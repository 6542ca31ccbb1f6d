"""What a crash left in the sender's hands: taken over by a process that lives, and never simply repeated.

The same holds for rows that a living process lost track of: when the database goes away in the midst of a
commit, nobody learns whether a row was claimed, and nobody can write how an act ended.
"""

import os
import socket
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from config.phrases import gateway as say
from db.engine import Transaction
from db.queries.work import outbox as rows
from db.queries.work import processes
from db.queries.work.outbox import Held, OutboxRow
from services.acts import MESSAGES, NOT_DONE, ActOutcome, Lane, lane_of
from services.app import App
from services.sender import outcomes

LEASE = timedelta(minutes=2)
# Longer than one part of a process takes to hand a row to the next.
LOST_SECONDS = 15.0


class Hands:
    """Which rows this process is really working on, whatever the database says."""

    def __init__(self) -> None:
        self._held: dict[object, Sequence[OutboxRow]] = {}
        self._missed: dict[int, float] = {}
        self._given_up: dict[int, float] = {}

    @contextmanager
    def holding(self, rows: Sequence[OutboxRow]) -> Generator[None]:
        """Have these rows in hand until the block ends."""
        hand = object()
        self._held[hand] = rows
        for row in rows:
            self._missed.pop(row.id, None)
        try:
            yield
        finally:
            del self._held[hand]

    def lost(self, said: Iterable[int], now: float) -> set[int]:
        """Return those of the rows `said` to be in hand here on which nobody has worked for a while."""
        held = {row.id for rows in self._held.values() for row in rows}
        self._missed = {one: self._missed.get(one, now) for one in said if one not in held}
        return {one for one, since in self._missed.items() if now - since >= LOST_SECONDS}

    def have(self, row_id: int) -> bool:
        """Tell whether somebody here has a row in hand now."""
        return any(row.id == row_id for rows in self._held.values() for row in rows)

    def give_up(self, row_id: int) -> None:
        """Note that a row was lost: should its claim be confirmed after all, that claim no longer counts."""
        self._given_up[row_id] = time.monotonic()

    def not_given_up(self, rows: Iterable[OutboxRow], claimed_at: float) -> list[OutboxRow]:
        """Return the rows that were not given up since they were claimed (as `time.monotonic` tells)."""
        return [row for row in rows if self._given_up.get(row.id, float("-inf")) < claimed_at]


async def take_over(app: App) -> list[OutboxRow]:
    """Take over what dead workers had in hand, and what this one has lost.

    Untried rows wait again. Messages that may have gone out end as unconfirmed. Everything else
    is returned, now in this worker's hands, to be read back before anything is repeated; where
    several processes share the database, by one that has an account to read with.
    """
    adopted: list[OutboxRow] = []
    async with app.database.reading() as tx:
        holders = [held for held, _ in await rows.in_hand(tx)]
    here = [held.id for held in holders if held.claimed_by == app.worker]
    hands = app.memory(Hands)
    lost = hands.lost(here, time.monotonic())
    if len(here) == len(holders) and not lost:
        return adopted
    async with app.database.transaction() as tx:
        alive = await processes.live_workers(tx)
        for held, found in await rows.in_hand(tx):
            mine = held.claimed_by == app.worker
            if not (held.id in lost and not hands.have(held.id) if mine else _is_dead(held, app, alive)):
                continue
            row = replace(found, account=found.account or held.acted_by)
            if row.acted_at is not None and not _may_read_back(app, row):
                continue
            if not await rows.take_over(tx, row.id, held.claimed_by, app.worker, app.now()):
                continue
            if mine:
                hands.give_up(row.id)
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
    outcome = ActOutcome("unconfirmed", say.NOT_DONE["interrupted"])
    values = {"state": "unconfirmed", "result": outcome.detail, "finished_at": app.now(), "attachment": None}
    if row.payload.get("purpose") == NOT_DONE:
        values["key"] = None  # the next answer that fails is told of, too
    await rows.change(tx, row.id, app.worker, **values)
    await outcomes.record(app, tx, row, outcome)
    return False


def _may_read_back(app: App, row: OutboxRow) -> bool:
    """Tell whether this process can look at what became of an act, or nobody else could do it better."""
    if not app.peers.others or app.gateway is None or row.kind in MESSAGES:
        return True
    here = app.gateway.accounts()
    if lane_of(row.kind) is Lane.ANSWER:
        return row.account in here
    return row.group_id is not None and app.gateway.account_for(row.group_id) in here


def _is_dead(held: Held, app: App, alive: set[str] | None) -> bool:
    """Tell whether a worker (`host:pid:token`) is gone: its process is, or its lease ran out.

    `alive`: the workers that PostgreSQL sees connected; None on SQLite, where the process is looked for.
    """
    worker, since = held.claimed_by, held.claimed_at
    if worker is None or since is None:
        return True
    if alive is not None:
        return worker not in alive or abs(app.now() - since) > LEASE
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host == socket.gethostname()[:30] and pid.isdecimal():
        if int(pid) == os.getpid():
            return True
        # Only after a crash, so no start waits for it.
        from psutil import pid_exists

        if not pid_exists(int(pid)):
            return True
    # A claim of the future was made before the clock was set back: nobody knows how old it is.
    return abs(app.now() - since) > LEASE
