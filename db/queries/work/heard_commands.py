"""Commands that were heard, by the message they came in: an implementation may deliver one twice."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from db.engine import Transaction
from db.tables.work import heard_commands


async def first(tx: Transaction, account: int, message: str, at: datetime) -> bool:
    """Note that this command was heard; return False when it was already."""
    make = pg_insert if tx.dialect == "postgresql" else sqlite_insert
    new = make(heard_commands).values(account=account, message=message, at=at)
    new = new.on_conflict_do_nothing(index_elements=["account", "message"])
    return (await tx.execute(new.returning(heard_commands.c.account))).first() is not None


async def forget(tx: Transaction, before: datetime) -> None:
    """Forget what was heard before a moment."""
    await tx.execute(delete(heard_commands).where(heard_commands.c.at < before))
