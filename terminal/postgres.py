"""Copies of a PostgreSQL database, by the server's own programs. No password stands on a command line."""

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from config.phrases import copies as say
from config.settings import Settings
from db.engine import Database
from db.faults import is_database_fault
from db.migrate import known_versions
from db.queries.work.processes import live_workers
from db.tables import metadata
from services.running.startup import StartError

_VERSION = re.compile(rb"^COPY [\w.\"]*alembic_version .*?\n(\S+)\n", re.MULTILINE)
_VERSIONS = re.compile(r"(?:server|pg_dump) version: [\d.]+|unsupported version \([^)]*\)")
_TABLES = ("cases", "outbox", "alembic_version")
_TOO_OLD = ("server version mismatch", "unsupported version")


def dump(settings: Settings, file: Path) -> None:
    """Write a dump that only its owner may read; all of it, or nothing. Raises `StartError`."""
    partial = file.with_name(file.name + ".partial")
    partial.touch(mode=0o600)
    try:
        _client("pg_dump", settings, "--format=custom", f"--file={partial}")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def verify(settings: Settings, file: Path) -> None:
    """Look into a dump before anything is replaced. Raises `StartError`."""
    listed = _client("pg_restore", None, "--list", str(file), wrong=say.NOT_OURS.format(path=file))
    if not all(f" TABLE public {name} ".encode() in listed for name in _TABLES):
        raise StartError(say.NOT_OURS.format(path=file))
    stored = _client("pg_restore", None, "--data-only", "--table=alembic_version", "--file=-", str(file))
    found = _VERSION.search(stored)
    version = found.group(1).decode("utf-8", "replace") if found else ""
    if not version:
        raise StartError(say.NOT_OURS.format(path=file))
    if version not in known_versions():
        raise StartError(say.NEWER.format(path=file, version=version[:20]))


async def is_in_use(settings: Settings) -> bool:
    """Tell whether a bot works on this database. Raises `StartError` when it can't be reached."""
    database = Database(settings.database_url)
    try:
        async with database.reading() as tx:
            return bool(await live_workers(tx))
    except Exception as error:
        if not is_database_fault(error):
            raise
        raise StartError(say.UNREACHABLE) from error
    finally:
        await database.close()


def replace_by(settings: Settings, file: Path, kept: Path) -> None:
    """Keep the present database in `kept`, then put the dump in its place: all of it, or nothing.

    Our tables are dropped in the same transaction, also those that an older dump doesn't know.
    Raises `StartError`.
    """
    dump(settings, kept)
    handle, name = tempfile.mkstemp(dir=kept.parent, suffix=".sql")
    os.close(handle)
    script = Path(name)
    try:
        names = ", ".join(f'"{table}"' for table in sorted([*metadata.tables, "alembic_version"]))
        body = _client("pg_restore", None, "--no-owner", "--no-acl", "--file=-", str(file))
        script.write_bytes(f"DROP TABLE IF EXISTS {names} CASCADE;\n".encode() + body)
        options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")
        _client("psql", settings, *options, f"--file={script}")
    finally:
        script.unlink()


def _client(program: str, settings: Settings | None, *options: str, wrong: str = "") -> bytes:
    """Run one of PostgreSQL's programs and return what it printed; `settings` None: no server is needed.

    The password goes by the environment. Raises `StartError`, with `wrong` as its text if given.
    """
    if shutil.which(program) is None:
        raise StartError(say.NO_CLIENT.format(program=program))
    where, environment, password = _server(settings) if settings is not None else ([], {}, "")
    done = subprocess.run(
        [program, *options, *where],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C", **environment},
    )
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    if any(words in said for words in _TOO_OLD):
        versions = "；".join(_VERSIONS.findall(said))
        raise StartError(say.CLIENT_TOO_OLD.format(program=program, versions=versions))
    first = (said.splitlines() or [str(done.returncode)])[0].replace(password or "\0", "***")
    raise StartError(wrong or say.CLIENT_FAILED.format(program=program, why=first[:300]))


def _server(settings: Settings) -> tuple[list[str], dict[str, str], str]:
    """Return the options that name the server, the environment with the password, and the password."""
    url = Database(settings.database_url).url
    where = [f"--dbname={url.database or ''}"]
    where += [f"--host={url.host}"] if url.host else []
    where += [f"--port={url.port}"] if url.port else []
    where += [f"--username={url.username}"] if url.username else []
    where.append("--no-password")
    environment: dict[str, str] = {}
    with suppress(KeyError):
        environment["PGSSLMODE"] = str(url.query["sslmode"])
    password = str(url.password or "")
    return where, {**environment, **({"PGPASSWORD": password} if password else {})}, password
