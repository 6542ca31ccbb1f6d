"""Counters of what happened and needs no row of its own."""

from db.engine import Transaction
from db.tables.work import counters
from db.writing.made_once import insert_for


async def count(tx: Transaction, name: str, n: int = 1) -> None:
    """Add `n` to a counter."""
    statement = insert_for(tx.dialect)(counters).values(name=name, n=n)
    await tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"n": counters.c.n + n}))
