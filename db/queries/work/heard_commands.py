"""Commands that were heard, by the message they came in: an implementation may deliver one twice."""

from datetime import datetime
from functools import cache

from sqlalchemy import Executable, delete

from db.engine import Transaction
from db.tables.work import heard_commands
from db.writing.made_once import insert_unless


async def first(tx: Transaction, account: int, message: str, at: datetime) -> bool:
    """Note that this command was heard; return False when it was already."""
    return bool(await tx.add(_first(tx.dialect), [{"account": account, "message": message, "at": at}]))


@cache
def _first(dialect: str) -> Executable:
    new = insert_unless(dialect, heard_commands, ("account", "message"))
    return new.returning(heard_commands.c.account)


async def forget(tx: Transaction, before: datetime) -> None:
    """Forget what was heard before a moment."""
    await tx.execute(delete(heard_commands).where(heard_commands.c.at < before))
