"""What the brakes on removals count: queued, and done in a rolling hour, whatever caused it."""

from collections.abc import Sequence
from datetime import timedelta

from config.phrases.gateway import NOT_WANTED
from db.engine import Transaction
from db.queries.cases import batches, planned_acts
from db.queries.work import removals
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


async def drop_stranded(app: App) -> None:
    """Drop the removals that have waited for an hour where no account is connected that could do them.

    It may never be again, and they would count for ever. Once one is, they are planned anew and count anew.
    """
    if app.gateway is None:
        return
    async with app.database.reading() as tx:
        waiting = await removals.waiting(tx)
    late = {one.group_id for one in waiting if one.made_at <= app.now() - HOUR}
    stranded = sorted(group_id for group_id in late if app.gateway.account_for(group_id) is None)
    if stranded:
        async with app.database.transaction() as tx:
            for group_id in stranded:
                await planned_acts.drop_waiting(tx, app.now(), NOT_WANTED["unserved"], group_id=group_id)
