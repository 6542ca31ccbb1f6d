"""What every entry point does first: settings, policy, database; each fault is one plain line."""

import asyncio
from typing import IO

from config.oserrors import said
from config.phrases.health import CANNOT_OPEN, NO_PROACTOR
from config.policy import PolicyError, load_policy
from config.settings import Settings, SettingsError, load_settings
from db.engine import Database
from db.faults import is_database_fault, kind_of
from db.ledger import Ledger
from db.migrate import NewerDatabaseError, upgrade
from db.postgres.claim import TakenError, claim_file
from regulation.policy import Policy
from services.app import App
from services.people.registry import load, load_phone_key
from services.processes import know_own_accounts


class StartError(Exception):
    """The program can't start; the text is the one line to show."""


def read_configuration() -> tuple[Settings, Policy]:
    """Read `.env` and the policy file. Raises `StartError`."""
    try:
        settings = load_settings()
        return settings, load_policy(settings.policy_file)
    except (SettingsError, PolicyError) as error:
        raise StartError(str(error)) from error


def refuse_loop(settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
    """Refuse an event loop that PostgreSQL's client can't use: Windows' own. Raises `StartError`."""
    postgresql = settings.database_url.startswith("postgresql")
    if postgresql and any(one.__name__ == "ProactorEventLoop" for one in type(loop).__mro__):
        raise StartError(NO_PROACTOR)


async def prepare_database(settings: Settings) -> None:
    """Open the database once and bring it up to date. Raises `StartError`."""
    refuse_loop(settings, asyncio.get_running_loop())
    key = _key(settings)
    try:
        database = Database(settings.database_url)
    except Exception as error:
        raise StartError("DATABASE_URL 读不懂；默认是 sqlite+aiosqlite:///data/qungui.db") from error
    try:
        database.ledger = Ledger(key)
        await upgrade(database)
    except NewerDatabaseError as error:
        raise StartError("数据库是更新版本的程序建的，请升级程序；数据没有改动") from error
    except Exception as error:
        if not is_database_fault(error):
            raise
        why = CANNOT_OPEN[kind_of(error)]
        raise StartError(f"数据库打不开：{database_name(settings)}；{why}") from error
    finally:
        await database.close()


def claim_database(database: Database) -> IO[bytes] | None:
    """Keep other bots off a SQLite file while what is returned is open; PostgreSQL serves several.

    Raises `StartError`.
    """
    if database.path is None:
        return None
    try:
        return claim_file(database.path)
    except TakenError as error:
        raise StartError(
            f"已有一个机器人在用数据库 {database.path}；一个 SQLite 文件只能由一个进程使用，"
            "多个进程请用 PostgreSQL"
        ) from error
    except OSError as error:
        raise StartError(f"数据库目录 {database.path.parent} 写不进去（{said(error)}）") from error


def database_name(settings: Settings) -> str:
    """Return the database's address without its password."""
    return settings.database_url.rpartition("@")[2] if "@" in settings.database_url else settings.database_url


def build_app(settings: Settings, policy: Policy) -> App:
    """Make the App of this process; its database is opened on first use."""
    return App(settings, policy, Database(settings.database_url), phone_key=_key(settings))


def _key(settings: Settings) -> bytes:
    try:
        return load_phone_key(settings)
    except OSError as error:
        raise StartError(f"数据目录 {settings.data_dir} 写不进去（{said(error)}）") from error


async def open_app(*, with_registry: bool = True) -> App:
    """Return a ready App for the terminal: configured, migrated. Raises `StartError`.

    `with_registry`: decisions need the index of all employees; a roster import does not.
    """
    settings, policy = read_configuration()
    await prepare_database(settings)
    app = build_app(settings, policy)
    if with_registry:
        await load(app)
    await know_own_accounts(app)
    return app
