"""Join requests: store → decide → answer. The verdict is durable before QQ hears of it."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from config.phrases.held import HELD
from config.phrases.joining import REPLIES
from db.engine import Transaction
from db.locks import Lock
from db.queries import groups as group_rows
from db.queries import requests as rows
from regulation.identity import mask_digits
from regulation.join_gate import Answer, JoinRequest, Verdict, decide
from regulation.model import Group
from regulation.policy import Mode
from services import identities, join_notices, known_requests, registry
from services.app import App
from services.groups import effective_mode, load_group
from services.outbox import Act, ActKind, Priority, queue
from services.ports import Pending, PendingRequest, UnreachableError
from services.settling import Settled

FURTHER_BACK = timedelta(seconds=60)  # requests are stored in about the order they were asked
WAVE = timedelta(minutes=10)
_locks: defaultdict[tuple[int, int], asyncio.Lock] = defaultdict(asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as heard from one account. `recovered`: found in a list, not told by an event."""

    account: int
    group_id: int
    user_id: int
    comment: str
    flag: str
    nickname: str = ""
    invitor_id: int | None = None
    recovered: bool = False

    @property
    def request(self) -> JoinRequest:
        """Return what the gate judges."""
        return JoinRequest(
            self.group_id, self.user_id, self.comment, self.flag, self.invitor_id, self.recovered
        )


async def hear(app: App, heard: Heard) -> Verdict | None:
    """Take in one request: store it with its verdict and queue the answer. None when it was known already."""
    if _belongs_elsewhere(app, heard):
        return None
    lock = _locks[heard.group_id, heard.user_id]
    async with lock, app.database.transaction() as tx:
        await tx.lock(Lock.REQUEST, heard.group_id ^ heard.user_id)
        verdict = await _take(app, tx, heard)
    if not lock.locked():
        _locks.pop((heard.group_id, heard.user_id), None)
    if verdict is not None and verdict.bind:
        await registry.refresh(app)
    return verdict


def _belongs_elsewhere(app: App, heard: Heard) -> bool:
    """Tell whether another connected account of ours serves the group, and so answers."""
    serving = app.qq.account_for(heard.group_id)
    return serving is not None and serving != heard.account


async def _take(app: App, tx: Transaction, heard: Heard) -> Verdict | None:
    if await known_requests.is_known(app, tx, heard):
        return None
    if not heard.recovered:
        await _supersede(app, tx, heard)
    group = await load_group(app, tx, heard.group_id)
    verdict = await _verdict(app, tx, heard, group)
    answers = verdict.answer is not Answer.HOLD and await effective_mode(app, tx, group) is Mode.ENFORCE
    request_id = await rows.add(tx, _row(app, heard, verdict, answers=answers))
    if request_id is None:
        return None
    await follow_verdict(app, tx, request_id, heard, group, verdict, answers=answers)
    return verdict


async def _supersede(app: App, tx: Transaction, heard: Heard) -> None:
    """Who asks again replaces what they asked before, if that still waits."""
    for row in await rows.unsettled(tx, group_id=heard.group_id, user_id=heard.user_id):
        await rows.settle(tx, row["id"], state="lapsed", settled_by="bot", settled_at=app.now())


async def _verdict(app: App, tx: Transaction, heard: Heard, group: Group) -> Verdict:
    locks = await identities.locks(app, tx, heard.user_id)
    verdict = decide(
        heard.request,
        group,
        app.registry,
        app.policy,
        locks,
        app.phone_key,
        app.now(),
        trusted_flags=app.qq.trusts_flags(heard.account),
    )
    asked = await rows.count_since(tx, heard.group_id, app.now() - WAVE)
    if asked >= app.policy.join.wave_limit and verdict.answer is not Answer.HOLD:
        await join_notices.wave(app, tx, heard.group_id, asked)
        return replace(verdict, answer=Answer.HOLD, row=0, reason="wave", bind=False)
    return verdict


async def follow_verdict(
    app: App, tx: Transaction, request_id: int, heard: Heard, group: Group, verdict: Verdict, *, answers: bool
) -> None:
    """Do in the same transaction what a verdict brings: identity, counts, the answer, or the inbox."""
    if verdict.count_qq:
        await identities.count_wrong_proof(app, tx, heard.user_id, verdict.count_employee_no, "join")
    if verdict.bind and verdict.employee_no is not None:
        await identities.bind(app, tx, heard.user_id, verdict.employee_no, "proof", str(heard.user_id))
    if answers:
        approve = verdict.answer is Answer.APPROVE
        await queue(
            app, tx, answer_act(heard, request_id, approve=approve, reason=REPLIES.get(verdict.reply, ""))
        )
    else:
        app.tally.left_to_people(heard.account, heard.flag)
        await join_notices.held(app, tx, request_id, heard, group, verdict)


def answer_act(heard: Heard, request_id: int, *, approve: bool, reason: str, by: str = "") -> Act:
    """Return the act that answers a request in QQ."""
    return Act(
        ActKind.ANSWER_REQUEST,
        Priority.ANSWER,
        {
            "flag": heard.flag,
            "approve": approve,
            "reason": "" if approve else reason[:30],
            "request_id": request_id,
            "by": by,
        },
        group_id=heard.group_id,
        user_id=heard.user_id,
        account=heard.account,
        key=f"answer:{request_id}:{'human' if by else 'gate'}",
    )


