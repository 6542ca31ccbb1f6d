"""Copies of the database: whole, private, verified, and never in place of one that is in use."""

import asyncio
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from config.phrases.copies import ASK_WAITING
from config.settings import Settings
from db.engine import Database
from services.running.startup import StartError, prepare_database
from terminal.database import back_up, restore
from tests import started
from tests.databases import address, new_database, prepare

PASSWORD = "qungui_test"
ROOT = Path(__file__).resolve().parents[2]


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


def put(path: Path, key: str) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.execute(
            "INSERT INTO switches (key, value, set_by, set_at) VALUES (?, 'true', 't', '2026-01-01 00:00:00')",
            (key,),
        )
        opened.commit()


def named(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def keys(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as opened:
        return {key for (key,) in opened.execute("SELECT key FROM switches")}


async def test_without_a_yes_it_says_that_nothing_was_restored_and_what_would_be(
    live: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await back_up(folder / "copy.db") == 0
    put(live, "after")
    assert await restore(folder / "copy.db", yes=False) == 1
    assert keys(live) == {"before", "after"}
    said = capsys.readouterr().err
    assert said == f"还没有恢复。将替换 {live}（原库会另存在旁边）；请先停机器人，确认后加 --yes\n"


async def test_a_restored_copy_replaces_all_and_the_old_one_is_kept(live: Path, folder: Path) -> None:
    assert await back_up(folder / "copy.db") == 0
    put(live, "after")
    assert await restore(folder / "copy.db", yes=True) == 0
    assert keys(live) == {"before"}
    assert keys(folder / "q.db.before-restore") == {"before", "after"}
    assert named(folder, "*.restoring*") == []


async def test_an_earlier_kept_database_is_never_overwritten(live: Path, folder: Path) -> None:
    await back_up(folder / "copy.db")
    for key in ("first", "second", "third"):
        put(live, key)
        assert await restore(folder / "copy.db", yes=True) == 0
    kept = named(folder, "q.db.before-restore*")
    assert [keys(folder / name) for name in kept] == [{"before", k} for k in ("first", "second", "third")]


@pytest.mark.parametrize("busy", ["idle", "reading"])
async def test_refuses_while_another_process_has_the_database_open(
    live: Path, folder: Path, busy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await back_up(folder / "copy.db")
    put(live, "after")
    begin = "c.execute('BEGIN'); " if busy == "reading" else ""
    opened = (
        f"import sqlite3; c = sqlite3.connect({str(live)!r}, isolation_level=None); "
        f"c.execute('PRAGMA journal_mode=WAL'); {begin}c.execute('SELECT * FROM switches').fetchall(); "
        "print('open', flush=True); input()"
    )
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", opened, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert other.stdout is not None
    await other.stdout.readline()
    assert await restore(folder / "copy.db", yes=True) == 1
    assert "还在运行" in capsys.readouterr().err
    assert keys(live) == {"before", "after"}
    assert named(folder, "*.before-restore*") + named(folder, "*.restoring*") == []
    await other.communicate(b"\n")
    assert await restore(folder / "copy.db", yes=True) == 0


async def test_what_waits_in_a_wal_is_restored_too(live: Path, folder: Path) -> None:
    """A copy made by hand of a database in use: the file and its WAL."""
    with closing(sqlite3.connect(live)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        put(live, "in the WAL")
        for name in ("q.db", "q.db-wal"):
            shutil.copy(folder / name, folder / name.replace("q.db", "hand.db"))
    assert await restore(folder / "hand.db", yes=True) == 0
    assert "in the WAL" in keys(live)


async def test_a_broken_database_can_be_replaced_and_is_kept_as_it_is(live: Path, folder: Path) -> None:
    await back_up(folder / "copy.db")
    spoil(live, "overwritten")
    assert await restore(folder / "copy.db", yes=True) == 0
    assert keys(live) == {"before"}
    assert (folder / "q.db.before-restore").read_bytes().startswith(b"broken")


async def test_where_there_is_no_database_a_copy_needs_no_confirmation(live: Path, folder: Path) -> None:
    await back_up(folder / "copy.db")
    os.remove(live)
    assert await restore(folder / "copy.db", yes=False) == 0
    assert keys(live) == {"before"}


def spoil(path: Path, how: str) -> None:
    if how == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif how == "overwritten":
        path.write_bytes(b"broken " * 1000)
    elif how == "no database":
        path.write_bytes(b"PK\x03\x04")
    else:
        with closing(sqlite3.connect(path)) as opened:
            if how == "newer":
                opened.execute("UPDATE alembic_version SET version_num = '9999'")
            elif how == "another program's":
                opened.execute("DROP TABLE outbox")
            else:
                opened.execute("DELETE FROM alembic_version")
            opened.commit()


@pytest.mark.parametrize("how", ["truncated", "no database", "newer", "another program's", "no version"])
async def test_a_copy_that_is_not_whole_and_ours_changes_nothing(
    live: Path, folder: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await back_up(folder / "copy.db")
    capsys.readouterr()
    spoil(folder / "copy.db", how)
    assert await restore(folder / "copy.db", yes=True) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert ("更新版本" in said) == (how == "newer")
    assert keys(live) == {"before"}
    assert named(folder, "q.db*") == ["q.db"]


async def test_the_database_itself_is_no_copy_of_itself(live: Path) -> None:
    assert await restore(live, yes=True) == 1
    assert await back_up(live) == 1
    assert keys(live) == {"before"}


async def test_a_copy_is_for_its_owner_alone(live: Path, folder: Path) -> None:
    await back_up(folder / "copy.db")
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600
    os.chmod(live, 0o640)
    await restore(folder / "copy.db", yes=True)
    assert stat.S_IMODE(os.stat(live).st_mode) == 0o640


async def test_a_folder_that_is_not_there_is_one_line(
    live: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await back_up(folder / "nowhere" / "copy.db") == 1
    assert "nowhere" in capsys.readouterr().err


# -- PostgreSQL ---------------------------------------------------------------------------------


@pytest.fixture
async def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[str]:
    """A migrated PostgreSQL database with one switch in it."""
    with new_database(request.getfixturevalue("postgres_server"), f"copies_{os.getpid()}", None) as url:
        monkeypatch.setenv("DATABASE_URL", address(url))
        await prepare_database(Settings(_env_file=None))  # pyright: ignore[reportCallIssue]
        await run(address(url), _PUT.format(key="before"))
        yield address(url)


_PUT = "INSERT INTO switches (key, value, set_by, set_at) VALUES ('{key}', 'true', 't', now())"


async def run(url: str, statement: str) -> list[str]:
    database = Database(url)
    try:
        async with database.transaction() as tx:
            done = await tx.execute(text(statement))
            return [str(row[0]) for row in done] if done.returns_rows else []
    finally:
        await database.close()


async def stored(url: str) -> set[str]:
    return set(await run(url, "SELECT key FROM switches"))


async def test_a_dump_replaces_all_in_one_go_and_the_old_data_are_kept(server: str, folder: Path) -> None:
    assert await back_up(folder / "copy.dump") == 0
    assert stat.S_IMODE((folder / "copy.dump").stat().st_mode) == 0o600
    await run(server, _PUT.format(key="after"))
    assert await restore(folder / "copy.dump", yes=False) == 1
    assert await stored(server) == {"before", "after"}
    assert await restore(folder / "copy.dump", yes=True) == 0
    assert await stored(server) == {"before"}
    kept = folder / "data" / "postgresql.before-restore"
    assert await restore(kept, yes=True) == 0
    assert await stored(server) == {"before", "after"}
    assert (folder / "data" / "postgresql.before-restore-2").is_file()
    assert named(folder / "data", "*.sql") == []


async def test_a_dump_is_refused_while_a_bot_works_on_the_database(
    server: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await back_up(folder / "copy.dump")
    bot = Database(server + "?application_name=qungui+here:1:abc")
    async with bot.reading() as tx:
        await tx.execute(text("SELECT 1"))
        assert await restore(folder / "copy.dump", yes=True) == 1
    assert "还在运行" in capsys.readouterr().err
    await bot.close()
    assert await restore(folder / "copy.dump", yes=True) == 0


@pytest.mark.parametrize("how", ["no dump", "truncated", "newer", "another program's"])
async def test_a_dump_that_is_not_whole_and_ours_changes_nothing(
    server: str, folder: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = folder / "copy.dump"
    if how == "newer":
        await run(server, "UPDATE alembic_version SET version_num = '9999'")
    elif how == "another program's":
        await run(server, "ALTER TABLE outbox RENAME TO inbox")
    await back_up(dump)
    capsys.readouterr()
    if how == "no dump":
        dump.write_bytes(b"no dump")
    elif how == "truncated":
        dump.write_bytes(dump.read_bytes()[:-2000])
    assert await restore(dump, yes=True) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert PASSWORD + ":" not in said
    assert await stored(server) == {"before"}


async def test_a_missing_client_is_said_in_one_line(
    server: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert await back_up(folder / "copy.dump") == 1
    assert "pg_dump" in capsys.readouterr().err
    assert named(folder, "copy*") == []


async def test_a_client_of_another_version_is_named(
    server: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = folder / "pg_dump"
    old.write_text(
        "#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\n"
        "echo 'pg_dump: detail: server version: 16.4; pg_dump version: 13.9' >&2\nexit 1\n"
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    assert await back_up(folder / "copy.dump") == 1
    said = capsys.readouterr().err
    assert "16.4" in said
    assert "13.9" in said


async def test_the_password_is_on_no_command_line(
    server: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stand-ins for the clients write down how they were called, then call the real ones."""
    for name in ("pg_dump", "pg_restore", "psql"):
        stand_in = folder / "bin" / name
        stand_in.parent.mkdir(exist_ok=True)
        stand_in.write_text(
            f'#!/bin/sh\necho "{name} $@" >> {folder}/called\nexec {shutil.which(name)} "$@"\n'
        )
        stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    assert await back_up(folder / "copy.dump") == 0
    assert await restore(folder / "copy.dump", yes=True) == 0
    called = (folder / "called").read_text()
    assert {line.split()[0] for line in called.splitlines()} == {"pg_dump", "pg_restore", "psql"}
    assert f":{PASSWORD}" not in called
    assert "password=" not in called


@pytest.mark.parametrize(
    ("keep", "state", "said"), [(False, "dropped", "1 条消息已丢弃"), (True, "waiting", "照旧发出")]
)
async def test_messages_that_waited_then_are_dropped_unless_they_are_to_be_kept(
    live: Path, folder: Path, capsys: pytest.CaptureFixture[str], keep: bool, state: str, said: str
) -> None:
    put_message(live)
    await back_up(folder / "copy.db")
    assert await restore(folder / "copy.db", yes=True, keep_messages=keep) == 0
    assert said in capsys.readouterr().out
    assert messages(live) == [state]


@pytest.mark.parametrize(
    ("typed", "state"), [("\n", "dropped"), ("n\n", "dropped"), ("y\n", "waiting"), (None, "dropped")]
)
async def test_whoever_restores_is_asked_about_messages_that_waited_then(
    live: Path, folder: Path, typed: str | None, state: str
) -> None:
    put_message(live)
    await back_up(folder / "copy.db")
    keyboard, screen = os.openpty()
    os.write(keyboard, (typed or "").encode())
    code, printed = await started.run(
        ROOT / "cli.py", "db", "restore", "copy.db", "--yes",
        folder=folder, environment=os.environ, typed=os.devnull if typed is None else os.ttyname(screen),
    )  # fmt: skip
    os.close(keyboard)
    os.close(screen)
    assert code == 0, printed
    assert (ASK_WAITING in printed) is (typed is not None)
    assert messages(live) == [state]


def put_message(path: Path) -> None:
    at = "2026-01-01 00:00:00"
    with closing(sqlite3.connect(path)) as opened:
        opened.execute(
            "INSERT INTO outbox (kind, payload, lane, priority, order_at, not_before, made_at, state, attempts)"
            " VALUES ('send_group', '{}', 'message', 30, ?, ?, ?, 'waiting', 0)",
            (at, at, at),
        )
        opened.commit()


def messages(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as opened:
        return [state for (state,) in opened.execute("SELECT state FROM outbox")]


async def test_a_damaged_file_and_one_that_may_not_be_read_are_told_apart(live: Path, folder: Path) -> None:
    settings = Settings(_env_file=None)  # pyright: ignore[reportCallIssue]
    damage(live)
    with pytest.raises(StartError, match="已损坏"):
        await prepare_database(settings)
    put_out_of_reach(live)
    with pytest.raises(StartError, match="没有权限"):
        await prepare_database(settings)


def damage(file: Path) -> None:
    file.write_bytes(b"no database at all, " * 500)


def put_out_of_reach(file: Path) -> None:
    """Make a file that SQLite can't open; taking rights away doesn't hinder root, who may run the tests."""
    file.unlink()
    file.mkdir()
