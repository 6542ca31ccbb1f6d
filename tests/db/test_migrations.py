"""The migrations give exactly what the tables declare, on both databases."""

import uuid
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from db import migrations
from db.engine import Database
from db.migrate import NewerDatabaseError, current_version, upgrade
from db.tables import metadata
from db.tables.base import ZONE, Moment
from db.tables.requests import join_requests
from tests.databases import address, new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/sub/folder/new.db"
        return
    with new_database(
        request.getfixturevalue("postgres_server"), f"qungui_{uuid.uuid4().hex[:12]}", None
    ) as url:
        yield address(url)


async def test_migrations_give_exactly_what_the_tables_declare(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    differences = await database.plainly(
        lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
    )
    await database.close()
    assert differences == []


async def test_migrated_indexes_keep_their_conditions(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    found = await database.plainly(lambda sync: inspect(sync).get_indexes("cases"))
    await database.close()
    partial = next(index for index in found if index["name"] == "uq_cases_open")
    assert partial["unique"]
    assert any("closed_at" in str(value) for value in partial.get("dialect_options", {}).values())


async def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    version = await current_version(database)
    await upgrade(database)
    assert await current_version(database) == version
    await database.close()


async def test_refuses_a_database_of_a_newer_version(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabaseError):
        await upgrade(database)
    await database.close()


FLAGS = {
    "700001|1795897277865000|7|0": "1795897277865000",
    "700001|1795897277866000|1|1": "1795897277866000",
    "1795339604868000": "1795339604868000",
    "1795339604868001-700001-1-0": "1795339604868001-700001-1-0",
    "a|b|c|d": "a|b|c|d",
}
# As 0004 had it.
_REQUESTS = sa.table(
    "join_requests",
    *(
        sa.column(name)
        for name in ("account", "flag", "group_id", "user_id", "nickname", "comment", "recovered")
    ),
    *(sa.column(name) for name in ("verdict", "row", "reason", "clause", "state")),
    sa.column("asked_at", Moment()),
    sa.column("inputs", sa.JSON()),
)
_OLD = {
    "account": 1, "group_id": 700001, "user_id": 30001, "nickname": "", "comment": "", "recovered": False,
    "verdict": "hold", "row": 2, "reason": "unfiled", "clause": "四.1.1", "state": "waiting", "inputs": {},
    "asked_at": datetime(2026, 11, 1, 9, 30, tzinfo=ZONE),
}  # fmt: skip


def _to(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_stored_requests_are_named_by_what_lasts_of_their_flags(empty_url: str) -> None:
    database = Database(empty_url)
    if database.path is not None:
        database.path.parent.mkdir(parents=True)
    await database.plainly(lambda connection: _to(connection, "0004"))
    async with database.transaction() as tx:
        await tx.execute(sa.insert(_REQUESTS), [{**_OLD, "flag": flag} for flag in FLAGS])
    await upgrade(database)
    c = join_requests.c
    async with database.reading() as tx:
        rows = await tx.rows(sa.select(c.flag, c.request_key, c.asked_at, c.seen_at))
    await database.close()
    assert {row.flag: row.request_key for row in rows} == FLAGS
    assert {(row.asked_at, row.seen_at) for row in rows} == {(_OLD["asked_at"], _OLD["asked_at"])}
