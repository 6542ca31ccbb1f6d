"""The sender: lanes for each connected account, reading back, and what a crash left behind."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any

from nonebot.log import logger

from config.phrases import gateway as say
from db.queries.work.outbox import OutboxRow
from plugins.gateway.cancellation import end_all, within
from plugins.gateway.connection import Connection
from plugins.gateway.gateway import QQGateway
from plugins.gateway.outgoing.acts import Attempt, effect_of
from plugins.gateway.outgoing.lane import AccountLane, untried
from plugins.gateway.outgoing.verify import Verifier
from services.acts import ActKind, Lane
from services.app import App
from services.sender import absence, bookkeeping, takeover
from services.sender.pacing import Breaker
from services.watching import alerts

LOOK_SECONDS = 1.0
# News may come by the hundred a second: one look finds all of it.
GAP_SECONDS = 0.05
TAKE_OVER_SECONDS = 20.0
REPORT_SECONDS = 60.0
PATIENCE_AT_END = 1.0


class Sender:
    """Runs in the background from `start` to `stop`; accounts come and go by `attach`."""

    def __init__(self, app: App, gateway: QQGateway) -> None:
        self._app = app
        self._gateway = gateway
        self._verifier = Verifier(app, gateway)
        self._lanes: dict[Connection, list[AccountLane]] = {}
        self._breakers: dict[int, Breaker] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lane_tasks: set[asyncio.Task[Any]] = set()
        self._peers = app.peers.others
        self._next_take_over = 0.0
        self._next_report = time.monotonic() + REPORT_SECONDS
        gateway.actor = self

    def start(self) -> None:
        """Begin to look at the outbox."""
        self._run(self._look_on(), self._tasks)

    def attach(self, connection: Connection) -> None:
        """Let a newly connected account work."""
        breaker = self._breakers.setdefault(connection.account, Breaker())
        made = [
            AccountLane(self._app, self._gateway, connection, lane, breaker, self._read_back) for lane in Lane
        ]
        self._lanes[connection] = made
        for lane in made:
            self._run(lane.run(), self._lane_tasks)
        self._next_take_over = 0.0
        self._app.outbox_news.set()

    def detach(self, connection: Connection) -> None:
        """Let an account whose connection is gone take up nothing more."""
        for lane in self._lanes.pop(connection, ()):
            lane.end()

    def is_ready(self, account: int) -> bool:
        """Tell whether this account's answers need not queue: it is attached, online, and keeps up."""
        lane = self._answers(account)
        return lane is not None and lane.is_ready

    def act(self, rows: Sequence[OutboxRow]) -> None:
        """Do answers at once, as `services.outbox.act_now` wrote them: in hand, and counted as tried."""
        for row in self._app.memory(takeover.Hands).not_given_up(rows, 0.0):
            lane = self._answers(row.account)
            if lane is None:
                self._run(bookkeeping.put_back(self._app, untried(row), undone=True), self._tasks)
            else:
                self._run(lane.act(row), self._lane_tasks)

    def _answers(self, account: int | None) -> AccountLane | None:
        for connection, lanes in self._lanes.items():
            if connection.account == account:
                return next(one for one in lanes if one.lane is Lane.ANSWER)
        return None

    async def stop(self) -> None:
        """Let acts under way end within a few seconds; what doesn't is taken over at the next start."""
        for connection in tuple(self._lanes):
            self.detach(connection)
        if self._lane_tasks:
            await asyncio.wait(set(self._lane_tasks), timeout=PATIENCE_AT_END)
        await end_all([*self._lane_tasks, *self._tasks])

    def _run(self, work: Coroutine[Any, Any, Any], among: set[asyncio.Task[Any]]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    # -- looking --------------------------------------------------------------------------------

    async def _look_on(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:  # the sender's edge
                logger.opt(exception=error).error(f"sender: {type(error).__name__}")
            await within(self._app.outbox_news, LOOK_SECONDS)
            await asyncio.sleep(GAP_SECONDS)

    async def _look(self) -> None:
        self._app.outbox_news.clear()
        now = time.monotonic()
        if self._peers != self._app.peers.others:
            # Who went may have left something in hand.
            self._peers, self._next_take_over = self._app.peers.others, now
        if now >= self._next_take_over:
            self._next_take_over = now + TAKE_OVER_SECONDS
            for row in await takeover.take_over(self._app):
                self._read_back(row, None, "")
        if self._lanes:
            due = await bookkeeping.due_lanes(self._app)
            for lanes in self._lanes.values():
                for lane in lanes:
                    if lane.lane in due:
                        lane.news.set()
        for account, breaker in self._breakers.items():
            if breaker.closes(now):
                await alerts.tell(self._app, _resumed(account, breaker), key=f"breaker:{account}")
        if now >= self._next_report:
            self._next_report = now + REPORT_SECONDS
            await absence.free(self._app)
            await alerts.tell_undelivered(self._app)

    # -- reading back ---------------------------------------------------------------------------

    def _read_back(self, row: OutboxRow, tried: Attempt | None, app_name: str) -> None:
        self._run(self._verify_in_hand(row, tried, app_name), self._tasks)

    async def _verify_in_hand(self, row: OutboxRow, tried: Attempt | None, app_name: str) -> None:
        with self._app.memory(takeover.Hands).holding([row]):
            await self._verify(row, tried, app_name)

    async def _verify(self, row: OutboxRow, tried: Attempt | None, app_name: str) -> None:
        refused = tried.detail if tried is not None and tried.said == "error" else ""
        try:
            settled, answered = bool(tried and tried.settled), tried is not None and tried.said == "ok"
            verdict = await self._verifier.check(row, refused=refused, settled=settled, answered=answered)
            effect = effect_of(app_name, tried, took=verdict.took) if tried is not None else None
            if verdict.outcome is not None:
                await bookkeeping.end(self._app, row, verdict.outcome, effect)
                return
            if effect is not None:
                await bookkeeping.count(self._app, effect)
            await bookkeeping.put_back(self._app, row, seconds=_rest(row, tried))
        except Exception as error:  # the sender's edge: taken up again like what a crash leaves
            logger.opt(exception=error).error(f"reading back outbox {row.id}: {type(error).__name__}")
            await asyncio.sleep(TAKE_OVER_SECONDS)
            self._read_back(row, tried, app_name)


def _rest(row: OutboxRow, tried: Attempt | None) -> float:
    """Return how long to leave alone what wouldn't take an answer to a request: 2, 4, 8 seconds."""
    unheard = row.kind is ActKind.ANSWER_REQUEST and tried is not None and tried.said != "ok"
    return min(8.0, 2.0**row.attempts) if unheard else 0.0


def _resumed(account: int, breaker: Breaker) -> str:
    minutes = round(breaker.rest / 60)
    return say.SENDING_RESUMED.format(account=account, times=breaker.limit, minutes=minutes)
