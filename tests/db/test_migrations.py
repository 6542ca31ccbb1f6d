"""The migrations give exactly what the tables declare, on both databases."""

import uuid
from collections.abc import Generator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from db.engine import Database
from db.migrate import NewerDatabaseError, current_version, upgrade
from db.tables import metadata
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
