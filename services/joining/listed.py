"""What QQ's own lists tell of join requests: those no event told of, those people settled, those gone.

Lists are cut, lag and lie. So what is on none of them still waits; what two of them call settled is
closed; and what shows up again is opened again.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from config.phrases.held import HELD
from db.engine import Transaction
from db.queries.groups import memberships
from db.queries.joining import requests as rows
from db.queries.joining.requests import Listed, RequestState
from services.acts import to_person
from services.app import App
from services.inbox.items import find
from services.inbox.listing import line_of
from services.joining import invitations, rounds
from services.joining.heard import Heard
from services.outbox import queue
from services.ports import Pending, PendingRequest, UnreachableError


async def recover(app: App, account: int) -> int:
    """Find what was never heard, and compare what is stored with the lists; return how many were new."""
    new = 0
    try:
        pending = await app.qq.pending_requests(account)
        # The newest stand first; what is stored keeps the order in which they were asked.
        for one in reversed(pending.waiting):
            new += await rounds.hear(app, _heard(account, one)) is not None
        await _take_invitations(app, account, pending)
        if await _compare(app, account, pending):
            await _close(app, account, pending, await app.qq.pending_requests(account))
        await _lapse(app, account)
    except UnreachableError:
        # The account went away meanwhile: the rest is found when it is back.
        return new
    return new


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
    """Judge invitations raised while nobody listened; where flags may hit another one, people must."""
    if not pending.invitations or not app.qq.trusts_flags(account):
        return
    inside = {info.group_id for info in await app.qq.group_list(account)}
    for one in reversed(pending.invitations):
        if one.group_id not in inside:
            await invitations.invited(app, account, one.group_id, one.inviter_id, one.flag)


class _Shown:
    """Requests on a list, to be found again among those stored."""

    def __init__(self, listed: Iterable[PendingRequest]) -> None:
        self._people: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        for one in listed:
            self._people[one.group_id, one.key].add(one.user_id)

    def __contains__(self, row: Listed) -> bool:
        people = self._people.get((row.group_id, row.request_key), set[int]())
        return row.user_id in people or (bool(people) and 0 in {row.user_id, *people})


async def _compare(app: App, account: int, pending: Pending) -> bool:
    """Note what is shown waiting, open again what was closed too soon; tell whether any seems settled."""
    waiting, settled = _Shown(pending.waiting), _Shown(pending.settled)
    surely = _Shown(one for one in pending.waiting if one.sure)
    async with app.database.transaction() as tx:
        stored = await rows.listed(tx, account, [one.key for one in pending.waiting])
        await rows.seen(
            tx, [row.id for row in stored if row.state is RequestState.WAITING and row in waiting], app.now()
        )
        for row in stored:
            if row.state in (RequestState.ELSEWHERE, RequestState.LAPSED) and row in surely:
                await _open_again(app, tx, row)
    return any(row.state is RequestState.WAITING and row in settled for row in stored)


async def _open_again(app: App, tx: Transaction, row: Listed) -> None:
    if await _is_inside(tx, row.group_id, row.user_id) or not await rows.is_newest(
        tx, row.id, row.group_id, row.user_id
    ):
        return
    nobody = dict.fromkeys(("settled_by", "settled_at", "settled_as"))
    await rows.settle(tx, row.id, state_was=row.state, state="waiting", seen_at=app.now(), **nobody)


async def _close(app: App, account: int, first: Pending, second: Pending) -> None:
    """Close what two lists in a row call settled."""
    once, twice = _Shown(first.settled), _Shown(second.settled)
    async with app.database.transaction() as tx:
        for row in await rows.listed(tx, account, ()):
            if row in once and row in twice:
                await close_elsewhere(app, tx, row.id, row.group_id, row.user_id)


async def close_elsewhere(
    app: App, tx: Transaction, request_id: int, group_id: int, user_id: int, *, was: str = "waiting"
) -> None:
    """Close a request that somebody settled in QQ itself; how, the group shows where we know who asked."""
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


async def _lapse(app: App, account: int) -> None:
    """Give up what no list has shown for `join.lapse_days`, and say so to whoever could have settled it."""
    days = app.policy.join.lapse_days
    since = app.now() - timedelta(days=days)
    async with app.database.transaction() as tx:
        for row in await rows.listed(tx, account, ()):
            if row.seen_at > since:
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
