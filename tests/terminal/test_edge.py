"""What the terminal says when the database can't be used: the real cause, in one line."""

import errno
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from rich.console import Console

from services.app import App
from services.running.startup import open_app
from terminal.database import back_up
from terminal.edge import run

ROOT = Path(__file__).resolve().parents[2]


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
        (OSError(errno.ENOSPC, "No space left on device"), "没有做成：数据库：磁盘已满；请腾出空间"),
        (OSError(errno.ECONNREFUSED, "Connection refused"), "没有做成：对方没有在运行，或不接受连接"),
        (OSError(errno.ENOENT, "No such", "a/b.csv"), "没有做成：a/b.csv：没有这个文件或文件夹"),
        (OSError(9999, "Weird"), "没有做成：系统错误 9999"),
        (sqlite3.OperationalError("disk I/O error"), "没有做成：数据库读写出错；请检查路径、权限或连接"),
        (KeyError("x"), "没有做成：程序出了意外的错；设置 QUNGUI_DEBUG=1 再试一次可以看到细节"),
    ],
)
def test_whatever_went_wrong_is_said_in_chinese(
    made: Path, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    async def work(app: App, out: Console) -> int:
        raise error

    with pytest.raises(typer.Exit):
        run(work, with_registry=False)
    assert capsys.readouterr().err == said + "\n"


async def test_a_copy_that_no_disk_takes_says_why(
    made: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "touch", full)
    assert await back_up(made.parent / "copy.db") == 1
    assert capsys.readouterr().err == "备份没有成功：数据库：磁盘已满；请腾出空间\n"


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


def test_a_start_on_sqlite_loads_neither_orm_nor_the_other_database():
    modules = "cli, terminal.importing, services.running.heartbeat"
    code = f"import sys, {modules}; sys.exit(bool({{'sqlalchemy.orm', 'sqlalchemy.dialects.postgresql'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
