"""The migrations give exactly what the tables declare, on both databases."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from db.engine import Database
from db.migrate import NewerDatabaseError, current_version, upgrade
from db.tables import metadata


async def test_migrations_give_exactly_what_the_tables_declare(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    differences = await database.plainly(
        lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
    )
    await database.close()
    assert differences == []


async def test_migrated_indexes_keep_their_conditions(empty_url: str) -> None:
    """Alembic compares the columns of an index, not its condition."""
    database = Database(empty_url)
    await upgrade(database)
    migrated = await database.plainly(conditions)
    await database.plainly(make_as_declared)
    declared = await database.plainly(conditions)
    await database.close()
    assert migrated == declared
    assert "closed_at" in migrated["uq_cases_open"]


def conditions(sync: sa.Connection) -> dict[str, str]:
    found = inspect(sync)
    return {
        f"{index['name']}": str(value)
        for table in metadata.tables
        for index in found.get_indexes(table)
        for name, value in index.get("dialect_options", {}).items()
        if name.endswith("_where")
    }


def make_as_declared(sync: sa.Connection) -> None:
    metadata.drop_all(sync)
    metadata.create_all(sync)


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
