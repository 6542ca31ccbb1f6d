"""The ledger: one append-only chain of keyed seals over every row that a decision rests on.

Whoever writes to a sealed table through a `Transaction` seals the rows it touched as it commits: a line for
each, with a keyed hash (HMAC-SHA256) of what the row says, chained to the line before it. The key lies beside
the database, not in it: a change made by hand, to a row, to a line, or by taking either away, fits no more.
"""

import hmac
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Delete,
    Executable,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from db.postgres.locks import Lock
from db.sealed import ABOVE, FOLLOWING, GREATEST, IDS, ROWS, SEALED, WHOLE, key_of, spelt
from db.tables.ledger import ledger
from db.transaction import Transaction
from db.writing.bulk import Bulk, columns_of, insertion
from db.writing.parts import in_parts

ALL = "all"
NOTED = "noted_only"  # The option of a statement that writes nothing but what is passing.
GONE = b""
_PART = 500
_HEAD = select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(literal_column("1"))
_LAST_SEALS = (
    select(ledger.c.row_id, ledger.c.seal)
    .where(ledger.c.source == bindparam("source"), ledger.c.row_id.in_(IDS))
    .order_by(ledger.c.seq)
)


@dataclass(frozen=True, slots=True)
class Misfit:
    """What does not fit: the line (None: there is none for this row), the row, and why.

    `why`: chain, missing (a line), changed, gone, or unknown (a row without a line).
    """

    seq: int | None
    source: str
    row_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk along the chain found: its head (`128:9f86…`), and the first misfit, if any."""

    lines: int
    head: str
    misfit: Misfit | None


class Ledger:
    """Seals and verifies with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"ledger", "sha256")

    def seal(self, source: str, *rows: Mapping[Any, Any]) -> bytes:
        """Return the keyed hash of what a row (or all of a table) says, in one fixed spelling."""
        return hmac.digest(self._key, spelt(source, rows), "sha256")

    def link(self, previous: bytes, seq: int, source: str, row_id: str, seal: bytes) -> bytes:
        """Return the hash of one line, which holds all lines before it."""
        place = f"{seq}\0{source}\0{row_id}\0".encode()
        return hmac.digest(self._key, previous + place + seal, "sha256")

    async def append(self, tx: Transaction, touched: "Seals") -> Bulk | None:
        """Return the lines that seal the rows which this transaction touched.

        To be written as its last act: others wait for the chain's end.
        """
        lines: list[tuple[str, str, bytes]] = []
        for source in sorted(touched.sources):
            lines += await self._news(tx, source, touched)
        if not lines:
            return None
        last = await tx.several(*tx.locking((Lock.LEDGER, (0,))), (_HEAD, {}))
        seq, digest = last[-1][0] if last[-1] else (0, b"")
        rows: list[dict[str, Any]] = []
        for source, row_id, seal in lines:
            seq += 1
            digest = self.link(digest, seq, source, row_id, seal)
            rows.append({"seq": seq, "source": source, "row_id": row_id, "seal": seal, "hash": digest})
        return insertion(ledger, columns_of(rows))

    async def _news(self, tx: Transaction, source: str, touched: "Seals") -> list[tuple[str, str, bytes]]:
        """Return a line for each row whose last seal is not what it says now."""
        added = touched.added_to(source)
        news = [(source, str(row_id), self.seal(source, added[row_id])) for row_id in sorted(added)]
        ids = [row_id for row_id in await touched.ids(tx, source) if row_id not in added]
        for part in in_parts(ids):
            now = await self._seals_now(tx, source, part)
            before = await _last_seals(tx, source, [str(one) for one in part])
            for row_id in map(str, part):
                seal = now.get(row_id, GONE)
                if before.get(row_id, GONE) != seal:
                    news.append((source, row_id, seal))
        return news

    async def _seals_now(self, tx: Transaction, source: str, ids: Sequence[Any]) -> dict[str, bytes]:
        table = SEALED[source]
        key = key_of(table)
        if source in WHOLE:
            whole = (await tx.execute(select(table).order_by(key))).mappings().all()
            return {ALL: self.seal(source, *whole) if whole else GONE}
        found = await tx.fetch(ROWS[source], {"ids": list(ids)})
        rows = (dict(zip(table.c.keys(), row, strict=True)) for row in found)
        return {str(row[key.name]): self.seal(source, row) for row in rows}

    async def verify(self, tx: Transaction) -> Verified:
        """Walk along the chain, then compare every row with its last line; the first that doesn't fit."""
        if tx.dialect == "postgresql":
            # One view of rows and lines, though the bot goes on writing.
            await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        seq, digest = 0, b""
        broken: list[Misfit] = []
        async for row in lines(tx):
            expected = self.link(digest, row.seq, row.source, row.row_id, row.seal)
            if not broken and (row.seq != seq + 1 or row.hash != expected):
                why = "chain" if row.seq == seq + 1 else "missing"
                broken.append(Misfit(seq + 1, row.source, row.row_id, why))
            seq, digest = row.seq, row.hash
        for source in SEALED:
            broken += await self.misfits(tx, source)
        first = min(broken, key=lambda one: seq + 1 if one.seq is None else one.seq, default=None)
        return Verified(seq, f"{seq}:{digest.hex()}", first)

    async def misfits(self, tx: Transaction, source: str, columns: Sequence[Any] = ()) -> list[Misfit]:
        """Return the rows of a table that don't fit their last lines. `columns`: its own, if not ours."""
        if source in WHOLE:
            return await self._whole_misfit(tx, source)
        table = SEALED[source]
        wanted = select(ledger.c.row_id, ledger.c.seq, ledger.c.seal).where(ledger.c.source == source)
        last = {row_id: (seq, seal) for row_id, seq, seal in await tx.rows(wanted.order_by(ledger.c.seq))}
        key, found = key_of(table).name, list[Misfit]()
        async for part in tx.chunks(select(*(columns or table.c)), _PART):
            for row in part:
                # SQLAlchemy's own public name, whatever it looks like.
                seen = row._mapping
                row_id = str(seen[key])
                seq, seal = last.pop(row_id, (None, GONE))
                if seal != self.seal(source, seen):
                    found.append(Misfit(seq, source, row_id, "unknown" if seal == GONE else "changed"))
        left = ((row_id, seq) for row_id, (seq, seal) in last.items() if seal != GONE)
        return found + [Misfit(seq, source, row_id, "gone") for row_id, seq in left]

    async def _whole_misfit(self, tx: Transaction, source: str) -> list[Misfit]:
        last = (await _last_seals(tx, source, [ALL])).get(ALL, GONE)
        if (await self._seals_now(tx, source, [])).get(ALL) == last:
            return []
        wanted = select(func.max(ledger.c.seq)).where(ledger.c.source == source)
        return [Misfit((await tx.rows(wanted))[0][0], source, ALL, "changed" if last else "unknown")]


