"""Messages that wait to be said, and can be worded anew until then; and when notes were made or said.

Such notes are made now and then at most: a switch holds when each was last.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, bindparam, delete, select, update

from db.engine import Transaction
from db.tables.work import outbox, switches
from db.values import Reader
from db.writing.made_once import insert_for


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A message that nobody has begun to say."""

    id: int
    payload: Mapping[str, Any]


_UNSAID = Reader(Unsaid, outbox)
_TO_BE_SAID = (
    select(outbox.c.id)
    .where(outbox.c.state.in_(("waiting", "claimed", "verifying")))
    .where(outbox.c.key.like(bindparam("like"), escape="/"))
    .limit(1)
)
_WAITS = (outbox.c.state == "waiting", outbox.c.lane == "message")


async def waiting(tx: Transaction, key: str) -> Unsaid | None:
    """Return the last message that waits and whose key begins so; kept from others until this ends."""
    wanted = _UNSAID.select.where(*_WAITS, outbox.c.key.startswith(key, autoescape=True))
    wanted = wanted.order_by(outbox.c.id.desc()).limit(1)
    return await _UNSAID.one(tx, wanted.with_for_update() if tx.dialect == "postgresql" else wanted)


async def reword(tx: Transaction, row_id: int, payload: Mapping[str, Any]) -> None:
    """Have a message that waits say something else."""
    await tx.execute(update(outbox).where(outbox.c.id == row_id, *_WAITS).values(payload=dict(payload)))


async def call_off(tx: Transaction, beginning: str, at: datetime) -> set[int | None]:
    """Drop the messages that wait and whose key begins so; return whom they were for (None: a group)."""
    waiting = update(outbox).where(*_WAITS, outbox.c.key.startswith(beginning, autoescape=True))
    dropped = waiting.values(state="dropped", key=None, finished_at=at, result="called off")
    return set((await tx.execute(dropped.returning(outbox.c.user_id))).scalars())


async def left_to(tx: Transaction) -> set[int]:
    """Return the accounts that are to say a message, and no other."""
    bound = select(outbox.c.account).where(*_WAITS, outbox.c.account.is_not(None)).distinct()
    return {account for (account,) in await tx.rows(bound)}


async def leave_to_anyone(tx: Transaction, accounts: Collection[int]) -> None:
    """Have whoever can say the messages that wait for these accounts."""
    bound = update(outbox).where(*_WAITS, outbox.c.account.in_(accounts))
    await tx.execute(bound.values(account=None))


async def is_any(tx: Transaction, beginning: str) -> bool:
    """Tell whether a row of the outbox whose key begins so waits, or is in somebody's hands."""
    literal = re.sub(r"[/%_]", r"/\g<0>", beginning)
    return bool(await tx.fetch(_TO_BE_SAID, {"like": f"{literal}%"}))


async def make_note(tx: Transaction, key: str, *, by: str, at: datetime, every: timedelta) -> bool:
    """Write that a note was made at `at`; False, and nothing is written, within `every` of the last time.

    An hour by the clock's face would not do: what is told at 9:58 would be told again at 10:02. Of two who
    tell at once one is True: the other waits for its end.
    """
    row = {"key": key, "value": True, "set_by": by, "set_at": at}
    return bool(await tx.fetch(_make_note(tx.dialect), {**row, "from_": at - every, "to": at + every}))


@cache
def _make_note(dialect: str) -> Executable:
    new = insert_for(dialect)(switches).values({one.name: bindparam(one.name) for one in switches.c})
    # By a clock that was set back the last time lies ahead.
    moment = switches.c.set_at.type
    due = (switches.c.set_at <= bindparam("from_", type_=moment)) | (
        switches.c.set_at >= bindparam("to", type_=moment)
    )
    others = {name: new.excluded[name] for name in ("value", "set_by", "set_at")}
    return new.on_conflict_do_update(index_elements=["key"], set_=others, where=due).returning(switches.c.key)


async def take_back_note(tx: Transaction, key: str, by: str, at: datetime) -> None:
    """Forget a note that was written last by whom and when it is said here."""
    last = (switches.c.key == key, switches.c.set_by == by, switches.c.set_at == at)
    await tx.execute(delete(switches).where(*last))


async def forget_notes(tx: Transaction, beginning: str, before: datetime) -> None:
    """Forget the notes whose keys begin so and that were written last before a moment."""
    these = switches.c.key.startswith(beginning, autoescape=True)
    await tx.execute(delete(switches).where(these, switches.c.set_at < before))
