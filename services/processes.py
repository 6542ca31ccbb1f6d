"""Several processes on one PostgreSQL: who holds which QQ account, and who serves a shared group.

A process holds an account by a lock that ends with its connection; which accounts the others hold
is looked up every two seconds, and at once when told. Every process makes the same choice from the
same stored lists, so that a group with two of our accounts is acted upon by one.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from config.phrases import gateway as say
from db.engine import Transaction
from db.postgres.locks import Lock
from db.postgres.signals import Claim, Signals
from db.queries.cases import batches
from db.queries.work import processes as rows
from db.threads import Work
from regulation.model import Role
from services.app import App, Peers
from services.ports import Reading

T = TypeVar("T")
log = logging.getLogger("qungui")
_OFFICERS = ("owner", "admin")
# An account that hasn't been connected for so long is somebody else's by now.
OURS_FOR = timedelta(days=30)
# What was withheld so recently belongs to the same run.
SAME_RUN = timedelta(minutes=10)
MOST_COUNTED = 1000
# Whoever asked waits eight seconds for what another process finds.
LOOKS = 40
LOOK_SECONDS = 0.2


async def begin(app: App) -> None:
    """Listen to the other processes from now on; SQLite has none."""
    if not app.database.is_sqlite:
        app.signals = Signals(app.database, app.worker, lambda topic: hear(app, topic))
        app.signals.start()
    await refresh(app)


async def end(app: App) -> None:
    """Let go of every account."""
    if app.signals is not None:
        await app.signals.stop()


def hear(app: App, topic: str) -> None:
    """Wake the jobs that look for this topic now and then anyway; an empty topic stands for every one."""
    if topic in ("outbox", ""):
        app.outbox_news.set()
    if topic != "outbox":
        app.hastened |= {topic} if topic else {"registry", "accounts"}
        app.work_news.set()


async def claim(app: App, account: int) -> bool:
    """Take an account for this process, unless another process holds it; say so in the log."""
    got = Claim.OURS if app.signals is None else await app.signals.claim(account)
    if got is Claim.OURS:
        await _remember(app, account)
        return True
    masked = str(account)[-4:].rjust(len(str(account)), "*")
    if got is Claim.UNKNOWN:
        log.warning(say.ACCOUNT_UNKNOWN.format(account=masked))
    else:
        who = await holder(app, account) or say.JUST_LEFT
        log.warning(say.ACCOUNT_TAKEN.format(account=masked, who=who))
    return False


async def holder(app: App, account: int) -> str | None:
    """Return the process that holds an account now, or None."""
    async with app.database.reading() as tx:
        return (await rows.holders(tx)).get(account)


async def release(app: App, account: int) -> None:
    """Let another process have an account whose connection is gone."""
    if app.signals is not None:
        await app.signals.release(account)


async def roles_of(app: App, account: int) -> dict[int, Role]:
    """Return what an account was in its groups when they were last read, by group."""
    async with app.database.reading() as tx:
        found = await rows.roles_of(tx, account)
    return {group_id: Role(role) for group_id, role in found.items()}


async def keep_accounts(app: App) -> None:
    """Note once a day that the accounts connected here are ours still: some stay connected for months."""
    async with app.database.transaction() as tx:
        for account in app.qq.accounts():
            await rows.remember(tx, account, app.now())


async def _remember(app: App, account: int) -> None:
    async with app.database.transaction() as tx:
        await rows.remember(tx, account, app.now())
        await look_again(app, tx)


async def look_again(app: App, tx: Transaction) -> None:
    """Have every process look up who serves what, once this transaction is durable."""
    await tx.notify("accounts")
    tx.after_commit(lambda: hear(app, "accounts"))


async def refresh(app: App) -> bool:
    """Look up which accounts the other processes hold, and who serves what; return whether that changed."""
    mine = frozenset(app.gateway.accounts()) if app.gateway is not None else frozenset[int]()
    able = [account for account in mine if app.gateway is not None and app.gateway.is_online(account)]
    if app.signals is not None:
        await app.signals.show(able)

    async def look(tx: Transaction) -> Peers:
        others = frozenset(await rows.holders(tx, Lock.PRESENT)) - mine
        shared = await rows.shared_groups(tx, able, others)
        return Peers(others, _elsewhere(shared, mine), await rows.remembered(tx, app.now() - OURS_FOR))

    found = await app.database.run(look, writes=False)
    changed = found != app.peers
    app.peers = found
    if changed:
        app.outbox_news.set()
        app.work_news.set()
    return changed


async def know_own_accounts(app: App) -> None:
    """Learn our QQ accounts from the database: the terminal has no other way, and may accuse none of them."""
    async with app.database.reading() as tx:
        app.peers = replace(app.peers, ours=await rows.remembered(tx, app.now() - OURS_FOR))


def _elsewhere(shared: Mapping[int, Mapping[int, str]], mine: frozenset[int]) -> dict[int, int]:
    chosen = {group_id: choose(roles) for group_id, roles in shared.items()}
    return {group_id: account for group_id, account in chosen.items() if account not in mine}


def choose(roles: Mapping[int, str]) -> int:
    """Return which of our accounts serves a group: one that is owner or admin there, else any; the lowest."""
    return min(roles, key=lambda account: (roles[account] not in _OFFICERS, account))


def is_ours(app: App, group_id: int) -> bool:
    """Tell whether an account connected to this process serves a group."""
    return app.gateway is not None and app.gateway.account_for(group_id) in app.gateway.accounts()


async def only_elsewhere(app: App, tx: Transaction, group_ids: Collection[int]) -> set[int]:
    """Return which of these groups are read by another process, and by no account that is connected here."""
    others = app.peers.others
    if not others:
        return set()
    ours = {group_id for group_id in group_ids if app.qq.account_for(group_id) is not None}
    return {one for one in group_ids if one not in ours and await rows.any_in(tx, one, others)}


async def awaited(app: App, find: Work[T | None]) -> T | None:
    """Return what another process writes, once `find` sees it; None where that takes too long."""
    for _ in range(LOOKS):
        found = await app.database.run(find, writes=False)
        if found is not None:
            return found
        await asyncio.sleep(LOOK_SECONDS)
    return None


def serves_otherwise(app: App, reading: Reading) -> bool:
    """Tell whether a reading shows that another of our accounts serves the group than is known."""
    able = app.peers.others.union(app.gateway.accounts() if app.gateway is not None else ())
    roles = {member.user_id: member.role.value for member in reading.members if member.user_id in able}
    if not app.peers.others.intersection(roles):
        return reading.group_id in app.peers.elsewhere
    return app.gateway is not None and app.gateway.account_for(reading.group_id) != choose(roles)


async def still_in(app: App, tx: Transaction, group_id: int, account: int) -> bool:
    """Tell whether another account of ours was last seen in a group that one of ours has left."""
    return await rows.any_in(tx, group_id, app.own_accounts() - {account})


async def wanted_elsewhere(app: App, tx: Transaction) -> int:
    """Return how many removals of departed people the other processes have still to queue.

    A departure, or a bad roster, falls due for all processes at once: what they would remove counts
    as one run. Not counted is what was put before admin staff longer ago, or confirmed by them.
    """
    if not app.peers.others:
        return 0
    waiting, released = await batches.case_states(tx, app.now())
    recent = {
        one.case_id
        for batch in await batches.waiting(tx)
        if app.now() - batch.made_at < SAME_RUN
        for one in batch.removals
    }
    passed = (waiting - recent) | released
    found = await rows.departed_in_groups_of(tx, app.peers.others, app.now().date(), limit=MOST_COUNTED)
    return sum(case_id not in passed for _, _, case_id in found)
