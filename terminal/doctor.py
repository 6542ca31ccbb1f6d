"""`cli.py doctor`: looks at everything the bot stands on, and says what to do about each fault."""

import asyncio
import shutil
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx2
from rich.console import Console
from rich.markup import escape

from config.phrases import doctor as say
from config.settings import Settings, unheeded
from db.migrate import current_version, known_versions
from db.queries.work import figures, outbox, processes, sources
from regulation.groups.readings import FRESH_FOR
from services import trail
from services.app import App
from services.imports.sources import overview
from services.naming import moment
from services.people import roles
from services.reports.drawing import font
from services.running.health import disk_faults
from services.running.startup import StartError, open_app, read_configuration
from services.watching import clock
from terminal.edge import cause_of
from terminal.trail import worded

FIRST_YEAR = 2025
SKEW_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sign:
    """One look: `ok`, what was looked at, and when not ok what to do."""

    ok: bool
    what: str
    advice: str = ""


async def examine(out: Console) -> int:
    """Print one line a look; 1 when any found a fault."""
    try:
        settings, _ = read_configuration()
    except StartError as error:
        signs = [Sign(False, say.SETTINGS_FAULT, str(error))]
    else:
        signs = [_settings(), *_tokens(settings), *_phone_key(settings), *_disk(settings)]
        signs += [*_console(settings), *await _stored()]
        signs += [*await _fonts(), *await _connection(settings)]
    for sign in signs:
        mark = "[green]√[/]" if sign.ok else "[red]×[/]"
        out.print(f"{mark} {escape(sign.what)}" + (f"：{escape(sign.advice)}" if sign.advice else ""))
    return 0 if all(sign.ok for sign in signs) else 1


async def _stored() -> list[Sign]:
    """Look at all that stands in the database."""
    try:
        app = await open_app()
    except StartError as error:
        return [Sign(False, say.DATABASE, str(error))]
    try:
        return [sign for what, look in _LOOKS for sign in await _safely(app, what, look)]
    finally:
        await app.database.close()


async def _safely(app: App, what: str, look: Callable[[App], Awaitable[list[Sign]]]) -> list[Sign]:
    try:
        return await look(app)
    except Exception as error:  # the terminal's edge: one look that fails is a fault, and the others go on
        return [Sign(False, what, say.NOT_LOOKED.format(why=cause_of(error)))]


def _settings() -> Sign:
    names = unheeded()
    return Sign(True, say.SETTINGS, say.SETTINGS_UNHEEDED.format(names="、".join(names)) if names else "")


def _tokens(settings: Settings) -> list[Sign]:
    advice = ""
    if not settings.onebot_access_token:
        advice = say.TOKEN_NONE
    elif len(settings.onebot_access_token) < 12:
        advice = say.TOKEN_SHORT
    people = bool(settings.superusers)
    return [
        Sign(advice != say.TOKEN_SHORT, say.TOKEN, advice),
        Sign(people, say.SUPERUSERS, "" if people else say.SUPERUSERS_NONE),
    ]


def _phone_key(settings: Settings) -> list[Sign]:
    path = settings.data_dir / "phone.key"
    if settings.phone_key or not path.exists():
        return [Sign(True, say.PHONE_KEY)]
    private = stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    return [Sign(private, say.PHONE_KEY, "" if private else say.PHONE_KEY_OPEN.format(path=path))]


def _disk(settings: Settings) -> list[Sign]:
    """Look whether there is room for data and copies, and whether it can be written."""
    if not settings.data_dir.exists():
        return []  # made at the first start
    faults = disk_faults(settings.data_dir)
    free = shutil.disk_usage(settings.data_dir).free >> 20
    return [Sign(not faults, say.DISK.format(megabytes=f"{free:,}"), "；".join(faults))]


def _console(settings: Settings) -> list[Sign]:
    """Tell where the console is, and why it stays closed where it can't be safe."""
    if not settings.console:
        return [Sign(True, say.CONSOLE_OFF)]
    what = say.CONSOLE.format(address=settings.console_address)
    return [Sign(True, what, "" if settings.console_is_safe else say.CONSOLE_UNSAFE)]


async def _database(app: App) -> list[Sign]:
    version = await current_version(app.database)
    return [Sign(version in known_versions(), say.DATABASE_VERSION.format(version=version))]


async def _processes(app: App) -> list[Sign]:
    """Name the bots that share a PostgreSQL, and the QQ accounts each of them holds."""
    async with app.database.reading() as tx:
        workers, held = await processes.live_workers(tx), await processes.holders(tx)
    if workers is None or len(workers) < 2:
        return []
    of = {worker: [str(account) for account, by in held.items() if by == worker] for worker in workers}
    shown = "，".join(
        f"{worker.rpartition(':')[0]}（{'、'.join(accounts) or say.NO_ACCOUNT}）"
        for worker, accounts in sorted(of.items())
    )
    return [Sign(True, say.PROCESSES.format(count=len(workers), shown=shown))]


async def _ledger(app: App) -> list[Sign]:
    misfit = (await trail.verify(app)).misfit
    advice = "" if misfit is None else say.LEDGER_BROKEN.format(what=worded(misfit))
    return [Sign(misfit is None, say.LEDGER, advice)]


async def _registry(app: App) -> list[Sign]:
    why = app.registry.is_unusable(app.now(), app.policy)
    if why == "empty":
        return [Sign(False, say.REGISTRY, say.REGISTRY_EMPTY)]
    if why == "stale":
        days = app.policy.registry.max_age_days
        return [Sign(False, say.REGISTRY, say.REGISTRY_STALE.format(days=days))]
    return [Sign(True, say.REGISTRY_OK.format(people=len(app.registry.by_no)))]


