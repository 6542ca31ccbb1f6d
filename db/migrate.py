"""Bring the database to the version of this program, or say why not."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from db.engine import Database

_HERE = Path(__file__).parent / "migrations"


class NewerDatabaseError(Exception):
    """The database was written by a newer version of this program."""


def alembic_config() -> Config:
    """Return Alembic's settings; they need no ini file."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config


async def upgrade(database: Database) -> None:
    """Apply every missing migration. Raises `NewerDatabaseError`, or the driver's own error."""
    if database.path is not None:
        await asyncio.to_thread(database.path.parent.mkdir, parents=True, exist_ok=True)
    async with database.engine.connect() as connection:
        await connection.run_sync(_upgrade)
        await connection.commit()


async def current_version(database: Database) -> str | None:
    """Return the migration the database stands at, or None when it has none yet."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def known_versions() -> frozenset[str]:
    """Return every migration this program knows."""
    return frozenset(s.revision for s in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    now = MigrationContext.configure(connection).get_current_revision()
    if now is not None and now not in known:
        raise NewerDatabaseError(now)
    if now != scripts.get_current_head():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
