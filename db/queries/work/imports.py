"""Imports of rosters and of registers of groups: previewed, confirmed, undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from db.engine import Transaction
from db.tables.registry import imports
from db.values import ABOVE_ALL, Reader, newest

OPEN = ("previewed", "confirming")


class ImportState(StrEnum):
    """Where an import stands. Confirming: it waits for a second word."""

    PREVIEWED = "previewed"
    CONFIRMING = "confirming"
    APPLIED = "applied"
    UNDONE = "undone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ImportHead:
    """An import without what is bulky. `applied_no`: its place in the order of application, in its kind."""

    id: int
    kind: str
    state: ImportState
    file_name: str
    file_hash: str
    whole_company: bool
    source: str | None
    made_by: str
    made_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    counts: Mapping[str, int]
    preview: str
    signature: str
    applied_no: int | None

    @property
    def is_open(self) -> bool:
        """Tell whether it may still be applied or dropped."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class ImportRow(ImportHead):
    """An import with all that is kept: its rows as read, what it changed, and what undoes it."""

    rows: bytes | None
    diff: bytes
    undo: bytes | None


@dataclass(frozen=True, slots=True)
class NewImport:
    """What is known of a file before it is compared with anything."""

    kind: str
    file_name: str
    file_hash: str
    whole_company: bool
    made_by: str
    made_at: datetime
    based_on: int
    rows: bytes
    source: str | None = None


_ROWS = Reader(ImportRow, imports)
_HEADS = Reader(ImportHead, imports)
_HEAD = _HEADS.select.where(imports.c.id == bindparam("of"))
_WAITING = _HEADS.select.where(imports.c.state.in_(OPEN)).order_by(imports.c.id)
_NEWEST = newest(_HEADS, imports)


async def add(tx: Transaction, **values: Any) -> int:
    """Keep a new import; return its id."""
    made = await tx.execute(insert(imports).values(**values).returning(imports.c.id))
    return made.scalar_one()


async def get(tx: Transaction, import_id: int) -> ImportRow | None:
    """Return one import with everything kept of it, or None."""
    return await _ROWS.one(tx, _ROWS.select.where(imports.c.id == import_id))


async def head(tx: Transaction, import_id: int) -> ImportHead | None:
    """Return one import without what is bulky, or None."""
    return await _HEADS.one(tx, _HEAD, {"of": import_id})


async def waiting(tx: Transaction) -> list[ImportHead]:
    """Return the imports that wait for 同意, oldest first, without what is bulky."""
    return await _HEADS.all(tx, _WAITING)


async def listed(tx: Transaction, *, limit: int, below: int | None) -> list[ImportHead]:
    """Return imports, the newest first; `below`: only those with a smaller id."""
    return await _HEADS.all(tx, _NEWEST, {"below": below or ABOVE_ALL, "most": limit})


async def faults(tx: Transaction, import_id: int) -> list[tuple[int, str]]:
    """Return (row, why) of what could not be read of an import."""
    found = (await tx.execute(select(imports.c.errors).where(imports.c.id == import_id))).scalar_one()
    return [(int(one["row"]), str(one["reason"])) for one in found or ()]


async def change(
    tx: Transaction, import_id: int, *, state_was: tuple[str, ...] = OPEN, **values: Any
) -> bool:
    """Change an import if it is still in one of `state_was`; return whether it was: once, by one."""
    where = (imports.c.id == import_id, imports.c.state.in_(state_was))
    return (await tx.execute(update(imports).where(*where).values(**values))).rowcount == 1


async def drop_same(
    tx: Transaction, kind: str, file_hash: str, made_by: str, source: str | None = None
) -> None:
    """Drop open previews of the same file by the same person or source: a new one takes their place."""
    where = (
        imports.c.kind == kind,
        imports.c.file_hash == file_hash,
        imports.c.made_by == made_by,
        imports.c.source.is_not_distinct_from(source),
        imports.c.state.in_(OPEN),
    )
    await tx.execute(update(imports).where(*where).values(state="dropped", rows=None))


async def next_applied_no(tx: Transaction) -> int:
    """Return the next number in the order of application."""
    return ((await tx.execute(select(func.max(imports.c.applied_no)))).scalar() or 0) + 1


async def applied_later(tx: Transaction, kind: str, applied_no: int) -> int | None:
    """Return an import of this kind that stands and was applied after `applied_no`, or None."""
    wanted = select(func.max(imports.c.id)).where(
        imports.c.kind == kind, imports.c.state == "applied", imports.c.applied_no > applied_no
    )
    return (await tx.execute(wanted)).scalar()
