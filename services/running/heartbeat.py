"""The bot's heartbeat: what is due is found in the database, so that nothing due is ever forgotten.

Each job is small, records its own failure and lets the others go on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from regulation.deadlines import calendar_known
from services import outbox, processes
from services.app import App
from services.cases import batches, brakes, enforcing
from services.cases.settling import waivers
from services.groups import activity
from services.imports.sources.scim import following
from services.inbox import listing
from services.joining import listed, proofs, waiting
from services.people import registry, staff
from services.reports import scheduled, spot_checks
from services.running import memory
from services.watching import clock, clock_news, commands, connected

END_SECONDS = 1.0
# News may come by the hundred a second: what it brings is looked for at most so often.
GAP_SECONDS = 0.1
log = logging.getLogger("qungui")
Job = Callable[[App], Awaitable[object]]


async def poll_requests(app: App) -> None:
    """Find join requests that no event told of, on every account."""
    for account in app.qq.accounts():
        await listed.recover(app, account)


async def poll_groups(app: App) -> None:
    """Compare every account's group list with what is stored."""
    for account in app.qq.accounts():
        await connected.compare_groups(app, account)


async def checkpoint(app: App) -> None:
    """Keep SQLite's log short, beside the work."""
    await app.database.checkpoint()


@dataclass
class Every:
    """A job and how often it runs; `when_connected`: needs a QQ account."""

    name: str
    job: Job
    seconds: float
    when_connected: bool = True
    last: datetime | None = field(default=None)

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time; a clock that was set back makes it due."""
        if self.last is None or self.last > now:
            return True
        return now - self.last >= timedelta(seconds=self.seconds)


def jobs(app: App) -> list[Every]:
    """Return every periodic job, the most urgent first."""
    poll = app.policy.poll
    told = [
        Every(following.NAME, following.follow, 2, when_connected=False),
        Every("scim listed", following.renew, 3600, when_connected=False),
    ]
    return [
        *(told if app.policy.sources.scim.enabled else ()),
        Every("registry", registry.refresh, 2, when_connected=False),
        Every("proofs", proofs.make_good, 10, when_connected=False),
        Every("accounts", processes.refresh, 3600 if app.database.is_sqlite else 2, when_connected=False),
        Every("departures", staff.departures_due, 5, when_connected=False),
        Every("enforcing", enforcing.run_due, 0),
        Every("batches", batches.lapse, 10),
        Every("stranded", brakes.drop_stranded, 60),
        Every("known by now", waiting.look_again, 5),
        Every("requests", poll_requests, poll.requests_seconds),
        Every("left requests", listed.lapse_left, 86400),
        Every("groups", poll_groups, poll.groups_seconds),
        Every("missed", connected.missed, 600),
        Every("reports", scheduled.run_when_read, 5),
        Every(spot_checks.NAME, spot_checks.run_due, 5),
        Every("waiting items", listing.remind_waiting, 60),
        Every("waivers", waivers.end_waivers, 60, when_connected=False),
        Every("clock", clock_news.note_skew, 10),
        Every("checkpoint", checkpoint, 10, when_connected=False),
        Every("memory", lambda _: memory.give_back(), 60, when_connected=False),
        Every("activity", activity.flush, 60, when_connected=False),
        Every("old commands", commands.forget, 86400, when_connected=False),
        Every("old notes", outbox.forget_notes, 86400, when_connected=False),
        Every("old activity", activity.forget_old_activity, 86400, when_connected=False),
    ]


class Heart:
    """Runs the jobs that are due, each second or when something new is known.

    What other processes tell shortens a job's wait (`App.hastened`); it runs as often without that.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.jobs = jobs(app)
        self.running: dict[str, asyncio.Task[None]] = {}
        self.watch = clock.Watch()
        self._stop = asyncio.Event()
        self._calendar: asyncio.Future[bool] | None = None

    async def beat_until_stopped(self) -> None:
        """Beat until `stop`; each job runs as a task of its own, never twice at once."""
        while not self._stop.is_set():
            self.app.work_news.clear()
            self.beat()
            news = asyncio.create_task(self.app.work_news.wait())
            stop = asyncio.create_task(self._stop.wait())
            await asyncio.wait({news, stop}, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            for task in (news, stop):
                task.cancel()
            await asyncio.sleep(GAP_SECONDS)

    def beat(self) -> None:
        """Start every job that is due and not running."""
        now = self.app.now()
        self._heed_jump(now)
        connected_now = self.app.gateway is not None and bool(self.app.gateway.accounts())
        for every in self.jobs:
            if every.name in self.running:
                continue
            if not every.is_due(now) and every.name not in self.app.hastened:
                continue
            if every.when_connected and not connected_now:
                continue
            every.last = now
            self.app.hastened.discard(every.name)
            task = asyncio.create_task(self._run(every), name=every.name)
            self.running[every.name] = task

    def _heed_jump(self, now: datetime) -> None:
        jumped = self.watch.jumped(now)
        if jumped and "clock jumped" not in self.running:
            after = Every("clock jumped", lambda app: clock.after_jump(app, jumped), 0)
            self.running[after.name] = asyncio.create_task(self._run(after), name=after.name)

    async def _run(self, every: Every) -> None:
        try:
            if every.when_connected:
                await asyncio.shield(self._calendar_loaded())
            await every.job(self.app)
        except asyncio.CancelledError:
            raise
        except Exception:
            # A job's failure is its own: recorded, and tried again when it is due again.
            log.exception("job %s failed", every.name)
            await asyncio.sleep(1)
        finally:
            self.running.pop(every.name, None)

    def _calendar_loaded(self) -> asyncio.Future[bool]:
        """Have a thread load the calendar before the first job that asks it: it keeps the loop for long."""
        if self._calendar is None:
            known = asyncio.to_thread(calendar_known, self.app.now().year, self.app.policy.hours)
            self._calendar = asyncio.ensure_future(known)
        return self._calendar

    async def stop(self) -> None:
        """Stop beating and let running jobs end; those that don't are cancelled: they are due again.

        Not at once: a transaction that is cancelled half-way may keep its lock for a while.
        """
        self._stop.set()
        writing = asyncio.create_task(self._last_write())
        _, late = await asyncio.wait({writing, *self.running.values()}, timeout=END_SECONDS)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=END_SECONDS / 2)

    async def _last_write(self) -> None:
        try:
            await activity.flush(self.app)
        except Exception as error:
            # At most a minute's bits of activity are lost.
            log.warning("activity not written: %s", type(error).__name__)
