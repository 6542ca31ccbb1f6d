"""Commands are done, and files taken, once: a message is known, even if delivered again after a restart."""

from datetime import timedelta

from db.engine import Transaction
from db.queries.work import heard_commands
from services.app import App

REMEMBERED = timedelta(days=7)


async def is_new(app: App, account: int, message: str) -> bool:
    """Note that a command or file was heard in this message; return False when it was already."""

    async def note(tx: Transaction) -> bool:
        return await heard_commands.first(tx, account, message, app.now())

    return await app.database.together(note)


async def forget(app: App) -> None:
    """Forget messages so old that none comes again."""
    async with app.database.transaction() as tx:
        await heard_commands.forget(tx, app.now() - REMEMBERED)
