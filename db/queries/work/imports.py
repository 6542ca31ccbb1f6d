"""Imports of rosters and of registers of groups: previewed, confirmed, undone."""

from typing import Any

from sqlalchemy import func, insert, select, update

from db.engine import Transaction
from db.tables.registry import imports

OPEN = ("previewed", "confirming")
_HEAD = [column for column in imports.c if column.name not in ("diff", "undo", "rows")]


async def add(tx: Transaction, **values: Any) -> int:
    """Keep a new import; return its id."""
    made = await tx.execute(insert(imports).values(**values).returning(imports.c.id))
    return made.scalar_one()


async def get(tx: Transaction, import_id: int) -> dict[str, Any] | None:
    """Return one import with everything kept of it, or None."""
    found = await tx.execute(select(imports).where(imports.c.id == import_id))
    row = found.mappings().one_or_none()
    return None if row is None else dict(row)


async def head(tx: Transaction, import_id: int) -> dict[str, Any] | None:
    """Return one import without the bulky columns, or None."""
    found = await tx.execute(select(*_HEAD).where(imports.c.id == import_id))
    row = found.mappings().one_or_none()
    return None if row is None else dict(row)


async def waiting(tx: Transaction) -> list[dict[str, Any]]:
    """Return the imports that wait for 同意, oldest first, without the bulky columns."""
    found = await tx.execute(select(*_HEAD).where(imports.c.state.in_(OPEN)).order_by(imports.c.id))
    return [dict(row) for row in found.mappings()]


async def change(
    tx: Transaction, import_id: int, *, state_was: tuple[str, ...] = OPEN, **values: Any
) -> bool:
    """Change an import if it is still in one of `state_was`; return whether it was: once, by one."""
    where = (imports.c.id == import_id, imports.c.state.in_(state_was))
    return (await tx.execute(update(imports).where(*where).values(**values))).rowcount == 1


async def drop_same(tx: Transaction, kind: str, file_hash: str, made_by: str) -> None:
    """Drop open previews of the same file by the same person: a new one takes their place."""
    where = (
        imports.c.kind == kind,
        imports.c.file_hash == file_hash,
        imports.c.made_by == made_by,
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
