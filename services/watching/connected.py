"""What is caught up on when a QQ account connects, and every few minutes after."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.cases import timelines as case_rows
from db.queries.groups import last_seen as group_rows
from db.queries.groups.last_seen import GroupRow
from services import processes
from services.app import App
from services.cases import audit
from services.joining import listed
from services.ports import GroupInfo, UnreachableError
from services.watching import members

log = logging.getLogger("qungui")
SPREAD = 4
# The nightly audit takes its time, and not the same every night.
DAY = timedelta(hours=25)
# Whoever connects reads its groups itself first, and others of ours may still be about to connect.
SETTLED = timedelta(minutes=10)
AGAIN = timedelta(hours=1)


@dataclass
class _Since:
    """Since when each account has been connected, as far as is known."""

    at: dict[int, datetime] = field(default_factory=dict[int, datetime])

    def settled(self, accounts: Sequence[int], now: datetime) -> set[int]:
        """Return those of the accounts connected now that have been so for long."""
        self.at = {account: self.at.get(account, now) for account in accounts}
        return {account for account, since in self.at.items() if abs(now - since) >= SETTLED}


async def on_connect(app: App, account: int) -> None:
    """Catch up, in this order: groups, what is overdue, pending requests, then every group's members."""
    app.memory(_Since).at[account] = app.now()
    groups = await compare_groups(app, account)
    app.work_news.set()
    await listed.recover(app, account)
    await read_all(app, [g for info in groups if processes.is_ours(app, g := info.group_id)])


async def on_disconnect(app: App, account: int) -> None:
    """What waits for this account waits in the database."""
    app.memory(_Since).at.pop(account, None)
    log.info("account %s went away", str(account)[-4:].rjust(len(str(account)), "*"))


async def compare_groups(app: App, account: int) -> list[GroupInfo]:
    """Compare an account's group list with what is stored: new, renamed and lost groups."""
    began = app.now()
    try:
        # In the one order in which everybody locks several groups, so that no two wait for each other.
        shown = sorted(await app.qq.group_list(account), key=lambda one: one.group_id)
    except UnreachableError as error:
        log.warning("group list unreadable: %s", error)
        return []
    async with app.database.transaction() as tx:
        known = await group_rows.get_many(tx)
        for info in shown:
            row = known.get(info.group_id)
            # What QQ has told since the list was asked for is newer than that.
            if row is None or not row.lost_since(began, app.now()):
                await _compare_one(app, tx, info, row, account)
    here = {info.group_id for info in shown}
    missing = [
        g for g, row in known.items() if _was_ours(row, account) and row.gone_at is None and g not in here
    ]
    if missing:
        await _note_gone(app, account, missing)
    app.work_news.set()
    return shown


def _was_ours(row: GroupRow, account: int) -> bool:
    """Tell whether an account was in a group, by a list or by QQ's word that the group was dissolved."""
    return row.account == account or (row.account is None and row.dismissed_at is not None)


async def _note_gone(app: App, account: int, missing: list[int]) -> None:
    """A group missing from one list may be a partial list; from two in a row it is gone."""
    await asyncio.sleep(1)
    try:
        again = {info.group_id for info in await app.qq.group_list(account)}
    except UnreachableError:
        return
    gone = sorted(set(missing) - again)
    if not gone:
        return
    async with app.database.transaction() as tx:
        # The group's lock first, as whoever writes members does: see `members`.
        await tx.lock(Lock.GROUP, *gone)
        for group_id in gone:
            await members.left_group(app, tx, group_id, account)


async def _compare_one(
    app: App, tx: Transaction, info: GroupInfo, row: GroupRow | None, account: int
) -> None:
    now = app.now()
    if row is None or row.first_seen_at is None or row.gone_at is not None:
        values = {"name": info.name[:300], "account": account, "gone_at": None, "look_at": now}
        values["dismissed_at"] = None
        await group_rows.put(tx, info.group_id, **values, first_seen_at=now, member_count=info.member_count)
        return
    if row.account is None:
        await group_rows.put(tx, info.group_id, account=account)
    if row.name != info.name[:300] or row.member_count != info.member_count:
        await group_rows.look_no_later(tx, [info.group_id], now)


async def read_all(app: App, group_ids: list[int]) -> None:
    """Read and judge these groups in the background, then have those acted on that need it."""
    await _read(app, group_ids)


async def _read(app: App, group_ids: Sequence[int], *, if_late: bool = False) -> None:
    """As `read_all`; `if_late`: only those that nobody else has read by the time it is their turn."""
    gate = asyncio.Semaphore(SPREAD)

    async def one(group_id: int) -> None:
        async with gate:
            if not if_late or await _is_late(app, group_id):
                await audit.audit_one_of_many(app, group_id, max_age=30.0)

    await asyncio.gather(*(one(group_id) for group_id in group_ids))
    async with app.database.transaction() as tx:
        await group_rows.look_no_later(tx, await _with_open_cases(tx, group_ids), app.now())
    app.work_news.set()


async def _with_open_cases(tx: Transaction, group_ids: Sequence[int]) -> list[int]:
    open_in = await case_rows.groups_with_open(tx)
    return [group_id for group_id in group_ids if group_id in open_in]


async def nightly(app: App) -> None:
    """Read and judge every group we are in; then act on what is open, as one run."""
    await processes.keep_accounts(app)
    mine = await _mine(app)
    await read_all(app, [row.group_id for row in mine])
    log.info("nightly audit read %d groups", len(mine))


async def missed(app: App) -> None:
    """Read the groups that no audit has reached for a day: it was cut short, or failed.

    Only through accounts that have been connected for a while.
    """
    now = app.now()
    settled = app.memory(_Since).settled(app.qq.accounts(), now)
    late = [
        row.group_id
        for row in await _mine(app)
        if app.qq.account_for(row.group_id) in settled and _unread_for_a_day(row, now)
    ]
    if late:
        await _read(app, late, if_late=True)
        log.info("read %d groups that the nightly audit missed", len(late))


async def _is_late(app: App, group_id: int) -> bool:
    async with app.database.reading() as tx:
        row = await group_rows.get(tx, group_id)
    return row is not None and row.gone_at is None and _unread_for_a_day(row, app.now())


def _unread_for_a_day(row: GroupRow, now: datetime) -> bool:
    """Tell whether a group that was judged before has had no whole reading for a day, nor will have one soon.

    One that could not be reached is tried again anyway; one whose list was not whole, each hour.
    """
    if row.audited_at is None or (row.look_at is not None and row.look_at <= now + SETTLED):
        return False
    partial = row.complete_at is None or abs(now - row.complete_at) > DAY
    return abs(now - row.audited_at) > (AGAIN if partial else DAY)


async def _mine(app: App) -> list[GroupRow]:
    async with app.database.reading() as tx:
        known = await group_rows.get_many(tx)
    return [row for row in known.values() if row.gone_at is None and processes.is_ours(app, row.group_id)]