def _row(app: App, heard: Heard, verdict: Verdict, *, answers: bool) -> dict[str, Any]:
    return {
        "account": heard.account,
        "flag": heard.flag or f"unreadable:{app.now().timestamp()}",
        "group_id": heard.group_id,
        "user_id": heard.user_id,
        "nickname": heard.nickname[:200],
        "comment": mask_digits(heard.comment)[:1000],
        "invitor_id": heard.invitor_id or None,
        "recovered": heard.recovered,
        "asked_at": app.now(),
        "verdict": verdict.answer.value,
        "row": verdict.row,
        "reason": verdict.reason,
        "clause": verdict.clause,
        "inputs": {"registry": app.registry.version, **verdict.evidence},
        "employee_no": verdict.employee_no,
        "state": "answering" if answers else "waiting",
    }


async def settle(app: App, request_id: int, *, approve: bool, by: int, reason: str = "") -> Settled:
    """Answer a waiting request as a human decided; once, by whoever is first (rights are the caller's)."""
    async with app.database.transaction() as tx:
        row = await rows.get(tx, request_id)
        if row is None:
            return Settled(False, HELD["unknown"])
        values: dict[str, Any] = {
            "settled_by": str(by),
            "settled_at": app.now(),
            "settled_as": "approve" if approve else "reject",
        }
        if not await rows.settle(tx, request_id, state="answering", **values):
            return Settled(False, join_notices.settled_already(app, row))
        heard = heard_of(row)
        if approve and row["row"] == 6 and row["employee_no"]:
            await identities.bind(app, tx, row["user_id"], row["employee_no"], "admin", str(by))
        text = (reason.strip() or HELD["default_reject"])[:30]
        await queue(app, tx, answer_act(heard, request_id, approve=approve, reason=text, by=str(by)))
        await join_notices.note_settled(app, tx, row, approve=approve, by=by, reason=reason)
    await registry.refresh(app)
    return Settled(True, HELD["approved" if approve else "rejected"].format(id=request_id))


def heard_of(row: dict[str, Any]) -> Heard:
    """Return a stored request as it was heard (its comment is masked)."""
    return Heard(
        row["account"],
        row["group_id"],
        row["user_id"],
        row["comment"],
        row["flag"],
        row["nickname"],
        row["invitor_id"],
        row["recovered"],
    )


async def decide_waiting(app: App, group_id: int, employee_no: str | None = None) -> int:
    """Decide this group's waiting requests anew, where an identity or a known claim allows it.

    After a filing was approved or an early admission consented to. The full comment is never
    stored, so a request without an identity keeps waiting for a human unless its proof held then.
    """
    done = 0
    async with app.database.transaction() as tx:
        group = await load_group(app, tx, group_id)
        if await effective_mode(app, tx, group) is not Mode.ENFORCE:
            return 0
        for row in await rows.unsettled(tx, take=True, group_id=group_id):
            if employee_no is not None and row["employee_no"] != employee_no:
                continue
            done += await _decide_again(app, tx, row, group)
    return done


async def _decide_again(app: App, tx: Transaction, row: dict[str, Any], group: Group) -> int:
    if app.registry.employee_of(row["user_id"]) is None:
        return 0
    heard = heard_of(row)
    verdict = await _verdict(app, tx, heard, group)
    if verdict.answer is Answer.HOLD:
        return 0
    values: dict[str, Any] = {"verdict": verdict.answer.value, "row": verdict.row, "reason": verdict.reason}
    if not await rows.settle(
        tx, row["id"], state="answering", settled_by="bot", settled_at=app.now(), **values
    ):
        return 0
    await follow_verdict(app, tx, row["id"], heard, group, verdict, answers=True)
    return 1


async def recover(app: App, account: int) -> int:
    """Find requests that were never heard and close those settled elsewhere; return how many were new."""
    began = app.now()
    try:
        pending = await app.qq.pending_requests(account)
    except UnreachableError:
        return 0
    new = 0
    # The newest stand first; what is stored keeps the order in which they were asked.
    for one in reversed(pending):
        new += await hear(app, _recovered(account, one)) is not None
    await _close_settled_elsewhere(app, account, pending, began)
    return new


def _recovered(account: int, one: PendingRequest) -> Heard:
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


async def _close_settled_elsewhere(
    app: App, account: int, pending: Sequence[PendingRequest], began: datetime
) -> None:
    """A request that waits here, but no longer in QQ, was settled by a human in QQ.

    Long lists hold the newest only: there it must be listed as settled, or an older one be listed still.
    """
    listed = pending if isinstance(pending, Pending) else Pending(pending)
    still = {one.flag for one in pending} | {(one.group_id, one.user_id) for one in pending}
    async with app.database.transaction() as tx:
        reach = None if listed.short else await rows.oldest_of(tx, account, listed.flags())
        for row in await rows.unsettled(tx, take=True, account=account):
            sure = listed.short or row["flag"] in listed.settled
            if not sure and (reach is None or reach > row["asked_at"] - FURTHER_BACK):
                continue
            if row["flag"] in still or (row["group_id"], row["user_id"]) in still:
                continue
            # What was asked since the list was read can't be on it, however long it took to go through.
            if row["asked_at"] > began - timedelta(seconds=10):
                continue
            await close_elsewhere(app, tx, row)


async def close_elsewhere(app: App, tx: Transaction, row: dict[str, Any]) -> None:
    """Close a waiting request that somebody settled in QQ itself."""
    member = await group_rows.membership(tx, row["group_id"], row["user_id"])
    inside = member is not None and member["gone_at"] is None
    how = "approve" if inside else "reject"
    values: dict[str, Any] = {"settled_by": "qq", "settled_at": app.now(), "settled_as": how}
    await rows.settle(tx, row["id"], state_was=row["state"], state="elsewhere", **values)
