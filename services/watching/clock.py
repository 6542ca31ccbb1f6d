"""The clock: how far QQ's event times are from ours, and jumps.

Wall time is the operating system's alone. What lasts is measured by a clock that never goes back;
what is due at a time of day is looked up anew after a jump.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.engine import Transaction
from db.queries.cases import timelines
from db.queries.groups import last_seen
from db.queries.work import switches
from services.app import App

SKEW_SECONDS = 120
JUMP_SECONDS = 30.0
KEY = "clock_skew"
# Every running bot stores its own at least this often.
SAME_TIME = timedelta(minutes=15)
log = logging.getLogger("qungui")


@dataclass(frozen=True, slots=True)
class SeenSkew:
    """By how many seconds QQ's event times were ahead of our clock, and when (by ours) that was seen."""

    seconds: float
    at: datetime

    @property
    def is_wrong(self) -> bool:
        """Tell whether it is more than clocks that are set right differ by."""
        return abs(self.seconds) > SKEW_SECONDS


def skew_now(app: App) -> float | None:
    """Return the largest skew of the connected accounts in seconds, None before any event."""
    if app.gateway is None:
        return None
    told = [app.gateway.clock_skew(account) for account in app.gateway.accounts()]
    return max((seconds for seconds in told if seconds is not None), key=abs, default=None)


def earlier(app: App) -> datetime | None:
    """Return the earlier of our time and QQ's where they differ too much, None where the clock is right.

    By such a clock nothing is done or blamed that rests on a deadline.
    """
    seconds = skew_now(app)
    if seconds is None or abs(seconds) <= SKEW_SECONDS:
        return None
    return min(app.now(), app.now() + timedelta(seconds=seconds))


def key_for(app: App) -> str:
    """Return the switch that holds this process's skew; each of several processes has one of its own."""
    accounts = app.gateway.accounts() if app.gateway is not None else ()
    return f"{KEY}:{min(accounts)}" if app.peers.others and accounts else KEY


async def stored_skew(tx: Transaction, key: str) -> SeenSkew | None:
    """Return the skew that a process stored under its `key_for`, however old."""
    row = await switches.told(tx, key)
    return None if row is None else SeenSkew(float(row.value), row.set_at)


async def noted_skew(tx: Transaction) -> SeenSkew | None:
    """Return the newest skew that a running bot stored, however old; of several bots' the largest."""
    found = [SeenSkew(float(row.value), row.set_at) for row in await switches.told_of(tx, KEY)]
    newest = max((one.at for one in found), default=None)
    return max(
        (one for one in found if newest is not None and newest - one.at <= SAME_TIME),
        key=lambda one: abs(one.seconds),
        default=None,
    )


class Watch:
    """Compares the wall clock with one that never jumps."""

    def __init__(self) -> None:
        self._ahead: float | None = None

    def jumped(self, now: datetime, steady: float | None = None) -> float:
        """Return by how many seconds the wall clock jumped since the last call; 0.0 when it did not.

        `steady`: monotonic seconds, the process's own when not given.
        """
        ahead = now.timestamp() - (time.monotonic() if steady is None else steady)
        before, self._ahead = self._ahead, ahead
        moved = 0.0 if before is None else ahead - before
        return moved if abs(moved) > JUMP_SECONDS else 0.0


async def after_jump(app: App, seconds: float) -> None:
    """Have everything looked at anew that was put off by times of the old clock."""
    log.warning("the clock jumped by %+.0f seconds", seconds)
    async with app.database.transaction() as tx:
        await last_seen.look_no_later(tx, sorted(await timelines.groups_with_open(tx)), app.now())
        await last_seen.bring_forward(tx, app.now())
    app.work_news.set()
    app.outbox_news.set()
