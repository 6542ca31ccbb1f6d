"""Join requests in the hands of another account: QQ tells each admin of a group, by a flag of its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from db.engine import Transaction
from db.queries.joining.gate import OPEN
from db.queries.joining.requests import RequestState
from db.tables.requests import join_requests
from db.tables.work import outbox
from db.values import Reader


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What somebody asked through another account of ours, and is not settled."""

    id: int
    flag: str
    state: RequestState
    asked_at: datetime


_ELSEWHERE = Reader(Elsewhere, join_requests)


async def open_elsewhere(
    tx: Transaction, group_id: int, user_id: int, account: int, *, asked_before: datetime
) -> Elsewhere | None:
    """Return what this person asked last of this group through another before a moment, if that is open."""
    wanted = _ELSEWHERE.select.where(
        join_requests.c.group_id == group_id,
        join_requests.c.user_id == user_id,
        join_requests.c.state.in_(OPEN),
        join_requests.c.account != account,
        join_requests.c.asked_at < asked_before,
    )
    return await _ELSEWHERE.one(tx, wanted.order_by(join_requests.c.id.desc()).limit(1))


async def hand_over(
    tx: Transaction, request: Elsewhere, account: int, flag: str, key: str, at: datetime
) -> bool:
    """Have `account` answer it, also what is decided and waits to be said; QQ shows it waiting now.

    Returns False where that is being said just now.
    """
    if request.state is RequestState.ANSWERING and not await _answer_by(tx, request.id, account, flag):
        return False
    values = {"account": account, "flag": flag, "request_key": key, "recovered": True, "seen_at": at}
    await tx.execute(update(join_requests).where(join_requests.c.id == request.id).values(**values))
    return True


async def _answer_by(tx: Transaction, request_id: int, account: int, flag: str) -> bool:
    keys = [f"answer:{request_id}:{by}" for by in ("gate", "human")]
    waiting = (outbox.c.key.in_(keys), outbox.c.state == "waiting")
    row = (await tx.execute(select(outbox.c.id, outbox.c.payload).where(*waiting))).one_or_none()
    if row is None:
        return False
    values = {"account": account, "payload": {**row.payload, "flag": flag, "recovered": True}}
    changed = update(outbox).where(outbox.c.id == row.id, outbox.c.state == "waiting").values(**values)
    return (await tx.execute(changed)).rowcount == 1
