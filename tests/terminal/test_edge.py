"""What the terminal says when the database can't be used: the real cause, in one line."""

import sqlite3
from pathlib import Path

import pytest
import typer
from rich.console import Console

from services.app import App
from services.running.startup import open_app
from terminal.edge import run


@pytest.fixture
async def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/live.db")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("QUNGUI_DEBUG", raising=False)
    app = await open_app(with_registry=False)
    await app.database.close()
    return tmp_path / "live.db"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("database or disk is full"), "磁盘已满"),
        (sqlite3.OperationalError("database is locked"), "数据库正忙，请稍后再试"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "没有权限"),
        (sqlite3.DatabaseError("database disk image is malformed"), "已损坏"),
    ],
)
def test_a_database_fault_is_one_line_with_its_cause(
    made: Path, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    async def work(app: App, out: Console) -> int:
        from sqlalchemy.exc import DBAPIError

        raise DBAPIError("UPDATE …", {}, error)

    with pytest.raises(typer.Exit) as ended:
        run(work, with_registry=False)
    lines = capsys.readouterr().err.splitlines()
    assert (ended.value.exit_code, len(lines)) == (1, 1)
    assert said in lines[0]
