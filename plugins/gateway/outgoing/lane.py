"""One lane of one account: claims the most urgent row, does it at the pace, hands it on.

Lanes keep apart what has different paces, so that a slow message never holds up a removal.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import replace

from nonebot.log import logger

from config.phrases import gateway as say
from db.queries.work.outbox import OutboxRow
from plugins.gateway.cancellation import within
from plugins.gateway.connection import Connection
from plugins.gateway.gateway import QQGateway
from plugins.gateway.outgoing.acts import Acts, Attempt, effect_of
from services.acts import FOR_STAFF, MESSAGES, ActOutcome, Lane
from services.app import App
from services.ports import UnreachableError
from services.sender import bookkeeping
from services.sender.pacing import Breaker, gap
from services.sender.takeover import Hands

ANSWER_SECONDS = 0.02
# Join answers under way at once: one that QQ never answers must not hold up the others.
ANSWERS_AT_ONCE = 16
IDLE_SECONDS = 5.0
CRASHES = 5
BATCH = 20
CATCH_SECONDS = 10.0
# Accounts come one after another: so long after its connect another one may still be on its way.
SETTLING_SECONDS = 60.0
# What admin staff must hear is tried again after so long each, where another account may reach them by then.
AGAIN_SECONDS = (20.0, 60.0)
AT_ONCE = 1000

Handover = Callable[[OutboxRow, Attempt, str], None]


def untried(row: OutboxRow) -> OutboxRow:
    """Return a row as it was before it was noted as tried."""
    return replace(row, attempts=row.attempts - 1, acted_at=None)


class AccountLane:
    """`hand_over(row, attempt, app_name)` takes rows that are to be read back."""

    def __init__(
        self,
        app: App,
        gateway: QQGateway,
        connection: Connection,
        lane: Lane,
        breaker: Breaker,
        hand_over: Handover,
    ) -> None:
        self._app = app
        self._gateway = gateway
        self._connection = connection
        self.lane = lane
        self._breaker = breaker
        self._hand_over = hand_over
        self._acts = Acts(app, gateway, connection)
        self._hands = app.memory(Hands)
        self._next_at = 0.0
        self._at_once = 0
        self.news = asyncio.Event()
        self._ended = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def end(self) -> None:
        """Take up no further row; the acts that have begun are finished."""
        self._ended.set()
        self.news.set()

    async def run(self) -> None:
        """Work until `end`, or until the connection closes."""
        try:
            while not self._over():
                await self._turn_safely()
            if self._under_way:
                await asyncio.wait(self._under_way)
        finally:
            for task in self._under_way:
                task.cancel()

    async def _turn_safely(self) -> None:
        try:
            await self._turn()
        except Exception as error:  # the sender's edge: one bad row or moment must not end the lane
            logger.opt(exception=error).error(f"lane {self.lane} of the sender: {type(error).__name__}")
            await asyncio.sleep(1.0)

    def _over(self) -> bool:
        return self._ended.is_set() or self._connection.closed.is_set()

    async def _turn(self) -> None:
        left = await self._held_for()
        if left > 0:
            # Not beyond the end.
            await within(self._ended, min(left, IDLE_SECONDS))
            return
        self.news.clear()
        if self._over():
            return
        route = self._gateway.connections.route(self._connection, self._app.peers)
        limit = await self._at_most() if self.lane is Lane.REMOVE else 1
        claimed = await bookkeeping.claim(self._app, self.lane, route, limit=limit)
        if not claimed:
            # What falls due is seen by the sender's look at all lanes, each second: none looks for itself.
            await self.news.wait()
            return
        with self._hands.holding(claimed):
            begun = await self._begin(claimed)
            if begun:
                self._spend()
            if self.lane is Lane.ANSWER:
                await self._beside(begun)
            elif len(begun) == 1:
                await self._one(begun[0])
            elif begun:
                await self._many(begun)

    async def _at_most(self) -> int:
        """Return how many removals of one group one call may do."""
        if not self._app.policy.kick.batch or self._connection.profile.kick_many is None:
            return 1
        left = self._app.policy.pace.kicks_per_day - await self._removed_lately()
        return max(1, min(BATCH, left))

    async def _beside(self, begun: list[OutboxRow]) -> None:
        """Do a row beside those under way; wait when these are as many as may be."""
        for row in begun:
            task = asyncio.get_running_loop().create_task(self._one_safely(row))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if len(self._under_way) >= ANSWERS_AT_ONCE:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _one_safely(self, row: OutboxRow, *, noted: bool = False) -> None:
        try:
            with self._hands.holding([row]):
                await self._one(row, noted=noted)
        except Exception as error:  # the sender's edge: what was begun is taken over and read back
            logger.opt(exception=error).error(f"outbox {row.id} {row.kind}: {type(error).__name__}")

    async def _begin(self, claimed: list[OutboxRow]) -> list[OutboxRow]:
        """Have the rows judged at the last moment; return those that are to be done now."""
        if not (mine := [row for row in claimed if not await self._left_to_another(row)]):
            return []
        if self._over():
            for row in mine:
                await bookkeeping.put_back(self._app, row)
            return []
        try:
            return await bookkeeping.begin(self._app, mine, self._connection.account)
        except UnreachableError as error:
            logger.info(f"outbox {mine[0].id} {mine[0].kind}: put back, {error}")
            for row in mine:
                await bookkeeping.put_back(self._app, row, seconds=CATCH_SECONDS)
        except Exception as error:
            for row in mine:
                await self._crashed(row, error, counted=False)
        return []

    async def _one(self, row: OutboxRow, *, noted: bool = False) -> None:
        try:
            tried = await self._acts.perform(row)
        except Exception as error:
            await self._crashed(row, error)
        else:
            await self._after(row, tried, noted=noted)

    async def _many(self, rows: list[OutboxRow]) -> None:
        tried = await self._acts.remove_many(rows)
        for row in rows:
            await self._after(row, tried)

    @property
    def is_ready(self) -> bool:
        """Tell whether an act may be done at once: nothing holds this lane, and few are under way."""
        return self._connection.online and not self._over() and self._at_once < AT_ONCE

    async def act(self, row: OutboxRow) -> None:
        """Do one act at once: it is in hand, and noted as tried and to be read back."""
        if self._over():
            await bookkeeping.put_back(self._app, untried(row), undone=True)
            return
        self._at_once += 1
        try:
            await self._one_safely(row, noted=True)
        finally:
            self._at_once -= 1

    async def _after(self, row: OutboxRow, tried: Attempt, *, noted: bool = False) -> None:
        if tried.undone:
            await bookkeeping.put_back(self._app, untried(row), seconds=1.0, undone=True)
            return
        self._heed(tried)
        if await self._passed_on(row, tried):
            return
        if tried.outcome is None:
            if not noted:
                await bookkeeping.verify_later(self._app, row)
            self._hand_over(row, tried, self._connection.app_name)
            return
        took = tried.outcome.state == "done"
        await bookkeeping.end(
            self._app, row, tried.outcome, effect_of(self._connection.app_name, tried, took=took)
        )

    async def _left_to_another(self, row: OutboxRow) -> bool:
        """Leave a private message to another account of ours that is nearer to the person."""
        if self.lane is not Lane.MESSAGE or row.account is not None or row.user_id is None:
            return False
        nearest = await self._gateway.nearest_to(row.user_id, row.group_id)
        if nearest in (None, self._connection.account):
            return False
        await bookkeeping.put_back(self._app, row, account=nearest)
        return True

    async def _passed_on(self, row: OutboxRow, tried: Attempt) -> bool:
        """Let the next account try a private message that was refused: it may be a friend of the person.

        Where other processes hold accounts, for of theirs no friends are known, each tries once. What admin
        staff must hear waits a while for an account that isn't connected yet.
        """
        if tried.outcome is None or tried.outcome.state != "failed" or row.user_id is None:
            return False
        if row.kind not in MESSAGES:
            return False
        back = replace(row, acted_at=None)
        following = self._gateway.next_holder(self._connection.account, row.attempts)
        if following is not None:
            await bookkeeping.put_back(self._app, back, account=following, undone=True)
        elif row.payload.get("purpose") in FOR_STAFF and self._another_may_come(row.attempts):
            seconds = AGAIN_SECONDS[row.attempts - 1]
            await bookkeeping.put_back(self._app, back, seconds=seconds, undone=True, anyone=True)
        else:
            return False
        return True

    def _another_may_come(self, tried: int) -> bool:
        """Tell whether an account of ours may connect, or log in, that reaches whom this one doesn't."""
        here = self._app.peers.others.union(one.account for one in self._gateway.connections if one.online)
        settling = time.monotonic() - self._connection.connected_at < SETTLING_SECONDS
        return tried <= len(AGAIN_SECONDS) and (settling or not here.issuperset(self._app.own_accounts()))

    async def _crashed(self, row: OutboxRow, error: Exception, *, counted: bool = True) -> None:
        """A mistake of ours: acts that may have happened aren't repeated, others a few times."""
        logger.opt(exception=error).error(f"outbox {row.id} {row.kind}: {type(error).__name__}")
        why = say.NOT_DONE["crashed"]
        attempts = row.attempts if counted else row.attempts + 1
        if counted and row.kind in MESSAGES:
            await bookkeeping.end(self._app, row, ActOutcome("unconfirmed", why))
        elif attempts >= CRASHES:
            await bookkeeping.end(self._app, row, ActOutcome("failed", why))
        else:
            await bookkeeping.put_back(self._app, row, seconds=CATCH_SECONDS * attempts, attempts=attempts)

    # -- pace -----------------------------------------------------------------------------------

    async def _held_for(self) -> float:
        """Return how long this lane must not act yet."""
        if not self._connection.online:
            return IDLE_SECONDS
        left = self._next_at - time.monotonic()
        if self.lane is Lane.MESSAGE:
            left = max(left, self._breaker.seconds_left(time.monotonic()))
        if left <= 0 and self.lane is Lane.REMOVE:
            used = await self._removed_lately()
            return IDLE_SECONDS if used >= self._app.policy.pace.kicks_per_day else 0.0
        return left

    async def _removed_lately(self) -> int:
        return await bookkeeping.removals_lately(self._app, self._connection.account)

    def _spend(self) -> None:
        pace = self._app.policy.pace
        seconds = {
            Lane.ANSWER: ANSWER_SECONDS,
            Lane.REMOVE: pace.kick_seconds,
            Lane.CARD: pace.card_seconds,
            Lane.MESSAGE: pace.send_seconds,
        }[self.lane]
        since = self._connection.seconds_since_reconnect
        # Jitter is no secret.
        self._next_at = time.monotonic() + gap(seconds, random.random(), connected_for=since)

    def _heed(self, tried: Attempt) -> None:
        if self.lane is not Lane.MESSAGE:
            return
        if tried.timed_out:
            if self._breaker.timed_out(time.monotonic()):
                logger.warning("sending stopped for a while: time-outs in a row")
        elif tried.said != "timeout":
            self._breaker.answered()
