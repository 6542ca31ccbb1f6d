"""What QQ's own lists tell of join requests: those no event told of, those people settled, those gone.

Lists are cut, lag and lie. So what is on none of them still waits; what two of them call settled is
closed; and what shows up again is opened again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from config.phrases.held import HELD
from db.engine import Transaction
from db.postgres.locks import Lock
from db.queries.groups import memberships
from db.queries.joining import requests as rows
from db.queries.joining.handing_over import hand_over, open_elsewhere
from db.queries.joining.requests import Listed, RequestRow, RequestState
from services.acts import to_person
from services.app import App
from services.flags import is_reused, is_same
from services.inbox.items import find
from services.inbox.listing import line_of
from services.joining import invitations, rounds
from services.joining.heard import SEEN, Heard
from services.outbox import queue
from services.ports import Pending, PendingRequest, UnreachableError


async def recover(app: App, account: int) -> int:
    """Find requests that no event told of, compare stored ones with the lists; return how many are new."""
    new = 0
    try:
        pending = await app.qq.pending_requests(account)
        async with app.database.reading() as tx:
            stored = await rows.listed(tx, account, [one.key for one in pending.waiting])
            theirs = await _of_others(app, tx, account, pending)
        known, elsewhere = _named(stored), _named(theirs)
        theirs = [row for row in theirs if row not in known]
        # The newest stand first; what is stored keeps the order in which they were asked.
        for one in reversed(pending.waiting):
            if known.has(one.group_id, one.key, one.user_id):
                continue
            if await _is_taken_over(app, account, one, theirs):
                continue
            if elsewhere.has(one.group_id, one.key, one.user_id):
                continue
            new += await rounds.hear(app, _heard(account, one)) is not None
        await _take_invitations(app, account, pending)
        await _compare(app, account, pending, [*stored, *theirs])
        settled = _shown(pending.settled)
        if any(row.state is RequestState.WAITING and row in settled for row in (*stored, *theirs)):
            await _close(app, account, pending, await app.qq.pending_requests(account))
        await _lapse(app, account, stored)
    except UnreachableError:
        # The account went away meanwhile: the rest is found when it is back.
        return new
    return new


async def _of_others(app: App, tx: Transaction, account: int, pending: Pending) -> list[Listed]:
    """Return listed requests that other accounts of ours heard, in groups that this account serves by now."""
    others = app.own_accounts() - {account}
    keys = [one.key for one in (*pending.waiting, *pending.settled) if not is_reused(one.flag)]
    found = await rows.listed_by(tx, others, keys)
    return [row for row in found if app.qq.account_for(row.group_id) == account]


async def _is_taken_over(app: App, account: int, one: PendingRequest, theirs: Sequence[Listed]) -> bool:
    """Take over a request heard by an account of ours that can't answer it: it serves the group no longer."""
    user_id = one.user_id or next((row.user_id for row in theirs if _is_named(row, one)), 0)
    if not _may_take_over(app, account, one.group_id) or not one.flag or not user_id:
        return False
    async with app.database.transaction() as tx:
        await tx.lock(Lock.REQUEST, one.group_id ^ user_id)
        before = app.now() - rounds.JUST_SETTLED
        found = await open_elsewhere(tx, one.group_id, user_id, account, asked_before=before)
        if found is None or not is_same(one.flag, found.flag, found.asked_at):
            return False
        if not await rows.is_newest(tx, found.id, one.group_id, user_id):
            return False
        return await hand_over(tx, found, account, one.flag, one.key, app.now())


def _may_take_over(app: App, account: int, group_id: int) -> bool:
    return app.qq.account_for(group_id) == account and app.qq.trusts_flags(account)


def _is_named(row: Listed, one: PendingRequest) -> bool:
    return (row.group_id, row.request_key) == (one.group_id, one.key)


def _heard(account: int, one: PendingRequest) -> Heard:
    return Heard(
        account,
        one.group_id,
        one.user_id,
        one.comment,
        one.flag,
        one.nickname,
        one.invitor_id,
        recovered=True,
    )


async def _take_invitations(app: App, account: int, pending: Pending) -> None:
    """Judge invitations raised while nobody listened; where a flag may hit another one, people must."""
    if not pending.invitations or not app.qq.trusts_flags(account):
        return
    inside = {info.group_id for info in await app.qq.group_list(account)}
    for one in reversed(pending.invitations):
        if one.group_id not in inside:
            await invitations.invited(app, account, one.group_id, one.inviter_id, one.flag)


