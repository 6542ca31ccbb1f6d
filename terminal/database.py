"""`cli.py db …`: migrations, and safe copies of a running database."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from rich.console import Console

from config.settings import Settings
from db.engine import Database
from db.migrate import current_version, known_versions
from services.app import App
from services.startup import StartError, read_configuration

_NOT_OURS = "不是群规的数据库备份，或已损坏：{path}；没有改动任何东西"


async def upgraded(app: App, out: Console) -> int:
    """Say where the database stands; opening it has brought it up to date."""
    out.print(f"数据库已是最新：{await current_version(app.database)}")
    return 0


async def back_up(file: Path) -> int:
    """Copy the database, also while the bot runs. 0 when the copy is whole."""
    try:
        settings, _ = read_configuration()
        path = await asyncio.to_thread(_back_up, settings, file)
    except (StartError, OSError, sqlite3.Error) as error:
        return _fail(f"备份没有成功：{error}")
    sys.stdout.write(f"已备份到 {path}\n")
    return 0


def _back_up(settings: Settings, file: Path) -> Path:
    source = Database(settings.database_url).path
    if source is None:
        _run_client("pg_dump", settings, "--format=custom", f"--file={file}")
        return file
    if not source.is_file():
        raise StartError(f"还没有数据库：{source}")
    partial = file.with_name(file.name + ".partial")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(partial)) as copy:
        live.backup(copy)
    partial.replace(file)
    return file


async def restore(file: Path, *, yes: bool) -> int:
    """Verify a backup, keep the present database beside it, and put the backup in its place."""
    try:
        settings, _ = read_configuration()
        return await asyncio.to_thread(_restore, settings, file, yes)
    except (StartError, OSError, sqlite3.Error) as error:
        return _fail(f"恢复没有成功：{error}")


def _restore(settings: Settings, file: Path, yes: bool) -> int:
    target = Database(settings.database_url).path
    if target is None:
        if not yes:
            return _fail("将覆盖 PostgreSQL 里现有的数据；请先停止机器人并另做备份，确认后加 --yes")
        _verify_dump(file)
        _run_client("pg_restore", settings, "--clean", "--if-exists", "--single-transaction", str(file))
        return 0
    if not _is_ours(file):
        return _fail(_NOT_OURS.format(path=file))
    if target.is_file() and not yes:
        return _fail(f"将替换 {target}（原库会另存为 .before-restore）；请先停止机器人，确认后加 --yes")
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".restoring")
    shutil.copyfile(file, new)
    if target.is_file():
        kept = target.with_name(target.name + ".before-restore")
        with closing(sqlite3.connect(target)) as live, closing(sqlite3.connect(kept)) as copy:
            live.backup(copy)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    new.replace(target)
    sys.stdout.write(f"已恢复：{target}\n")
    return 0


def _verify_dump(file: Path) -> None:
    """Read a dump's table of contents before anything is replaced. Raises `StartError`."""
    if shutil.which("pg_restore") is None:
        raise StartError("本机没有 pg_restore；请安装 PostgreSQL 客户端")
    done = subprocess.run(
        ["pg_restore", "--list", str(file)], check=False, stdin=subprocess.DEVNULL, capture_output=True
    )
    if done.returncode != 0 or b"alembic_version" not in done.stdout:
        raise StartError(_NOT_OURS.format(path=file))


def _is_ours(file: Path) -> bool:
    """Tell whether a file is a whole database of a version this program knows."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                return False
            version = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return False
    return version is not None and version[0] in known_versions()


def _run_client(program: str, settings: Settings, *options: str) -> None:
    """Run PostgreSQL's own client. The password goes by the environment, never on a command line."""
    if shutil.which(program) is None:
        raise StartError(f"本机没有 {program}；请安装 PostgreSQL 客户端，或在数据库服务器上备份")
    url = Database(settings.database_url).url
    where = [f"--dbname={url.database or ''}"]
    where += [f"--host={url.host}"] if url.host else []
    where += [f"--port={url.port}"] if url.port else []
    where += [f"--username={url.username}"] if url.username else []
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    done = subprocess.run([program, *options, *where], check=False, stdin=subprocess.DEVNULL, env=environment)
    if done.returncode != 0:
        raise StartError(f"{program} 没有成功（退出码 {done.returncode}），原因见上")


def _fail(line: str) -> int:
    sys.stderr.write(line + "\n")
    return 1
