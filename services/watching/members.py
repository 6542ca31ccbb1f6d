"""What QQ tells of members, one event at a time. Each only hastens what the audit would find.

A reading writes the group before its members, an event the member before the group: both take the group's
lock first, or on PostgreSQL each could wait for the other.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from config.phrases import groups as say
from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.cases import planned_acts
from db.queries.groups import last_seen as group_rows
from db.queries.groups import memberships
from db.queries.groups.readings import last_readings
from db.queries.joining import requests as request_rows
from regulation.model import Member
from services import processes
from services.app import App
from services.filing import closing
from services.groups import cards_seen
from services.joining import welcome
from services.watching import lost_groups

# So soon after a list showed it settled a request may turn out to have been approved.
JUST_REFUSED = timedelta(minutes=1)
SOON = timedelta(seconds=0.5)
# Nothing hurries about those who were just let in by the gate: many are stored, and looked at, together.
LATER = timedelta(minutes=5)
LINGER_SECONDS = 0.2
log = logging.getLogger("qungui")


async def card_seen(app: App, group_id: int, user_id: int, card: str) -> None:
    """Take in a card that isn't the one known to be right; a reading of the group settles it."""
    if cards_seen.needs_reading(app, group_id, user_id, card):
        await look_soon(app, group_id)


async def entered(app: App, group_id: int, user_id: int, *, let_in_by: int | None) -> None:
    """Somebody is in: store it with who let them in, close their requests, and look at the group."""

    async def store(tx: Transaction) -> None:
        now = app.now()
        await tx.lock(Lock.GROUP, group_id)
        if await memberships.membership(tx, group_id, user_id) is None or let_in_by:
            await memberships.put_members(tx, group_id, [Member(user_id)], now, whole=False)
        if let_in_by:
            await memberships.let_in(tx, group_id, user_id, let_in_by)
        await welcome.set_card(app, tx, group_id, user_id)
        by = str(let_in_by) if let_in_by else "qq"
        for request_id in await request_rows.waiting_of(tx, {(group_id, user_id)}):
            await _close(tx, request_id, by, now)
        # QQ's lists may show it settled a moment before this is known.
        await request_rows.was_let_in(tx, group_id, user_id, by, since=now - JUST_REFUSED)
        await group_rows.look_no_later(tx, [group_id], now + SOON)

    await app.database.together(store)
    app.work_news.set()


def let_in(app: App, group_id: int, user_id: int) -> None:
    """Somebody whom our account approved came in: store that soon; reading back tells the rest.

    A human may have used that account in QQ itself: then a request still waits here, and is closed.
    """
    app.batch("let in", _let_in, linger=LINGER_SECONDS).later((group_id, user_id), _not_stored)


async def _let_in(app: App, people: Sequence[tuple[int, int]]) -> Sequence[None]:
    async def store(tx: Transaction) -> None:
        now, group_ids = app.now(), sorted({group_id for group_id, _ in people})
        await tx.lock(Lock.GROUP, *group_ids)
        await memberships.put_entered(tx, people, now)
        for request_id in await request_rows.waiting_of(tx, set(people)):
            await _close(tx, request_id, "qq", now)
        await group_rows.look_no_later(tx, group_ids, now + LATER)

    await app.database.run(store, durable=False)
    app.work_news.set()
    return [None] * len(people)


def _not_stored(error: BaseException) -> None:
    """Log it and go on: reading back, or the group's next reading, finds out who is in."""
    log.warning("who came in was not stored: %s", type(error).__name__)


async def _close(tx: Transaction, request_id: int, by: str, at: datetime) -> None:
    """Close a waiting request of somebody who is in by now."""
    await request_rows.settle(
        tx, request_id, state="elsewhere", settled_by=by, settled_at=at, settled_as="approve"
    )


async def went(app: App, group_id: int, user_id: int) -> None:
    """Somebody is out. A reading confirms it and closes what was open about them."""
    async with app.database.transaction() as tx:
        await tx.lock(Lock.GROUP, group_id)
        await memberships.member_gone(tx, group_id, user_id, app.now())
        await group_rows.look_no_later(tx, [group_id], app.now() + SOON)
    app.work_news.set()


async def look_soon(app: App, group_id: int) -> None:
    """Have a group read and judged at once: its name, officers or cards may have changed."""
    if await is_strange(app, group_id):
        return
    async with app.database.transaction() as tx:
        if await group_rows.get(tx, group_id) is None:
            await group_rows.put(tx, group_id, first_seen_at=app.now())
        await group_rows.look_no_later(tx, [group_id], app.now() + SOON)
    app.work_news.set()


async def is_strange(app: App, group_id: int) -> bool:
    """Tell whether no account of ours is known to be, or to have been, in a group.

    An event about such a group is not believed by itself: the group list is read at once.
    """
    if app.gateway is None or app.gateway.account_for(group_id) is not None:
        return False
    async with app.database.reading() as tx:
        if await group_rows.get(tx, group_id) is not None:
            return False
    app.hastened.add("groups")
    app.work_news.set()
    return True


async def group_dismissed(app: App, group_id: int) -> None:
    """QQ says that a group was dissolved: the group list is read at once, and has the last word."""
    async with app.database.transaction() as tx:
        if await group_rows.get(tx, group_id) is None:
            return
        await group_rows.put(tx, group_id, dismissed_at=app.now())
    app.hastened.add("groups")
    app.work_news.set()


async def group_gone(app: App, group_id: int, account: int) -> None:
    """An account of ours is no longer in a group."""
    async with app.database.transaction() as tx:
        await tx.lock(Lock.GROUP, group_id)
        if await group_rows.get(tx, group_id) is not None:
            await left_group(app, tx, group_id, account)


async def left_group(app: App, tx: Transaction, group_id: int, account: int) -> None:
    """Note that an account of ours left a group: gone for us, unless another of ours is still in it.

    A group that QQ said was dissolved ends; of any other that we answer for admin staff hear at once.
    """
    row = await group_rows.get(tx, group_id)
    if row is None or row.gone_at is not None:
        return
    await memberships.member_gone(tx, group_id, account, app.now())
    if await processes.still_in(app, tx, group_id, account):
        await group_rows.put(tx, group_id, account=None)
        await group_rows.look_no_later(tx, [group_id], app.now())
        await processes.look_again(app, tx)
        return
    await group_rows.put(tx, group_id, gone_at=app.now(), look_at=None)
    # Nobody can do it there any more, and what waits counts against the brakes everywhere.
    await planned_acts.drop_waiting(tx, app.now(), say.UNKNOWN["lost"], group_id=group_id)
    if row.dismissed_at is not None:
        await closing.dissolved(app, tx, group_id)
        return
    [last] = await last_readings(tx, app.settings.admin_group, [group_id])
    if last.is_lost:
        await lost_groups.tell(app, tx, group_id, last.name)
