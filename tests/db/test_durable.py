"""What is committed is on the disk: see docs/decisions/0013."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db import threads
from db.engine import Database
from tests.conftest import DURABLE

FULL = 2


async def test_every_commit_of_the_bot_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "SYNCHRONOUS", DURABLE)
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'd.db'}")
    async with database.reading() as tx:
        assert (await tx.execute(text("PRAGMA synchronous"))).scalar_one() == FULL
    await database.close()
