"""Messages that wait to be said, and can be worded anew until then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from db.engine import Transaction
from db.tables.work import outbox
from db.values import Reader


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A message that nobody has begun to say."""

    id: int
    payload: Mapping[str, Any]


_UNSAID = Reader(Unsaid, outbox)
_WAITS = (outbox.c.state == "waiting", outbox.c.lane == "message")


async def waiting(tx: Transaction, key: str) -> Unsaid | None:
    """Return the last message that waits and whose key begins so; kept from others until this ends."""
    wanted = _UNSAID.select.where(*_WAITS, outbox.c.key.startswith(key, autoescape=True))
    wanted = wanted.order_by(outbox.c.id.desc()).limit(1)
    return await _UNSAID.one(tx, wanted.with_for_update() if tx.dialect == "postgresql" else wanted)


async def reword(tx: Transaction, row_id: int, payload: Mapping[str, Any]) -> None:
    """Have a message that waits say something else."""
    await tx.execute(update(outbox).where(outbox.c.id == row_id, *_WAITS).values(payload=dict(payload)))


async def left_to(tx: Transaction) -> set[int]:
    """Return the accounts that are to say a message, and no other."""
    bound = select(outbox.c.account).where(*_WAITS, outbox.c.account.is_not(None)).distinct()
    return {account for (account,) in await tx.rows(bound)}


async def leave_to_anyone(tx: Transaction, accounts: Collection[int]) -> None:
    """Have whoever can say the messages that wait for these accounts."""
    bound = update(outbox).where(*_WAITS, outbox.c.account.in_(accounts))
    await tx.execute(bound.values(account=None))
