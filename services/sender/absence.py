"""Messages that are left to the account nearest to the person, and that account stays away."""

import time
from collections.abc import Collection

from db.queries.work import unsaid
from services.app import App

# Long enough for a reconnect, or for QQ to be logged in anew.
AWAY_SECONDS = 600.0


class Away:
    """Since when each account that messages are left to has been unable to send, as this process sees it."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}

    def look(self, accounts: Collection[int], now: float) -> set[int]:
        """Note which accounts can't send now; return those that couldn't for long."""
        self._since = {one: self._since.get(one, now) for one in accounts}
        return {one for one, since in self._since.items() if now - since >= AWAY_SECONDS}


async def free(app: App) -> None:
    """Leave to any account what waits for one that has been away, or logged out, for long."""
    async with app.database.reading() as tx:
        left_to = await unsaid.left_to(tx)
    here = [one for one in app.qq.accounts() if app.qq.is_online(one)]
    away = app.memory(Away).look(left_to - {*here, *app.peers.others}, time.monotonic())
    if away:
        async with app.database.transaction() as tx:
            await unsaid.leave_to_anyone(tx, away)
            tx.after_commit(app.outbox_news.set)
