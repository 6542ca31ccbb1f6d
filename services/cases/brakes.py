"""What the brakes on removals count: queued, and done in a rolling hour, whatever caused it."""

from collections.abc import Sequence
from datetime import timedelta

from db.engine import Transaction
from db.queries.cases import batches
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
