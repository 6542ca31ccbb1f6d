"""A folder with settings of its own, and a database in it."""

from pathlib import Path

import pytest

from config.settings import Settings
from tests.databases import prepare
from tests.terminal.database.stored import put


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with a policy and the settings of a SQLite database in it."""
    (tmp_path / "regulation.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    for key, value in {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'q.db'}",
        "POLICY_FILE": str(tmp_path / "regulation.toml"),
        "DATA_DIR": str(tmp_path / "data"),
    }.items():
        monkeypatch.setenv(key, value)
    return tmp_path


@pytest.fixture
async def live(folder: Path) -> Path:
    """A migrated database with one switch in it."""
    await prepare(Settings(_env_file=None))  # pyright: ignore[reportCallIssue]
    put(folder / "q.db", "before")
    return folder / "q.db"
