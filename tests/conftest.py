"""What all tests share: an App on a real SQLite file, with a clock that stands still until told."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from db.engine import Database
from db.tables import metadata
from db.tables.base import ZONE
from regulation.policy import Policy
from services.app import App


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


@pytest.fixture
def clock() -> StoppedClock:
    """Monday 2026-03-02 10:00, Asia/Shanghai: a working day, inside working hours."""
    return StoppedClock(datetime(2026, 3, 2, 10, 0, tzinfo=ZONE))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    """A new SQLite file with every table."""
    opened = Database(f"sqlite+aiosqlite:///{tmp_path}/test.db")
    async with opened.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield opened
    await opened.close()


@pytest.fixture
def app(database: Database, clock: StoppedClock, tmp_path: Path) -> App:
    """An App with the default policy and superuser 10000."""
    settings = Settings(superusers=frozenset({10000}), data_dir=tmp_path, _env_file=None)  # pyright: ignore[reportCallIssue]
    return App(settings, Policy(), database, phone_key=b"test key", clock=clock)
