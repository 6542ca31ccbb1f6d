"""Scheduled runs: each is won by one process, and its end is on record."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time

from db.queries.work import job_runs
from db.tables.base import ZONE
from services.app import App


async def once_a_day(app: App, job: str, work: Callable[[App], Awaitable[object]]) -> bool:
    """Run `work` unless another process won today's run of `job`; return whether it ran here.

    Each process reads the groups of its own accounts, so the run is won per worker's accounts.
    """
    day = datetime.combine(app.now().date(), time(0), tzinfo=ZONE)
    accounts = ",".join(str(account) for account in sorted(app.qq.accounts()))
    name = f"{job}:{accounts}"[:40]
    async with app.database.transaction() as tx:
        if not await job_runs.win(tx, name, day, app.worker, app.now()):
            return False
    await work(app)
    async with app.database.transaction() as tx:
        await job_runs.finish(tx, name, day, app.now(), "done")
    return True
