"""Runs of the registry's sources, whom each lists, and which files were taken."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from db.engine import Transaction
from db.queries.work.imports import OPEN, ImportState
from db.tables.registry import imports
from db.tables.sources import source_files, source_people, sources
from db.values import Reader
from db.writing.bulk import among, insertion
from db.writing.upsert import insert_new, upsert


class Said(StrEnum):
    """What a source said last of somebody it has listed.

    Missed: it listed them, in a row that could not be used. Absent: it lists them no more.
    """

    HERE = "here"
    LEFT = "left"
    MISSED = "missed"
    ABSENT = "absent"


_SAID = {one.value: one for one in Said}
_WORDS = {one.value: one.value for one in Said}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source's last run; `good_at`: when it last gave everything."""

    source: str
    running_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    people: int | None
    import_id: int | None
    reason: str | None
    good_at: datetime | None


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that was taken, remembered by its content: `modified` in nanoseconds."""

    file_hash: str
    name: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class KnownImport:
    """An import of a source: what became of it, and of which content."""

    id: int
    state: ImportState
    file_hash: str


_ROWS = Reader(SourceRow, sources)
_ALL = _ROWS.select.order_by(sources.c.source)
_FILES = Reader(TakenFile, source_files)
_IMPORTS = Reader(KnownImport, imports)


async def begin(
    tx: Transaction, source: str, worker: str, now: datetime, *, rest: timedelta, dead: Collection[str]
) -> bool:
    """Take a run of a source; return whether it is ours: one at a time, over all processes.

    `rest`: not when one began so recently. `dead`: processes that are no more; what they ran is begun anew.
    """
    await insert_new(tx, sources, {"source": source}, on=["source"])
    rested = or_(
        sources.c.started_at.is_(None), sources.c.started_at <= now - rest, sources.c.started_at > now
    )
    free = or_(sources.c.running_by.in_(dead), and_(sources.c.running_by.is_(None), rested))
    where = (sources.c.source == source, free)
    taken = await tx.execute(update(sources).where(*where).values(running_by=worker, started_at=now))
    return taken.rowcount == 1


async def end(tx: Transaction, source: str, worker: str, **values: Any) -> None:
    """Write how our run ended."""
    where = (sources.c.source == source, sources.c.running_by == worker)
    await tx.execute(update(sources).where(*where).values(running_by=None, **values))


async def note(tx: Transaction, source: str, **values: Any) -> None:
    """Write how things stand with a source that isn't run but pushes."""
    await upsert(tx, sources, {"source": source, **values}, on=["source"])


async def all_rows(tx: Transaction) -> list[SourceRow]:
    """Return every source that ever ran."""
    return await _ROWS.all(tx, _ALL, {})


async def said_of(tx: Transaction, source: str, employee_nos: Collection[str] | None) -> dict[str, Said]:
    """Return what a source said last of those it has listed; of these numbers, or of all."""
    wanted = select(source_people.c.employee_no, source_people.c.said)
    rows = await tx.rows(wanted.where(source_people.c.source == source, *_among(tx, employee_nos)))
    return {number: _SAID[said] for number, said in rows}


async def listed_of(
    tx: Transaction, source: str, employee_nos: Collection[str] | None
) -> tuple[dict[str, Said], dict[str, str]]:
    """Return `said_of`, and by which entry of its own the source listed them, where it has such."""
    people = source_people.c
    wanted = select(people.employee_no, people.said, people.entry_id)
    rows = await tx.rows(wanted.where(people.source == source, *_among(tx, employee_nos)))
    said = {number: _SAID[word] for number, word, _ in rows}
    return said, {number: entry for number, _, entry in rows if entry is not None}


async def one_entry(tx: Transaction, employee_no: str, other: str) -> bool:
    """Tell whether a source has listed both numbers by one entry of its own."""
    one, two = source_people.alias(), source_people.alias()
    same = and_(one.c.source == two.c.source, one.c.entry_id == two.c.entry_id)
    wanted = select(one.c.entry_id).join(two, same)
    wanted = wanted.where(one.c.employee_no == employee_no, two.c.employee_no == other)
    return (await tx.execute(wanted.limit(1))).first() is not None


