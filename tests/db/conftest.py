"""A PostgreSQL database alone, for what only it can do; an empty one, of each kind, for migrations."""

import uuid
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from db.engine import Database
from tests.databases import address, new_database


@pytest.fixture(scope="module")
async def postgres(postgres_server: URL, postgres_template: str) -> AsyncGenerator[Database]:
    """An open PostgreSQL database with every table, one for a file of tests; skipped, saying why, where there is no server."""
    with new_database(postgres_server, f"qungui_{uuid.uuid4().hex[:12]}", postgres_template) as url:
        opened = Database(address(url))
        yield opened
        await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/sub/folder/new.db"
        return
    with new_database(
        request.getfixturevalue("postgres_server"), f"qungui_{uuid.uuid4().hex[:12]}", None
    ) as url:
        yield address(url)
