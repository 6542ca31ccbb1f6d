"""One bot process in memory: what `bot.py` and NoneBot do, without sockets and threads, until it crashes.

Everything of the bot is its own: intake, gateway, sender, jobs, services, SQLite. In place of NoneBot's
dispatcher stands `_Handler`, which does what the bot's matcher does.
"""

import asyncio
import contextlib
import contextvars
import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from nonebot.adapters.onebot.v11 import Adapter, Bot, Event, MessageEvent
from nonebot.adapters.onebot.v11.bot import _check_at_me  # pyright: ignore[reportPrivateUsage]
from nonebot.exception import WebSocketClosed
from sqlalchemy import event as sql_event

from config.settings import Settings
from db.engine import Database
from plugins.commands import hearing
from plugins.gateway.connecting import Comings
from plugins.gateway.incoming.intake import Intake
from plugins.membership import take_over
from regulation.deadlines import ZONE
from regulation.policy import Policy
from services import processes
from services.app import App
from services.context import use_app
from services.people import renaming
from services.people.registry import load
from services.running import job_log
from services.running.heartbeat import GAP_SECONDS, Heart
from services.watching import connected
from tests.simulation.loop import LIFE, Life
from tests.simulation.rest import Rest
from tests.simulation.wire import Account, Socket, Wire

# A frame that does something in QQ.
_ACT = re.compile(r'"action": ?"(send|set)_')
# What these jobs do (memory, the disk's log) is nothing that a history could show.
_NOT_SIMULATED = ("memory", "checkpoint")
# What only the clock calls for: looked at some times a day and after each outage, not at every event.
_BY_THE_CLOCK = (
    "departures", "batches", "stranded", "reports", "spot checks", "waiting items", "waivers", "clock", "activity",
    "old commands", "old notes", "old activity", "missed",
)  # fmt: skip


class Clock:
    """The wall clock of the bot's machine: the loop's time from a given day on, and what it was set wrong by."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start
        self._told = (-1.0, start)
        self.wrong = timedelta()

    def now(self) -> datetime:
        return self.true() + self.wrong

    def true(self) -> datetime:
        """Return what a clock that is right shows."""
        seconds = self._loop.time()
        if self._told[0] != seconds:
            self._told = (seconds, self._start + timedelta(seconds=seconds))
        return self._told[1]


class _Adapter:
    """What the intake asks of NoneBot's adapter."""

    json_to_event = Adapter.json_to_event

    def __init__(self) -> None:
        self.bots: dict[str, Bot] = {}
        self.tasks: set[asyncio.Task[Any]] = set()


class _Handler(Bot):
    """Takes messages as the bot's matcher does."""

    async def handle_event(self, event: Event) -> None:
        if isinstance(event, MessageEvent):
            _check_at_me(self, event)
            if (heard := hearing.listen(event)) is not None:
                await hearing.act(heard)


class _Heart(Heart):
    """Beats as the bot's does, and sleeps when the world does."""

    def __init__(self, app: App, rest: Rest) -> None:
        super().__init__(app)
        self._rest = rest
        self._all = [every for every in self.jobs if every.name not in _NOT_SIMULATED]
        self._prompt = [every for every in self._all if every.name not in _BY_THE_CLOCK]

    async def beat_until_stopped(self) -> None:
        while not self._stop.is_set():
            self.app.work_news.clear()
            self.jobs = self._all if self._rest.minds_clock else self._prompt
            self.beat()
            await self._rest.within(self.app.work_news, 1.0)
            await asyncio.sleep(GAP_SECONDS)