async def _sources(app: App) -> list[Sign]:
    """Tell how what the registry comes from stands."""
    async with app.database.reading() as tx:
        rows = await sources.all_rows(tx)
    return [Sign(one.ok, one.title, one.text) for one in overview.look(app, rows)]


async def _superusers(app: App) -> list[Sign]:
    """Name the superusers who lost their rights by departing, and the numbers that are nobody's."""
    gone = roles.departed_superusers(app)
    strange = sorted(qq for qq in app.superusers() if qq not in app.registry.identities)
    signs = [Sign(False, say.SUPERUSERS, say.SUPERUSERS_GONE.format(names=gone))] if gone else []
    if strange and app.registry.by_no:
        listed = "、".join(map(str, strange))
        signs.append(Sign(True, say.SUPERUSERS, say.SUPERUSERS_NOBODY.format(listed=listed)))
    return signs


async def _clock(app: App) -> list[Sign]:
    """Compare the clock with QQ's, as the bot last saw it, and with the newest stored reading."""
    now = app.now()
    if now.year < FIRST_YEAR:
        return [Sign(False, say.CLOCK, say.CLOCK_UNSET)]
    async with app.database.reading() as tx:
        seen, found = await clock.noted_skew(tx), await figures.gather(tx, now)
    if seen is not None and abs(now - seen.at) > SKEW_KEPT:
        seen = None
    newest, faults = found.newest_reading, list[Sign]()
    if seen is not None and seen.is_wrong:
        way = say.AHEAD if seen.seconds > 0 else say.BEHIND
        told = say.CLOCK_SKEWED.format(way=way, seconds=round(abs(seen.seconds)), at=moment(seen.at))
        faults.append(Sign(False, say.CLOCK, told))
    if newest is not None and newest - now > timedelta(seconds=clock.SKEW_SECONDS):
        faults.append(Sign(False, say.CLOCK, say.CLOCK_WENT_BACK.format(at=moment(newest))))
    skew = say.SKEW_UNKNOWN if seen is None else say.SKEW.format(seconds=round(abs(seen.seconds)))
    return faults or [Sign(True, say.CLOCK_OK.format(now=f"{now:%Y-%m-%d %H:%M}", skew=skew))]


async def _implementations(app: App) -> list[Sign]:
    """Name the implementations that acted for the bot, with what their licences and versions ask for."""
    async with app.database.reading() as tx:
        names = sorted({name for name, _ in await outbox.effect_counts(tx)})
    return [
        Sign(True, say.IMPLEMENTATION.format(name=name), say.IMPLEMENTATION_NOTES.get(name, ""))
        for name in names
    ]


async def _readings(app: App) -> list[Sign]:
    """Tell the newest and the oldest stored reading: one group that nobody can read shows here."""
    async with app.database.reading() as tx:
        found = await figures.gather(tx, app.now())
    newest, oldest = found.newest_reading, found.oldest_reading
    if not found.filed_groups:
        return [Sign(True, say.NO_FILINGS)]
    if newest is None or oldest is None:
        return [Sign(False, say.READINGS, say.READINGS_NONE.format(filed=found.filed_groups))]
    if app.now() - oldest > FRESH_FOR:
        return [Sign(False, say.READINGS, say.READINGS_STALE.format(oldest=moment(oldest)))]
    return [Sign(True, say.READINGS_OK.format(newest=moment(newest), oldest=moment(oldest)))]


async def _fonts() -> list[Sign]:
    try:
        await asyncio.to_thread(font, 24)
    except OSError:
        return [Sign(False, say.FONT, say.FONT_NONE)]
    return [Sign(True, say.FONT)]


async def _connection(settings: Settings) -> list[Sign]:
    """Ask the running bot itself."""
    everywhere = {"0.0.0.0": "127.0.0.1", "localhost": "127.0.0.1", "::": "::1"}
    host = everywhere.get(settings.host, settings.host)
    address = f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}"
    headers = {"Authorization": f"Bearer {settings.onebot_access_token}"}
    try:
        async with httpx2.AsyncClient(timeout=8, trust_env=False) as client:
            answer = await client.get(f"http://{address}/healthz", headers=headers)
    except httpx2.HTTPError:
        return [Sign(False, say.BOT, say.BOT_NOT_RUNNING.format(address=address))]
    if answer.status_code == 200:
        return [Sign(True, say.BOT_OK)]
    if answer.status_code == 403:
        return [Sign(False, say.BOT, say.BOT_OTHER_TOKEN)]
    if answer.status_code != 503:
        return [Sign(False, say.BOT, say.BOT_ODD.format(address=address, status=answer.status_code))]
    faults = answer.text.strip().partition("\n\n")[0].splitlines()
    return [Sign(False, say.BOT, "；".join(faults))]


_LOOKS: tuple[tuple[str, Callable[[App], Awaitable[list[Sign]]]], ...] = (
    (say.DATABASE, _database),
    (say.DATABASE, _processes),
    (say.LEDGER, _ledger),
    (say.REGISTRY, _registry),
    (say.REGISTRY, _sources),
    (say.SUPERUSERS, _superusers),
    (say.CLOCK, _clock),
    (say.READINGS, _readings),
    (say.IMPLEMENTATIONS, _implementations),
)
