"""The registry in memory: read from the database, kept in step with it, versioned there.

Decisions read `app.registry`, an immutable index. Whoever changes employees, transfers or
identities calls `bump` in the same transaction; every process compares versions with `refresh`
(every two seconds, after its own changes, and when another process on PostgreSQL tells of one). A
small change is patched into a copy of the index; a large one has it built anew, off the event loop.
"""

import errno
import os
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from config.settings import Settings
from db.engine import Transaction
from db.queries.people import employees, identities
from db.queries.people import registry as rows
from db.queries.work import switches
from db.threads import Work
from db.values import Seen
from regulation.cards.names import forget_names
from regulation.claims.identity import Identity
from regulation.registry import Registry
from services.app import App
from services.people.registry.index import NAMES, build, names_of, patched, rebound

T = TypeVar("T")
_PATCH_LIMIT = 200
_SHORTEST_KEY = 16
# What a change is about that concerns no employee: the date of the last roster, say.
_NOBODY = ""


async def load(app: App) -> None:
    """Read the whole registry from the database into `app.registry`."""
    known = app.policy.departments

    async def read(tx: Transaction) -> tuple[Registry, Mapping[str, Any] | None]:
        version, as_of = await rows.state(tx)
        stored = await switches.get(tx, NAMES)
        names = known if stored is None else names_of(stored, known)
        # What many rows say is kept once.
        seen: Seen = {}
        people = await employees.load_all(tx, seen)
        bound = await identities.load_all(tx, seen)
        return build(people, bound, names, version, as_of), stored

    found, stored = await app.database.run(read, writes=False)
    if stored is not None:
        app.policy = replace(app.policy, departments=found.tree.names)
        app.renamed_at = datetime.fromisoformat(stored["since"]) if stored["since"] else None
    app.registry = found
    # Of everybody's name, and few are looked at again before they change.
    forget_names()


async def refresh(app: App) -> bool:
    """Bring `app.registry` up to the database's version; return whether it had changed."""
    known = app.registry

    async def changes(tx: Transaction) -> Registry | None:
        """Return the registry as it is now; None: to be read whole."""
        version, as_of = await rows.state(tx)
        if version == known.version:
            return known
        nos = await rows.changed_since(tx, known.version, _PATCH_LIMIT) if known.version else None
        if nos is None:
            return None
        nos.discard(_NOBODY)
        people = await employees.load_some(tx, nos)
        return patched(known, nos, people, await identities.load_of(tx, nos), version, as_of)

    found = await app.database.run(changes, writes=False)
    if found is None:
        await load(app)
    elif found.version > app.registry.version:
        app.registry = found
    return found is not known


class _BehindError(Exception):
    """The registry in memory isn't the one in the database."""


async def run_current(app: App, work: Work[T], *, hold: bool = False) -> T:
    """Run `work` as one transaction in which `app.registry` is the registry as committed.

    Like `Database.run`; where the registry in memory is behind it is brought up to date first.
    `hold`: it stays so until the transaction ends.
    """

    return await _current(app, app.database.run, work, hold=hold)


async def look_current(app: App, work: Work[T]) -> T:
    """Like `run_current`, for somebody who looks: see `Database.look`."""
    return await _current(app, app.database.look, work)


async def _current(
    app: App, run: Callable[[Work[T]], Awaitable[T]], work: Work[T], *, hold: bool = False
) -> T:
    async def checked(tx: Transaction) -> T:
        await must_be_current(app, tx, hold=hold)
        return await work(tx)

    while True:
        try:
            return await run(checked)
        except _BehindError:
            await refresh(app)


async def must_be_current(app: App, tx: Transaction, *, hold: bool = False) -> Registry:
    """Return the registry; the work of `run_current` begins anew if it is behind what is committed."""
    known = app.registry
    await must_still_be(known, tx, hold=hold)
    return known


async def must_still_be(known: Registry, tx: Transaction, *, hold: bool = False) -> None:
    """Have the work of `run_current` begun anew if this registry is not the one that is committed now."""
    if await rows.version(tx, hold=hold) != known.version:
        raise _BehindError


async def bound_here(app: App, bound: Sequence[Identity], version: int) -> None:
    """Take in QQ numbers that this process has just verified, for employees who had none.

    Nothing is read where nobody else changed the registry meanwhile.
    """
    known = app.registry
    if version == known.version + 1:
        nos = {one.employee_no for one in bound}
        app.registry = rebound(known, nos, bound, version, known.as_of)
    else:
        await refresh(app)


async def bump(tx: Transaction, employee_nos: Collection[str] | None = None) -> int:
    """Note, in the transaction that changes the registry, that it changed; return the new version.

    `employee_nos`: everybody the change is about (for an identity that moves: both employees).
    None: all may have changed.
    """
    await tx.notify("registry")
    if employee_nos is None or len(employee_nos) > _PATCH_LIMIT:
        return await rows.bump(tx, None)
    return await rows.bump(tx, set(employee_nos) or {_NOBODY})


def load_phone_key(settings: Settings) -> bytes:
    """Return the key of the phone hashes: from PHONE_KEY, or the data folder's file, made once.

    Raises OSError when the file can be neither read nor made.
    """
    if settings.phone_key:
        return settings.phone_key.encode()
    path = settings.data_dir / "phone.key"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        _make_key(path)
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        key = b""
    if len(key) < _SHORTEST_KEY:
        raise OSError(errno.EINVAL, "phone.key 内容不对，请从备份恢复", str(path))
    return key


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; the first of two processes wins."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
