"""Copies of a SQLite file: whole, private, verified, and never in place of one that is in use."""

import asyncio
import os
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from config.settings import Settings
from services.running.startup import StartError, prepare_database
from terminal.database import back_up, restore
from tests.terminal.database.stored import keys, named, put


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
