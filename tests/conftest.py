"""What all tests share: an App on a real SQLite file, with a clock that stands still until told."""

import gc
import os
import sys
import uuid
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

# Pydantic looks for its models' docstrings through every module there is: the fewer, the sooner.
import scim2_client.engines.httpx2  # noqa: F401
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from config.settings import Settings
from db import connections
from db.engine import Database
from db.tables import metadata
from db.tables.base import ZONE
from regulation.policy import Policy
from services.app import App
from services.imports.reading.guard import read_guarded
from tests import compiled, started
from tests.company import FakeQQ, settle_in
from tests.databases import address, new_database, postgres_server, postgres_template, postgresql_started
from tests.reader import read_here, reading

__all__ = ["postgres_server", "postgres_template", "postgresql_started"]


# Nothing that imports make is garbage; see `pytest_collection_finish`.
gc.disable()

# Tests lose nothing by a power cut; one of them looks at what the bot itself does.
DURABLE = connections.SYNCHRONOUS
connections.SYNCHRONOUS = "OFF"

# To look for each setting in the environment takes longer than many a test.
DEFAULTS = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]

# How long one example took says nothing where others share the processor.
hypothesis_settings.register_profile("local", deadline=None, max_examples=10)
hypothesis_settings.register_profile("ci", deadline=None, max_examples=20)
hypothesis_settings.register_profile("nightly", deadline=None, max_examples=1000)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")

if sys.dont_write_bytecode:
    # Where the environment forbids caches beside the source, each of dozens of processes would compile it all.
    sys.dont_write_bytecode, sys.pycache_prefix = (
        False,
        str(Path(__file__).parents[1] / ".pytest_cache/bytecode"),
    )
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    del os.environ["PYTHONDONTWRITEBYTECODE"]


@dataclass
class StoppedClock:
    """A clock that tests set and move."""

    time: datetime

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.time

    def move(self, **delta: float) -> None:
        """Move on by `timedelta(**delta)`."""
        self.time += timedelta(**delta)


# A process for each file that is read takes longer than most tests; so do statements compiled anew.
reading(read_here)
compiled.share()


@pytest.fixture
def read_apart() -> Generator[None]:
    """Files are read in a process of their own, as the bot does: for what a file does to its reader."""
    with reading(read_guarded):
        yield


@pytest.fixture
def clock() -> StoppedClock:
    """Monday 2026-03-02 10:00, Asia/Shanghai: a working day, inside working hours."""
    return StoppedClock(datetime(2026, 3, 2, 10, 0, tzinfo=ZONE))


def pytest_configure() -> None:
    """Begin the starter of processes in the process that all workers come from."""
    if started.ADDRESS not in os.environ:
        started.begin()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Say three workers for two cores: tests wait for processes, sockets and browsers, others work then."""
    return 3 * (os.cpu_count() or 1) // 2


def pytest_collection_finish() -> None:
    """Look for garbage only among what tests make, not in all that stays to the end."""
    gc.freeze()
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--every-dialect`."""
    parser.addoption(
        "--every-dialect", action="store_true", help="every test of a database on each kind of it"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests/db and what is marked `dialects` on SQLite and PostgreSQL, all else on SQLite."""
    chosen = any("dialect" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    marked = (
        metafunc.definition.get_closest_marker("dialects") or "db" in metafunc.definition.path.parent.parts
    )
    both = marked or metafunc.config.getoption("every_dialect")
    if "dialect" in metafunc.fixturenames and both and not chosen:
        metafunc.parametrize("dialect", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """The kind of database: sqlite or postgresql."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    """The address of an empty database, with every table."""
    if dialect == "sqlite":
        path = tmp_path / "test.db"
        path.write_bytes(request.getfixturevalue("sqlite_template"))
        yield f"sqlite+aiosqlite:///{path}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_template")
    with new_database(server, f"qungui_{uuid.uuid4().hex[:12]}", template) as url:
        yield address(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A SQLite file with every table, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path.read_bytes()


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """An open database with every table."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def app(database: Database, clock: StoppedClock, tmp_path: Path) -> App:
    """An App with the default policy and superuser 10000."""
    settings = DEFAULTS.model_copy(update={"superusers": frozenset({10000}), "data_dir": tmp_path})
    return App(settings, Policy(), database, phone_key=b"test key", clock=clock)


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """The invented company, with two groups in QQ."""
    return await settle_in(app)
