"""Counters of what happened and needs no row of its own."""

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.work import counters


async def count(tx: Transaction, name: str, n: int = 1) -> None:
    """Add `n` to a counter."""
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    statement = make(counters).values(name=name, n=n)
    await tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"n": counters.c.n + n}))
