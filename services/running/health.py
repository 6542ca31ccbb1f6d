"""Is the bot well: database, connections, audits, backlog. For `/healthz`, `/metrics` and `doctor`."""

import asyncio
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from config.logs import masked
from config.phrases import health as say
from db.faults import is_database_fault, kind_of
from db.queries.work import figures, processes
from regulation.groups.readings import FRESH_FOR
from services.app import App

BACKLOG_STALE = timedelta(minutes=30)
# So long an account that no process has any more is missed: one that was given up is no fault for ever.
MISSED_FOR = timedelta(days=3)
PATIENCE = 5.0
PROBE_BYTES = 65536
# SQLite may need as much for its log alone.
LEAST_FREE = 64 << 20


class UnknownHealthError(Exception):
    """Nothing can be said of the bot's health; the text says why, in Chinese, without address or password."""


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account: its masked number, for how many seconds, and whether QQ has it logged in.

    `skew`: by how many seconds QQ's event times are ahead of our clock, None before any event.
    """

    label: str
    connected_for: float
    online: bool
    skew: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """`faults`: Chinese lines, empty when well. The figures are what `/metrics` shows.

    `stands_by`: other processes have the accounts, all that were connected lately to any process.
    """

    faults: tuple[str, ...]
    accounts: tuple[Account, ...]
    figures: figures.Figures
    stands_by: bool = False


async def look(app: App) -> Health:
    """Ask the database and the gateway how things stand. Raises `UnknownHealthError`."""
    now = app.now()
    try:
        async with asyncio.timeout(PATIENCE), app.database.reading() as tx:
            found = await figures.gather(tx, now)
            lately = await processes.remembered(tx, now - MISSED_FOR)
    except TimeoutError as error:
        raise UnknownHealthError(say.DATABASE_SLOW.format(seconds=f"{PATIENCE:g}")) from error
    except Exception as error:
        if not is_database_fault(error):
            raise
        raise UnknownHealthError(say.DATABASE_FAULT) from error
    accounts = connected(app)
    faults = await asyncio.to_thread(disk_faults, app.settings.data_dir)
    stands_by = not accounts and _stands_by(app, lately)
    faults += [] if accounts or stands_by else [say.NO_ACCOUNT]
    return Health((*faults, *_faults(found, accounts, now)), accounts, found, stands_by)


def disk_faults(folder: Path) -> list[str]:
    """Tell whether something can still be written where the data is."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [say.DISK.get(kind_of(error), say.DISK["other"])]
    return [say.DISK["low"].format(megabytes=free >> 20)] if free < LEAST_FREE else []


def connected(app: App) -> tuple[Account, ...]:
    """Return the accounts connected now; two whose masked numbers are the same get a number behind."""
    found: list[Account] = []
    if (gateway := app.gateway) is None:
        return ()
    for account in gateway.accounts():
        label = masked(str(account))
        twins = sum(one.label.partition("#")[0] == label for one in found)
        found.append(
            Account(
                label if not twins else f"{label}#{twins + 1}",
                gateway.connected_for(account),
                gateway.is_online(account),
                gateway.clock_skew(account),
            )
        )
    return tuple(found)


def lines(found: Health, now: datetime) -> list[str]:
    """Return how things stand, in Chinese: the faults, an empty line, what was looked at."""
    seen = found.figures
    return [
        *(found.faults or (say.WELL,)),
        "",
        *((say.STANDS_BY,) if found.stands_by else ()),
        *(say.ACCOUNT.format(account=one.label, age=_age(one.connected_for)) for one in found.accounts),
        say.LAST_AUDIT.format(when=_when(seen.last_audit, now)),
        say.OLDEST_READING.format(when=_when(seen.oldest_reading, now), filed=seen.filed_groups),
        say.BACKLOG.format(count=seen.backlog, age=_waited(seen.oldest_waiting, now)),
    ]


def _faults(found: figures.Figures, accounts: tuple[Account, ...], now: datetime) -> list[str]:
    faults = [say.OFFLINE.format(account=one.label) for one in accounts if not one.online]
    if found.filed_groups and (found.oldest_reading is None or now - found.oldest_reading > FRESH_FOR):
        faults.append(say.UNREAD.format(hours=FRESH_FOR // timedelta(hours=1)))
    if found.oldest_waiting is not None and not found.paused and now - found.oldest_waiting > BACKLOG_STALE:
        faults.append(say.STUCK.format(minutes=BACKLOG_STALE // timedelta(minutes=1)))
    return faults


def _stands_by(app: App, lately: frozenset[int]) -> bool:
    """Tell whether other processes have all accounts: those of `lately`, and those that this one has lost."""
    gone = frozenset[int]() if app.gateway is None else app.gateway.gone()
    return bool(app.peers.others) and gone | lately <= app.peers.others


def _when(moment: datetime | None, now: datetime) -> str:
    return say.NEVER if moment is None else say.AGO.format(age=_age((now - moment).total_seconds()))


def _waited(since: datetime | None, now: datetime) -> str:
    return _age((now - since).total_seconds()) if since is not None else _age(0)


def _age(seconds: float) -> str:
    minutes = max(0, int(seconds // 60))
    if minutes < 120:
        return say.MINUTES.format(n=minutes)
    return say.HOURS.format(n=minutes // 60) if minutes < 2880 else say.DAYS.format(n=minutes // 1440)