async def listed_by(
    tx: Transaction, names: Collection[str], employee_nos: Collection[str] | None
) -> dict[str, list[str]]:
    """Return number → which of these sources list it; of these numbers, or of all."""
    found: dict[str, list[str]] = {}
    wanted = select(source_people.c.employee_no, source_people.c.source)
    others = (source_people.c.source.in_(names), source_people.c.said != Said.ABSENT)
    for number, name in await tx.rows(wanted.where(*others, *_among(tx, employee_nos))):
        found.setdefault(number, []).append(name)
    return found


async def missed_by(
    tx: Transaction, names: Collection[str], employee_nos: Collection[str] | None
) -> frozenset[str]:
    """Return whom one of these sources had listed and lists no more; of these numbers, or of all."""
    gone = (source_people.c.source.in_(names), source_people.c.said == Said.ABSENT)
    wanted = select(source_people.c.employee_no).where(*gone, *_among(tx, employee_nos))
    return frozenset((await tx.execute(wanted)).scalars())


async def people_of(tx: Transaction, source: str) -> list[str]:
    """Return whom a source lists, in rows that could be used."""
    where = (source_people.c.source == source, source_people.c.said.in_((Said.HERE, Said.LEFT)))
    return list((await tx.execute(select(source_people.c.employee_no).where(*where))).scalars())


def _among(tx: Transaction, numbers: Collection[str] | None) -> list[ColumnElement[bool]]:
    """Return the condition that somebody is one of these; None: no condition."""
    return [] if numbers is None else [among(source_people.c.employee_no, numbers, tx.dialect)]


async def set_listed(tx: Transaction, source: str, said: Mapping[str, tuple[str, str | None] | None]) -> None:
    """Write what a source says of people, and by which entry it lists them; None: it never listed them."""
    never = [number for number, word in said.items() if not word]
    if never:
        await tx.execute(delete(source_people).where(source_people.c.source == source, *_among(tx, never)))
    # In the order of their key, or a database with little memory reads its pages again and again.
    # As plain texts: at what is also something else the driver looks for long.
    now = [(number, _WORDS[word[0]], word[1]) for number, word in sorted(said.items()) if word]
    numbers, words, entries = zip(*now, strict=True) if now else ((), (), ())
    columns = {
        "source": [source] * len(now), "employee_no": numbers, "said": words, "entry_id": entries
    }  # fmt: skip
    key, changed = ("source", "employee_no"), ("said", "entry_id")
    await tx.many(insertion(source_people, columns, new_by=key, or_change=changed))


async def files(tx: Transaction, source: str) -> list[TakenFile]:
    """Return the files taken from a source, the last first."""
    wanted = _FILES.select.where(source_files.c.source == source)
    return await _FILES.all(tx, wanted.order_by(source_files.c.taken_at.desc()))


async def take_file(tx: Transaction, source: str, file: TakenFile, now: datetime) -> None:
    """Remember a file as taken."""
    row = {
        "source": source, "file_hash": file.file_hash, "name": file.name[-300:], "size": file.size,
        "modified": file.modified, "taken_at": now,
    }  # fmt: skip
    await upsert(tx, source_files, row, on=["source", "file_hash"])


async def open_import(tx: Transaction, source: str) -> KnownImport | None:
    """Return the import of a source that waits for 同意, or None."""
    return await _last_import(tx, source, imports.c.state.in_(OPEN), imports.c.id)


async def last_settled(tx: Transaction, source: str) -> KnownImport | None:
    """Return the last import of a source that was applied, undone, or turned down by somebody."""
    return await _last_import(tx, source, imports.c.settled_by.is_not(None), imports.c.settled_at)


async def _last_import(
    tx: Transaction, source: str, state: ColumnElement[bool], by: ColumnElement[Any]
) -> KnownImport | None:
    wanted = _IMPORTS.select.where(imports.c.source == source, state)
    return await _IMPORTS.one(tx, wanted.order_by(by.desc(), imports.c.id.desc()).limit(1))


async def drop_open(tx: Transaction, source: str) -> None:
    """Drop what waits of a source: a newer reading takes its place."""
    where = (imports.c.source == source, imports.c.state.in_(OPEN))
    await tx.execute(update(imports).where(*where).values(state="dropped", rows=None))


async def counted_since(tx: Transaction, source: str, count: str, since: datetime) -> int:
    """Return how many departures, or another count of theirs, the imports of a source applied since then."""
    where = (imports.c.source == source, imports.c.state == "applied", imports.c.settled_at > since)
    counts = (await tx.execute(select(imports.c.counts).where(*where))).scalars()
    return sum(one.get(count, 0) for one in counts)
