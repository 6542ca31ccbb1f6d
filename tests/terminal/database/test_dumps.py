"""Dumps of PostgreSQL: in one go, the old data kept, the password on no command line."""

import os
import shutil
import stat
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import text

from config.settings import Settings
from db.engine import Database
from services.running.startup import prepare_database
from terminal.database import back_up, restore
from tests.databases import address, new_database
from tests.terminal.database.stored import named

PASSWORD = "qungui_test"


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
