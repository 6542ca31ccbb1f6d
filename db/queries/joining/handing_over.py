"""Join requests in the hands of another account: QQ tells each admin of a group, by a flag of its own."""

from datetime import datetime

from sqlalchemy import select, update

from db.engine import Transaction
from db.queries.joining.gate import OPEN
from db.tables.requests import join_requests
from db.tables.work import outbox


async def hand_over(
    tx: Transaction, group_id: int, user_id: int, account: int, flag: str, key: str, *, asked_before: datetime
) -> bool:
    """Have `account` answer what this person asked of this group through another, before a moment.

    Also what is decided and waits to be said. Returns False where nothing is, or it is being said just now.
    """
    others = select(join_requests.c.id, join_requests.c.state).where(
        join_requests.c.group_id == group_id,
        join_requests.c.user_id == user_id,
        join_requests.c.state.in_(OPEN),
        join_requests.c.account != account,
        join_requests.c.asked_at < asked_before,
    )
    found = (await tx.execute(others.order_by(join_requests.c.id.desc()).limit(1))).one_or_none()
    if found is None or (found.state == "answering" and not await _answer_by(tx, found.id, account, flag)):
        return False
    values = {"account": account, "flag": flag, "request_key": key, "recovered": True}
    await tx.execute(update(join_requests).where(join_requests.c.id == found.id).values(**values))
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
