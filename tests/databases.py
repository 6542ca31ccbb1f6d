"""A PostgreSQL for the tests: the one CI names, else one that pytest-postgresql starts, else none, saying why."""

import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_postgresql import factories
from pytest_postgresql.janitor import DatabaseJanitor
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url

from config.settings import Settings
from db.engine import Database
from db.tables import metadata
from services.running.startup import prepare_database

SERVER = os.environ.get("QUNGUI_TEST_POSTGRES", "")
TEMPLATE = f"qungui_template_{uuid.uuid4().hex[:8]}"


def find_pg_ctl() -> str | None:
    """Return PostgreSQL's own starter, or None."""
    found = shutil.which("pg_ctl")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found or (str(installed[-1]) if installed else None)


def why_not() -> str:
    """Return why there is no PostgreSQL to test on, or an empty text."""
    if SERVER:
        return ""
    if os.environ.get("CI"):
        pytest.fail("CI without QUNGUI_TEST_POSTGRES", pytrace=False)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return "PostgreSQL won't run as root; name a server in QUNGUI_TEST_POSTGRES"
    return "" if find_pg_ctl() else "no PostgreSQL on this machine, and QUNGUI_TEST_POSTGRES names none"


postgresql_started = factories.postgresql_proc(executable=find_pg_ctl() or "pg_ctl")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> URL:
    """Return the address of a running server, as a superuser of it."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    if SERVER:
        return make_url(SERVER)
    started = request.getfixturevalue("postgresql_started")
    return URL.create(
        "postgresql", started.user, started.password or None, started.host, started.port, "postgres"
    )


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Generator[str]:
    """Return the name of a database with every table, from which each test's own is copied."""
    with new_database(postgres_server, TEMPLATE, None) as url:
        engine = create_engine(url)
        metadata.create_all(engine)
        engine.dispose()
        yield TEMPLATE


_migrated: list[bytes] = []


async def prepare(settings: Settings) -> None:
    """Bring a database to this version, as a start does; new SQLite files are copies of the first one."""
    path = Database(settings.database_url).path
    fresh = path is not None and not path.exists()
    if path is not None and fresh and _migrated:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_migrated[0])
    await prepare_database(settings)
    if path is not None and fresh and not _migrated:
        _migrated.append(path.read_bytes())


@contextmanager
def new_database(server: URL, name: str, template: str | None) -> Generator[URL]:
    """Make a database on `server`, drop it at the end."""
    janitor = DatabaseJanitor(
        user=server.username or "postgres",
        host=server.host or "127.0.0.1",
        port=server.port or 5432,
        dbname=name,
        template_dbname=template,
        password=server.password,
    )
    janitor.init()
    try:
        yield server.set(drivername="postgresql+psycopg", database=name)
    finally:
        janitor.drop()


def address(url: URL) -> str:
    """Return a URL as text, password and all: for tests only."""
    return url.render_as_string(hide_password=False)
