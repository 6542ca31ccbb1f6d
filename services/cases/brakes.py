"""What the brakes on removals count: queued, and done in a rolling hour, whatever caused it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from config.phrases.gateway import NOT_WANTED
from db.engine import Transaction
from db.queries.cases import batches, planned_acts
from db.queries.work import processes, removals
from db.queries.work.removals import Removal
from services.app import App

HOUR = timedelta(hours=1)


async def counted(app: App, tx: Transaction) -> Sequence[Removal]:
    """Return every removal that counts against the limits now, in all groups.

    What waits counts however long it has waited: it may be done within the hour. Of what admin staff
    confirmed, which may take days, only what was confirmed or done within the hour.
    """
    since = app.now() - HOUR
    _, released = await batches.case_states(tx, app.now())
    return [
        one
        for one in await removals.running_or_tried(tx, since)
        if one.made_at > since
        or (one.acted_at is not None and one.acted_at > since)
        or one.case_id not in released
    ]


class Unserved:
    """Since when removals wait in groups that no connected account of ours serves, as far as seen here."""

    def __init__(self) -> None:
        self._since: dict[int, datetime] = {}

    def look(self, group_ids: Collection[int], now: datetime) -> set[int]:
        """Note which groups nobody serves now; return those where that has been so for an hour."""
        self._since = {one: min(self._since.get(one, now), now) for one in group_ids}
        return {one for one, since in self._since.items() if now - since >= HOUR}


async def drop_stranded(app: App) -> None:
    """Drop the removals that have waited for an hour where for an hour no account could do them.

    It may never be again, and they would count for ever. Once one is, they are planned anew and count anew.
    An account may be connected to another process, and one that is away for a moment strands nothing.
    """
    if app.gateway is None:
        return
    async with app.database.reading() as tx:
        waiting = await removals.waiting(tx)
        here = [one for one in {one.group_id for one in waiting} if app.gateway.account_for(one) is None]
        unserved = [one for one in here if not await processes.any_in(tx, one, app.peers.others)]
    now = app.now()
    late = {one.group_id for one in waiting if one.made_at <= now - HOUR}
    stranded = sorted(late & app.memory(Unserved).look(unserved, now))
    if stranded:
        async with app.database.transaction() as tx:
            for group_id in stranded:
                await planned_acts.drop_waiting(tx, now, NOT_WANTED["unserved"], group_id=group_id)
