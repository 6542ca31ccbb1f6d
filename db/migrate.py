"""Bring the database to the version of this program, or say why not.

A migration's file is named by its revision (`v0001_first.py`), so that an up-to-date database is
recognised without importing Alembic, which costs a third of a start.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnClause, Connection, column, inspect, text

from db.engine import Database
from db.ledger import Ledger, Misfit, Seals, known_rows
from db.prepared import PreparedStatements
from db.scheduling.workers import finish
from db.sealed import SEALED, WHOLE
from db.tables.base import Moment
from db.threads import ThreadTransaction
from db.transaction import Transaction

_HERE = Path(__file__).parent / "migrations"
_VERSIONS = sorted(path.stem[1:5] for path in (_HERE / "versions").glob("v[0-9]*.py"))
# Which tables that the ledger seals each of them wrote to or gave a column: they are sealed anew with it.
_SEALED_ANEW = {
    "0008": frozenset(SEALED),
    "0011": frozenset({"spot_checks"}),
    "0012": frozenset({"cases", "penalties"}),
    "0024": frozenset({"join_requests"}),
    "0028": frozenset({"appeals"}),
    "0030": frozenset({"waivers"}),
    "0031": frozenset({"removal_batches"}),
}
# Columns that sealed tables had before one of them: without those no row fits the seal it has.
_FORMER: Mapping[str, Sequence[ColumnClause[Any]]] = {
    "removal_batches": (column("shown_at", Moment()),),
}


class NewerDatabaseError(Exception):
    """The database was written by a newer version of this program."""


async def upgrade(database: Database) -> None:
    """Apply every missing migration, and have the database's ledger seal what they changed.

    What fitted no seal before stays as it was: an upgrade judges nothing, and hides nothing.

    Raises `NewerDatabaseError`, or the driver's own error.
    """
    if database.path is not None:
        await asyncio.to_thread(database.path.parent.mkdir, parents=True, exist_ok=True)
    await database.plainly(partial(_upgrade, ledger=database.ledger))


async def current_version(database: Database) -> str | None:
    """Return the migration the database stands at, or None when it has none yet."""
    return await database.plainly(_stands_at, writes=False)


def known_versions() -> frozenset[str]:
    """Return every migration this program knows."""
    return frozenset(_VERSIONS)


def _stands_at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection, *, ledger: Ledger | None) -> None:
    now = _stands_at(connection)
    if now is not None and now not in _VERSIONS:
        raise NewerDatabaseError(now)
    if now == _VERSIONS[-1]:
        return
    if ledger is None:
        _migrate(connection)
        return
    missed = [tables for version, tables in _SEALED_ANEW.items() if now is None or version > now]
    sources = frozenset[str]().union(*missed)
    misfits = _misfits(connection, ledger, sources)
    _migrate(connection)
    finish(seal_all(ledger, _transaction(connection), sources, but=misfits))


def _misfits(connection: Connection, ledger: Ledger, sources: Collection[str]) -> list[Misfit]:
    """Return the rows of these tables, as they are before a migration, that don't fit their seals."""
    found: list[Misfit] = []
    there = inspect(connection)
    if there.has_table("ledger"):
        for source in filter(there.has_table, sources):
            names = {one["name"] for one in there.get_columns(source)}
            columns = [one for one in (*SEALED[source].c, *_FORMER.get(source, ())) if one.name in names]
            found += finish(ledger.misfits(_transaction(connection), source, columns))
    return found


async def seal_all(
    ledger: Ledger, tx: Transaction, sources: Collection[str], *, but: Collection[Misfit] = ()
) -> None:
    """Seal all rows of these tables as they are now, and that the others are gone, `but` these."""
    touched = Seals(ledger)
    for source in sources:
        touched.note_all(source)
        if source not in WHOLE:
            touched.note_ids(source, await known_rows(tx, source))
    for one in but:
        touched.leave(one.source, one.row_id)
    lines = await ledger.append(tx, touched)
    if lines is not None:
        await tx.many(lines)


def _transaction(connection: Connection) -> ThreadTransaction:
    return ThreadTransaction(connection, PreparedStatements(connection.dialect))


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