class Seals:
    """Which sealed rows one transaction wrote. `marks`: what was inserted into, with the last id before."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.marks: dict[str, int] = {}
        self._ids: dict[str, set[Any]] = {}
        self._left: set[tuple[str, str]] = set()
        self._added: dict[str, dict[Any, Mapping[str, Any]]] = {}

    @property
    def sources(self) -> set[str]:
        """Return the tables that were written to."""
        return self.marks.keys() | self._ids.keys() | self._added.keys()

    async def close(self, tx: Transaction) -> Bulk | None:
        """Return the seals of what was written."""
        return await self._ledger.append(tx, self) if self.sources else None

    async def note(self, tx: Transaction, statement: Executable, rows: Any, *, once: bool = False) -> None:
        """Note what `statement`, which is about to run, will write."""
        if not isinstance(statement, Insert | Update | Delete):
            return
        name = "" if statement.get_execution_options().get(NOTED) else cast("Table", statement.table).name
        if name in FOLLOWING and isinstance(statement, Delete):
            self.note_all(FOLLOWING[name])
        if name in WHOLE:
            self.note_all(name)
        elif name in SEALED and not isinstance(statement, Insert):
            await self._note_where(tx, name, statement, rows, once)
        elif name in SEALED and name not in self.marks:
            self.marks[name] = (await tx.fetch(GREATEST[name], {}))[0][0]

    def added(self, statement: Executable, rows: Sequence[Sequence[Any]]) -> None:
        """Note the whole rows that `statement` has written and returned: they need not be read again."""
        table = cast("Table", cast("Insert", statement).table)
        if table.name in SEALED and rows:
            whole = (dict(zip(table.c.keys(), row, strict=True)) for row in rows)
            key = key_of(table).name
            self._added.setdefault(table.name, {}).update((row[key], row) for row in whole)

    def added_to(self, source: str) -> dict[Any, Mapping[str, Any]]:
        """Return the rows that were added and not changed since, by key."""
        changed = self._ids.get(source, ())
        return {key: row for key, row in self._added.get(source, {}).items() if key not in changed}

    def note_all(self, source: str) -> None:
        """Note that all of a table is to be sealed."""
        if source in WHOLE:
            self._ids[source] = {ALL}
        else:
            self.marks[source] = 0

    def leave(self, source: str, row_id: str) -> None:
        """Note that a row is not to be sealed, whoever wrote it."""
        self._left.add((source, row_id))

    def note_ids(self, source: str, ids: Iterable[Any]) -> None:
        """Note rows of a table by their numbers."""
        self._ids.setdefault(source, set()).update(ids)

    async def _note_where(
        self, tx: Transaction, source: str, statement: Update | Delete, rows: Any, once: bool
    ) -> None:
        wanted = (_keys_once if once else _keys)(source, statement)
        for given in cast("list[Any]", rows) if isinstance(rows, list) else [rows]:
            found = await (tx.fetch(wanted, given) if once else tx.rows(wanted, given))
            self.note_ids(source, (row[0] for row in found))

    async def ids(self, tx: Transaction, source: str) -> list[Any]:
        """Return the keys of the rows of one table that were written, those that are gone too."""
        found = set(self._ids.get(source, ()))
        if source in self.marks:
            found.update(row[0] for row in await tx.fetch(ABOVE[source], {"mark": self.marks[source]}))
        return sorted(one for one in found if (source, str(one)) not in self._left)


def _keys(source: str, statement: Update | Delete) -> Select[Any]:
    """Return what finds the keys of the rows that a change will touch."""
    wanted, where = select(key_of(SEALED[source])), statement.whereclause
    return wanted if where is None else wanted.where(where)


_keys_once = cache(_keys)


async def head(tx: Transaction) -> tuple[int, bytes]:
    """Return number and hash of the last line; (0, b"") of an empty ledger."""
    found = await tx.fetch(_HEAD, {})
    return tuple(found[0]) if found else (0, b"")


async def line_hash(tx: Transaction, seq: int) -> str:
    """Return the hash of one line, "" where there is none."""
    found = await tx.rows(select(ledger.c.hash).where(ledger.c.seq == seq))
    return found[0][0].hex() if found else ""


async def known_rows(tx: Transaction, source: str) -> set[int]:
    """Return the numbers of all rows of a table that ever were sealed."""
    wanted = select(ledger.c.row_id).where(ledger.c.source == source).distinct()
    return {int(row_id) for (row_id,) in await tx.rows(wanted)}


async def _last_seals(tx: Transaction, source: str, row_ids: Sequence[str]) -> dict[str, bytes]:
    given = {"source": source, "ids": list(row_ids)}
    return {str(row_id): seal for row_id, seal in await tx.fetch(_LAST_SEALS, given)}


async def lines(tx: Transaction) -> AsyncIterator[Any]:
    """Give every line, oldest first."""
    wanted = select(ledger).order_by(ledger.c.seq)
    async for part in tx.chunks(wanted, _PART):
        for row in part:
            yield row
