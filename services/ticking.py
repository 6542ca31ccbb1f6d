"""The bot's heartbeat: what is due is found in the database, so that nothing due is ever forgotten.

Each job is small, records its own failure and lets the others go on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services import (
    batch_items,
    connected,
    discussion,
    enforcing,
    inbox,
    joining,
    registry,
    schedule_reports,
    spot_checks,
    staff,
    waivers,
)
from services.app import App

log = logging.getLogger("qungui")
Job = Callable[[App], Awaitable[object]]


async def poll_requests(app: App) -> None:
    """Find join requests that no event told of, on every account."""
    for account in app.qq.accounts():
        await joining.recover(app, account)


async def poll_groups(app: App) -> None:
    """Compare every account's group list with what is stored."""
    for account in app.qq.accounts():
        await connected.compare_groups(app, account)


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
    return [
        Every("registry", registry.refresh, 2, when_connected=False),
        Every("departures", staff.departures_due, 5, when_connected=False),
        Every("enforcing", enforcing.run_due, 0),
        Every("batches", batch_items.lapse, 10),
        Every("requests", poll_requests, poll.requests_seconds),
        Every("groups", poll_groups, poll.groups_seconds),
        Every("reports", schedule_reports.run_scheduled, 5),
        Every("spot checks", spot_checks.run_due, 5),
        Every("waiting items", inbox.remind_waiting, 60),
        Every("waivers", waivers.end_waivers, 60, when_connected=False),
        Every("activity", discussion.flush, 60, when_connected=False),
        Every("old activity", discussion.forget_old_activity, 86400, when_connected=False),
    ]


class Heart:
    """Runs the jobs that are due, each second or when something new is known."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.jobs = jobs(app)
        self.running: dict[str, asyncio.Task[None]] = {}
        self._stop = asyncio.Event()

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

    def beat(self) -> None:
        """Start every job that is due and not running."""
        now = self.app.now()
        connected_now = self.app.gateway is not None and bool(self.app.gateway.accounts())
        for every in self.jobs:
            if every.name in self.running or not every.is_due(now):
                continue
            if every.when_connected and not connected_now:
                continue
            every.last = now
            task = asyncio.create_task(self._run(every), name=every.name)
            self.running[every.name] = task

    async def _run(self, every: Every) -> None:
        try:
            await every.job(self.app)
        except asyncio.CancelledError:
            raise
        except Exception:
            # A job's failure is its own: recorded, and tried again when it is due again.
            log.exception("job %s failed", every.name)
            await asyncio.sleep(1)
        finally:
            self.running.pop(every.name, None)

    async def stop(self) -> None:
        """Stop beating; running jobs are cancelled: what they had not committed is due again."""
        self._stop.set()
        tasks = list(self.running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await discussion.flush(self.app)