class Process:
    """A bot on one SQLite file. `on_crash` is called when its fuse has burnt down."""

    def __init__(
        self,
        folder: Path,
        policy: Policy,
        clock: Clock,
        rest: Rest,
        settings: Settings,
        on_crash: Callable[[], None],
    ) -> None:
        self.life = Life(on_crash)
        database = Database(f"sqlite+aiosqlite:///{folder / 'bot.db'}")
        self._raw: list[Any] = []
        sql_event.listen(
            database._threads.connections.engine, "connect", lambda dbapi, _: self._raw.append(dbapi)
        )  # pyright: ignore[reportPrivateUsage]
        self.app = App(settings, policy, database, phone_key=b"a key of the simulation", clock=clock)
        take_over(self.app)
        self._rest = rest
        self._adapter = _Adapter()
        self._sockets: list[Socket] = []
        self._context = contextvars.copy_context()
        self._context.run(LIFE.set, self.life)
        self.up = False

    async def start(self) -> None:
        """Start as `bot.py` does."""
        use_app(self.app)
        await asyncio.get_running_loop().create_task(self._start(), context=self._context)
        self.up = True

    async def _start(self) -> None:
        app = self.app
        asked = app.policy.departments
        await load(app)
        await renaming.take_up(app, asked)
        await processes.begin(app)
        self.comings = Comings(app)
        self.comings.start()
        self.heart = _Heart(app, self._rest)
        self._work = [
            asyncio.create_task(work) for work in (self.heart.beat_until_stopped(), self._every_night())
        ]

    async def _every_night(self) -> None:
        """Audit at night, as APScheduler has it done: by the wall clock, however late."""
        app = self.app
        at = app.policy.poll.audit_time
        last = app.now()
        while True:
            await self._rest.within(asyncio.Event(), 60.0)
            now = app.now()
            due = datetime.combine(now.date(), at, tzinfo=ZONE)
            if last < due <= now and app.qq.accounts():
                await job_log.once_a_day(app, "nightly_audit", connected.nightly)
            last = now

    # -- the wire -------------------------------------------------------------------------------

    def dial(self, account: Account, wire: Wire) -> Socket | None:
        """Take a connection; None while this process doesn't listen."""
        if not self.up or self.life.dead:
            return None

        def deliver(frame: str) -> None:
            wire.deliver(frame)
            if _ACT.search(frame):
                self.life.acted()

        socket = Socket(account.self_id, deliver, self.life.step)
        self._sockets.append(socket)
        asyncio.get_running_loop().create_task(
            self._serve(account.self_id, socket), context=self._context.copy()
        )
        return socket

    async def _serve(self, account: int, socket: Socket) -> None:
        """What the adapter and `plugins.gateway.wiring` do with one WebSocket."""
        intake = Intake(socket, self._adapter, self.comings)  # type: ignore[arg-type]
        bot = _Handler(self._adapter, str(account))  # pyright: ignore[reportArgumentType]
        self._adapter.bots[str(account)] = bot
        coming = asyncio.create_task(self._claim(account, bot, intake))
        with contextlib.suppress(WebSocketClosed):
            await intake.receive()
        if self._adapter.bots.get(str(account)) is bot:
            del self._adapter.bots[str(account)]
            await coming
            await self.comings.disconnect(account)

    async def _claim(self, account: int, bot: Bot, intake: Intake) -> None:
        if await self.comings.claim(account) and self._adapter.bots.get(str(account)) is bot:
            self.comings.connect(account, intake.ask, partial(intake.close, 1008))

    # -- the end --------------------------------------------------------------------------------

    async def stop(self) -> bool:
        """End in an orderly way; return whether it did, for it may crash meanwhile."""
        self.up = False
        for socket in self._sockets:
            socket.break_off()
        stopping = asyncio.get_running_loop().create_task(self._stop(), context=self._context)
        await asyncio.wait({stopping})
        if self.life.dead:
            return False
        stopping.result()
        await self._end()
        return True

    async def _stop(self) -> None:
        await self.heart.stop()
        await self.comings.stop()
        await processes.end(self.app)

    async def crash(self) -> None:
        """End at once: on the disk is what was committed, in QQ what had been asked for."""
        self.up = False
        self.life.dead = True
        for socket in self._sockets:
            socket.break_off()
        await self._end()

    async def _end(self) -> None:
        await self.life.end()
        # What wasn't committed is lost, as on a disk; who still holds a connection, holds a useless one.
        for raw in self._raw:
            with contextlib.suppress(sqlite3.ProgrammingError):
                raw.rollback()

    def close(self) -> None:
        """Close what a process would have taken with it."""
        self.app.database._threads.connections.close()  # pyright: ignore[reportPrivateUsage]
