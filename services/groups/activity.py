"""On which days a group was in use: a bit per group and day, never a word of any message."""

from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from db.engine import Database
from db.queries.groups import activity
from db.queries.groups import last_seen as group_rows
from services.app import App

# A minute's worth of groups; what comes beyond isn't the talk of groups that we are in.
MOST, PLAUSIBLE = 20_000, 2_000
_pending: WeakKeyDictionary[Database, set[tuple[int, date]]] = WeakKeyDictionary()
_written: WeakKeyDictionary[Database, set[tuple[int, date]]] = WeakKeyDictionary()


def note_activity(app: App, group_id: int, now: datetime) -> None:
    """Note that a message was seen in a group now; kept in memory until `flush`."""
    bit = (group_id, now.date())
    written = _written.get(app.database)
    if written is None or bit not in written:
        pending = _pending.setdefault(app.database, set())
        if len(pending) < MOST:
            pending.add(bit)


async def flush(app: App) -> int:
    """Write what was noted: every minute, and on shutdown. Return how many new bits."""
    bits = _pending.pop(app.database, set())
    if not bits:
        return 0
    try:
        async with app.database.transaction() as tx:
            if len(bits) > PLAUSIBLE:
                # Somebody makes up groups' numbers: only of groups that we know is anything kept.
                ours = await group_rows.get_many(tx)
                bits = {bit for bit in bits if bit[0] in ours}
            await activity.note(tx, sorted(bits))
    except BaseException:
        _pending.setdefault(app.database, set()).update(bits)
        raise
    today = app.now().date()
    known = _written.setdefault(app.database, set())
    known.update(bits)
    known -= {bit for bit in known if bit[1] < today}
    return len(bits)


async def forget_old_activity(app: App) -> None:
    """Delete bits that no window can need any more."""
    keep = max(app.policy.discussion.window_days, 31) * 2
    async with app.database.transaction() as tx:
        await activity.forget_before(tx, app.now().date() - timedelta(days=keep))