class _Names:
    """Requests by group, key and person; 0 stands for whoever it is."""

    def __init__(self, names: Iterable[tuple[int, str, int]]) -> None:
        self._people: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        for group_id, key, user_id in names:
            self._people[group_id, key].add(user_id)

    def has(self, group_id: int, key: str, user_id: int) -> bool:
        """Tell whether it is among these."""
        people = self._people.get((group_id, key), set[int]())
        return user_id in people or (bool(people) and 0 in {user_id, *people})

    def __contains__(self, row: Listed) -> bool:
        return self.has(row.group_id, row.request_key, row.user_id)


def _shown(listed: Iterable[PendingRequest]) -> _Names:
    return _Names((one.group_id, one.key, one.user_id) for one in listed)


def _named(stored: Iterable[Listed]) -> _Names:
    return _Names((row.group_id, row.request_key, row.user_id) for row in stored)


async def _compare(app: App, account: int, pending: Pending, stored: Sequence[Listed]) -> None:
    """Note what is shown waiting, open again what was closed too soon."""
    waiting, now = _shown(pending.waiting), app.now()
    surely = _shown(one for one in pending.waiting if one.sure)
    seen = [
        row.id
        for row in stored
        if row.state is RequestState.WAITING and row in waiting and not now - SEEN < row.seen_at <= now
    ]
    closed = (RequestState.ELSEWHERE, RequestState.LAPSED)
    again = [row for row in stored if row.state in closed and row in surely]
    if not seen and not again:
        return
    async with app.database.transaction() as tx:
        await rows.seen(tx, seen, now)
        for row in again:
            if row.account == account:
                await _open_again(app, tx, row)
            elif _may_take_over(app, account, row.group_id):
                flag = next(one.flag for one in pending.waiting if _is_named(row, one))
                await _open_again(app, tx, row, account=account, flag=flag, recovered=True)


async def _open_again(app: App, tx: Transaction, row: Listed, **values: object) -> None:
    if await _is_inside(tx, row.group_id, row.user_id) or not await rows.is_newest(
        tx, row.id, row.group_id, row.user_id
    ):
        return
    values |= dict.fromkeys(("settled_by", "settled_at", "settled_as"))
    await rows.settle(tx, row.id, state_was=row.state, state="waiting", seen_at=app.now(), **values)


async def _close(app: App, account: int, first: Pending, second: Pending) -> None:
    """Close what two lists in a row call settled."""
    once, twice = _shown(first.settled), _shown(second.settled)
    async with app.database.transaction() as tx:
        theirs = await _of_others(app, tx, account, first)
        for row in (*await rows.listed(tx, account, ()), *theirs):
            if row in once and row in twice:
                await close_elsewhere(app, tx, row.id, row.group_id, row.user_id)


async def close_elsewhere(
    app: App, tx: Transaction, request_id: int, group_id: int, user_id: int, *, was: str = "waiting"
) -> None:
    """Close a request that somebody settled in QQ itself: approved if the person is in the group now."""
    how = None
    if user_id:
        how = "approve" if await _is_inside(tx, group_id, user_id) else "reject"
    await rows.settle(
        tx,
        request_id,
        state_was=was,
        state="elsewhere",
        settled_by="qq",
        settled_at=app.now(),
        settled_as=how,
    )


async def _is_inside(tx: Transaction, group_id: int, user_id: int) -> bool:
    member = await memberships.membership(tx, group_id, user_id)
    return member is not None and member.is_inside


async def lapse_left(app: App) -> None:
    """Give up requests heard by accounts that are no longer ours: their lists are never read again."""
    async with app.database.transaction() as tx:
        ours = app.own_accounts()
        left = [row for row in await rows.unsettled(tx) if row.account not in ours]
        await _give_up(app, tx, left)


async def _lapse(app: App, account: int, stored: Sequence[Listed]) -> None:
    since = _unseen_since(app)
    if not any(row.state is RequestState.WAITING and row.seen_at <= since for row in stored):
        return
    async with app.database.transaction() as tx:
        await _give_up(app, tx, await rows.listed(tx, account, ()))


def _unseen_since(app: App) -> datetime:
    return app.now() - timedelta(days=app.policy.join.lapse_days)


async def _give_up(app: App, tx: Transaction, waiting: Sequence[Listed | RequestRow]) -> None:
    """Give up requests that no list has shown for `join.lapse_days`, and tell who could have settled them."""
    days = app.policy.join.lapse_days
    for row in waiting:
        if row.seen_at > _unseen_since(app):
            continue
        item = await find(app, tx, "J", row.id)
        if item is None:
            continue
        if not await rows.settle(tx, row.id, state="lapsed", settled_by="bot", settled_at=app.now()):
            continue
        text = HELD["lapsed"].format(line=line_of(app, item), days=days)
        for user_id in item.tell:
            key = f"lapsed:{row.id}:{user_id}"
            await queue(app, tx, to_person(user_id, text, via_group=row.group_id, key=key))
