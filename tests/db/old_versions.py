"""Databases of older versions."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from db import migrations
from db.engine import Database


def to(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def standing_at(version: str, url: str) -> Database:
    """Open a new database that stands at an older version."""
    database = Database(url)
    if database.path is not None:
        database.path.parent.mkdir(parents=True)
    await database.plainly(lambda connection: to(connection, version))
    return database
