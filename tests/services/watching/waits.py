"""Standing still until another transaction does."""

import asyncio

from sqlalchemy import text

from services.app import App


async def somebody_waits(app: App) -> None:
    """Wait until another transaction stands still for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(9000):
        # In a transaction of its own: within one the server shows what it showed first.
        async with app.database.reading() as tx:
            if (await tx.execute(waiting)).scalar_one():
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")
