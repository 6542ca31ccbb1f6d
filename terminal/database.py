"""`cli.py db …`: migrations, and safe copies of a running database."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from rich.console import Console

from config.phrases import copies as say
from config.settings import Settings
from db.engine import Database
from db.migrate import current_version, known_versions
from db.queries.cases import planned_acts
from services.app import App, SystemClock
from services.running.startup import StartError, read_configuration
from terminal import postgres
from terminal.edge import cause_of

_TABLES = frozenset({"cases", "filings", "outbox", "alembic_version"})


async def upgraded(app: App, out: Console) -> int:
    """Say where the database stands; opening it has brought it up to date."""
    out.print(say.UP_TO_DATE.format(version=await current_version(app.database)))
    return 0


async def back_up(file: Path) -> int:
    """Copy the database, also while the bot runs. 0 when the copy is whole."""
    try:
        settings, _ = read_configuration()
        await asyncio.to_thread(_back_up, settings, file)
    except (StartError, OSError, sqlite3.Error) as error:
        return _fail(say.NO_BACKUP.format(why=_why(error)))
    sys.stdout.write(say.BACKED_UP.format(path=file) + "\n")
    return 0


def _back_up(settings: Settings, file: Path) -> None:
    source = Database(settings.database_url).path
    if not file.parent.is_dir():
        raise StartError(say.NO_FOLDER.format(path=file.parent))
    if source is None:
        postgres.dump(settings, file)
        return
    if not source.is_file():
        raise StartError(say.NO_DATABASE.format(path=source))
    if file.exists() and file.samefile(source):
        raise StartError(say.ITSELF.format(path=file))
    partial = _beside(file, ".partial")
    with closing(sqlite3.connect(source)) as live:
        _copy(live, partial)
    partial.replace(file)


async def restore(file: Path, *, yes: bool, keep_messages: bool = False) -> int:
    """Verify a backup, keep the present database beside it, and put the backup in its place.

    Messages that waited to be sent then are dropped, unless they are to be kept.
    """
    try:
        settings, _ = read_configuration()
        target = Database(settings.database_url).path
        done = await _restore_dump(settings, file, yes=yes) if target is None else ""
        if target is not None:
            done = await asyncio.to_thread(_restore_file, target, file, yes=yes)
        done += "\n" + (say.KEPT_WAITING if keep_messages else await _drop_messages(settings))
    except (StartError, OSError, sqlite3.Error) as error:
        return _fail(say.NO_RESTORE.format(why=_why(error)))
    sys.stdout.write(done + "\n")
    return 0


async def _drop_messages(settings: Settings) -> str:
    """Drop what the backup still had to say: weeks later it would be wrong."""
    database = Database(settings.database_url)
    try:
        async with database.transaction() as tx:
            count = await planned_acts.drop_messages(tx, SystemClock().now(), say.DROPPED_BECAUSE)
    finally:
        await database.close()
    return say.DROPPED.format(count=count)


async def _restore_dump(settings: Settings, file: Path, *, yes: bool) -> str:
    kept = _free(settings.data_dir / "postgresql.before-restore")
    if not yes:
        raise StartError(say.WILL_REPLACE_POSTGRESQL.format(folder=settings.data_dir))
    await asyncio.to_thread(postgres.verify, settings, file)
    if await postgres.is_in_use(settings):
        raise StartError(say.RUNNING)
    kept.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(postgres.replace_by, settings, file, kept)
    return say.RESTORED.format(target="PostgreSQL", kept=kept)


def _restore_file(target: Path, file: Path, *, yes: bool) -> str:
    if target.exists() and file.samefile(target):
        raise StartError(say.ITSELF.format(path=file))
    target.parent.mkdir(parents=True, exist_ok=True)
    new = _beside(target, ".restoring")
    try:
        _fetch(file, new)
        if target.is_file() and not yes:
            raise StartError(say.WILL_REPLACE.format(target=target))
        if not target.is_file():
            new.replace(target)
            return say.RESTORED_ANEW.format(target=target)
        kept = _free(_beside(target, ".before-restore"))
        _put_in_place(new, target, kept)
        return say.RESTORED.format(target=target, kept=kept)
    finally:
        new.unlink(missing_ok=True)


def _put_in_place(new: Path, target: Path, kept: Path) -> None:
    shutil.copymode(target, new)
    try:
        with _nobody_in(target) as live:
            _copy(live, kept)
            _swap(new, target)
    except sqlite3.DatabaseError:
        # So broken that it can't be copied as a database: kept byte by byte.
        for suffix in ("", "-wal"):
            if (part := _beside(target, suffix)).exists():
                shutil.copy2(part, _beside(kept, suffix))
        _swap(new, target)


def _swap(new: Path, target: Path) -> None:
    for suffix in ("-wal", "-shm"):
        _beside(target, suffix).unlink(missing_ok=True)
    new.replace(target)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


@contextmanager
def _nobody_in(target: Path) -> Iterator[sqlite3.Connection]:
    """Open a database alone: no other process has a connection, not even an idle one. Raises `StartError`.

    In WAL mode a connection that does nothing holds no lock that `BEGIN EXCLUSIVE` would meet; but
    exclusive locking needs the file itself, of which every connection holds a share.
    """
    with closing(sqlite3.connect(target, timeout=2, isolation_level=None)) as live:
        try:
            live.execute("PRAGMA locking_mode=EXCLUSIVE")
            live.execute("BEGIN EXCLUSIVE")
            live.execute("COMMIT")
            # What stands in the WAL goes into the file; the lock stays until this connection closes.
            live.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise StartError(say.RUNNING) from error
            raise
        yield live


def _fetch(file: Path, new: Path) -> None:
    """Copy a backup beside the database and see whether the copy is whole and ours. Raises `StartError`."""
    wrong = say.NOT_OURS.format(path=file)
    try:
        # Read-only, so that nothing is left beside it; with what still stands in its WAL, if it has one.
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source:
            _copy(source, new)
        with closing(sqlite3.connect(new)) as copy:
            whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            named = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not whole or not named >= _TABLES:
                raise StartError(wrong)
            version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StartError(wrong) from error
    if version is None:
        raise StartError(wrong)
    if version[0] not in known_versions():
        raise StartError(say.NEWER.format(path=file, version=str(version[0])[:20]))


def _copy(source: sqlite3.Connection, file: Path) -> None:
    """Copy an open database into a new file that only its owner may read."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        # A copy is one file: nothing of it may wait in a WAL.
        copy.execute("PRAGMA journal_mode=DELETE")


def _free(wanted: Path) -> Path:
    """Return this path, or with the first number behind it under which nothing is kept yet."""
    numbered = (wanted.with_name(f"{wanted.name}-{n}") for n in count(2))
    return wanted if not wanted.exists() else next(path for path in numbered if not path.exists())


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, StartError) else cause_of(error)


def _fail(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1
