"""On which days a group was in use: a bit per group and day, never a word of any message."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from db.queries.groups import activity
from db.queries.groups import last_seen as group_rows
from services.app import App

# A minute's worth of groups; what comes beyond isn't the talk of groups that we are in.
MOST, PLAUSIBLE = 20_000, 2_000


@dataclass
class _Noted:
    """Groups and the days they were in use: yet to be written, and written already."""

    pending: set[tuple[int, date]] = field(default_factory=set[tuple[int, date]])
    written: set[tuple[int, date]] = field(default_factory=set[tuple[int, date]])


def note_activity(app: App, group_id: int, now: datetime) -> None:
    """Note that a message was seen in a group now; kept in memory until `flush`."""
    bit, noted = (group_id, now.date()), app.memory(_Noted)
    if bit not in noted.written and len(noted.pending) < MOST:
        noted.pending.add(bit)


async def flush(app: App) -> int:
    """Write what was noted: every minute, and on shutdown. Return how many new bits."""
    noted = app.memory(_Noted)
    bits, noted.pending = noted.pending, set()
    if not bits:
        return 0
    try:
        async with app.database.transaction() as tx:
            if len(bits) > PLAUSIBLE:
                # Somebody makes up groups' numbers: only of groups that we know is anything kept.
                ours = await group_rows.names(tx)
                bits = {bit for bit in bits if bit[0] in ours}
            await activity.note(tx, sorted(bits))
    except BaseException:
        noted.pending |= bits
        raise
    today = app.now().date()
    noted.written = {bit for bit in noted.written | bits if bit[1] >= today}
    return len(bits)


async def forget_old_activity(app: App) -> None:
    """Delete bits that no window can need any more."""
    keep = max(app.policy.discussion.window_days, 31) * 2
    async with app.database.transaction() as tx:
        await activity.forget_before(tx, app.now().date() - timedelta(days=keep))
