"""Withheld removal batches, and what was confirmed of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, insert, select, update

from db.engine import Transaction
from db.tables.cases import removal_batches
from db.values import Reader
from regulation.actions import Remove


class BatchState(StrEnum):
    """Where a batch stands. Replaced: it is shown again, with more in it, under another number."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """Removals that were withheld together. `why`: which brake held them."""

    id: int
    made_at: datetime
    expires_at: datetime
    why: str
    removals: tuple[Remove, ...]
    state: BatchState
    settled_by: str | None
    settled_at: datetime | None


_ROWS = Reader(BatchRow, removal_batches)
_BY_ID = _ROWS.select.where(removal_batches.c.id == bindparam("of"))
_WAITING = _ROWS.select.where(removal_batches.c.state == "waiting").order_by(removal_batches.c.id)
_CURRENT = removal_batches.c.state.in_(("waiting", "confirmed")) & (
    removal_batches.c.expires_at > bindparam("now")
)
_TURNED_DOWN = removal_batches.c.state.in_(("dropped", "lapsed")) & (
    removal_batches.c.settled_at > bindparam("turned_down_since")
)
_IN_FORCE = select(removal_batches.c.state, removal_batches.c.removals).where(_CURRENT | _TURNED_DOWN)


async def add(
    tx: Transaction,
    *,
    made_at: datetime,
    expires_at: datetime,
    why: str,
    removals: Sequence[Remove],
) -> int:
    """Store a batch; return its id."""
    values = {"made_at": made_at, "expires_at": expires_at, "why": why, "state": "waiting"}
    made = insert(removal_batches).values(**values, removals=[asdict(one) for one in removals])
    return (await tx.execute(made.returning(removal_batches.c.id))).scalar_one()


async def get(tx: Transaction, batch_id: int) -> BatchRow | None:
    """Return one batch, or None."""
    return await _ROWS.one(tx, _BY_ID, {"of": batch_id})


async def waiting(tx: Transaction) -> list[BatchRow]:
    """Return every batch that waits for admin staff, oldest first."""
    return await _ROWS.all(tx, _WAITING, {})


async def settle(tx: Transaction, batch_id: int, state: str, by: str, at: datetime) -> bool:
    """End a waiting batch; return whether it was still waiting: once, by one."""
    where = (removal_batches.c.id == batch_id, removal_batches.c.state == "waiting")
    values = {"state": state, "settled_by": by, "settled_at": at}
    return (await tx.execute(update(removal_batches).where(*where).values(**values))).rowcount == 1


async def case_states(tx: Transaction, now: datetime) -> tuple[frozenset[int], frozenset[int]]:
    """Return the case ids that nobody may act on now, and those released by a confirmation.

    The first await a confirmation, or were dropped or left to lapse within the last 20 hours:
    they are shown again at the next nightly audit, not at once.
    """
    awaiting: set[int] = set()
    released: set[int] = set()
    given = {"now": now, "turned_down_since": now - timedelta(hours=20)}
    for state, removals in await tx.fetch(_IN_FORCE, given):
        (released if state == "confirmed" else awaiting).update(one["case_id"] for one in removals)
    return frozenset(awaiting), frozenset(released - awaiting)


async def keep(tx: Transaction, batch_id: int, removals: Sequence[Remove]) -> None:
    """Have a batch be about these alone, while it waits: what was settled stays as it was."""
    where = (removal_batches.c.id == batch_id, removal_batches.c.state == "waiting")
    values = {"removals": [asdict(one) for one in removals]}
    await tx.execute(update(removal_batches).where(*where).values(**values))


async def extend(tx: Transaction, batch_id: int, until: datetime) -> None:
    """Set how long a batch counts."""
    await tx.execute(update(removal_batches).where(removal_batches.c.id == batch_id).values(expires_at=until))
