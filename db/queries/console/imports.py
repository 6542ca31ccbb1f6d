"""Imports as the console lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select

from db.engine import Transaction
from db.tables.registry import imports

_COLUMNS = [
    imports.c[name]
    for name in (
        "id",
        "kind",
        "state",
        "file_name",
        "made_by",
        "made_at",
        "settled_by",
        "settled_at",
        "counts",
    )
]


@dataclass(frozen=True, slots=True)
class ImportHead:
    """An import without what it would write. `errors`: (row, why), where they were asked for."""

    id: int
    kind: str
    state: str
    file_name: str
    made_by: str
    made_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    counts: Mapping[str, int]
    preview: str = ""
    errors: Sequence[tuple[int, str]] = ()


async def listed(tx: Transaction, *, limit: int, below: int | None) -> list[ImportHead]:
    """Return imports, the newest first; `below`: only those with a smaller id."""
    query = select(*_COLUMNS) if below is None else select(*_COLUMNS).where(imports.c.id < below)
    found = await tx.execute(query.order_by(imports.c.id.desc()).limit(limit))
    return [_head(row) for row in found.mappings()]


async def get(tx: Transaction, import_id: int) -> ImportHead | None:
    """Return one import with its preview and faults, or None."""
    query = select(*_COLUMNS, imports.c.preview, imports.c.errors).where(imports.c.id == import_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    return None if row is None else _head(row)


def _head(row: RowMapping) -> ImportHead:
    given = {name: row[name] for name in row if name != "errors"}
    errors = [(int(one["row"]), str(one["reason"])) for one in row.get("errors") or ()]
    return ImportHead(**given, errors=errors)
