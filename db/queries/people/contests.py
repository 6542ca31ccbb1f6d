"""QQ numbers verified for one employee that a roster names for another: who, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, insert, select, update

from db.engine import Transaction
from db.tables.identities import contests
from db.values import Reader


class ContestState(StrEnum):
    """Where a contest stands. Moved, kept: as admin staff decided; ended: it came to nothing."""

    WAITING = "waiting"
    MOVED = "moved"
    KEPT = "kept"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A QQ number that is verified for the `holder`, and that an import names for the `claimant`."""

    id: int
    user_id: int
    holder: str
    claimant: str
    import_id: int | None
    made_at: datetime
    state: ContestState
    settled_by: str | None
    settled_at: datetime | None


_ROWS = Reader(ContestRow, contests)
_WAITING = _ROWS.select.where(contests.c.state == "waiting").order_by(contests.c.id)
_CONTESTED = select(contests.c.user_id).where(contests.c.state == "waiting")
_BY_ID = _ROWS.select.where(contests.c.id == bindparam("of"))


async def add(
    tx: Transaction, contested: Sequence[tuple[int, str, str]], import_id: int, at: datetime
) -> list[int]:
    """Note claims (QQ number, holder, claimant) of an import, one a QQ number; return the new ones' ids."""
    busy = await contested_now(tx)
    made: list[int] = []
    for qq, holder, claimant in contested:
        if qq in busy:
            continue
        busy.add(qq)
        row = {"user_id": qq, "holder": holder, "claimant": claimant, "import_id": import_id, "made_at": at}
        found = await tx.execute(insert(contests).values(**row, state="waiting").returning(contests.c.id))
        made.append(found.scalar_one())
    return made


async def claims(tx: Transaction) -> set[tuple[int, str, str]]:
    """Return the claims (QQ number, holder, claimant) that wait, or that admin staff have decided."""
    columns = (contests.c.user_id, contests.c.holder, contests.c.claimant)
    found = await tx.execute(select(*columns).where(contests.c.state != "ended"))
    return {(row.user_id, row.holder, row.claimant) for row in found}


async def waiting(tx: Transaction) -> list[ContestRow]:
    """Return what waits for admin staff, oldest first."""
    return await _ROWS.all(tx, _WAITING)


async def get(tx: Transaction, contest_id: int) -> ContestRow | None:
    """Return one, settled or not, or None."""
    return await _ROWS.one(tx, _BY_ID, {"of": contest_id})


async def contested_now(tx: Transaction) -> set[int]:
    """Return the QQ numbers about which nothing is decided yet."""
    return {user_id for (user_id,) in await tx.fetch(_CONTESTED, {})}


async def settle(tx: Transaction, contest_id: int, state: str, by: str, at: datetime) -> bool:
    """Settle one that waits; return whether it did: once, by one."""
    where = (contests.c.id == contest_id, contests.c.state == "waiting")
    values = {"state": state, "settled_by": by, "settled_at": at}
    return (await tx.execute(update(contests).where(*where).values(**values))).rowcount == 1


async def moved_by(tx: Transaction, import_id: int) -> list[ContestRow]:
    """Return those of an import that admin staff decided for whom it named."""
    where = (contests.c.import_id == import_id, contests.c.state == ContestState.MOVED.value)
    return await _ROWS.all(tx, _ROWS.select.where(*where).order_by(contests.c.id))


async def unsettle(tx: Transaction, contest_id: int) -> None:
    """Have one that was decided come to nothing: the same claim is asked about anew."""
    await tx.execute(update(contests).where(contests.c.id == contest_id).values(state="ended"))


async def end_of(tx: Transaction, user_id: int, by: str, at: datetime) -> None:
    """End what waits about a QQ number: somebody has said whose it is."""
    where = (contests.c.user_id == user_id, contests.c.state == "waiting")
    await tx.execute(update(contests).where(*where).values(state="ended", settled_by=by, settled_at=at))


async def undo(tx: Transaction, import_id: int) -> list[int]:
    """Take back what an import that is undone had contested and nobody settled; return the QQ numbers."""
    where = (contests.c.import_id == import_id, contests.c.state == "waiting")
    wanted = update(contests).where(*where).values(state="ended", settled_by="bot")
    return list((await tx.execute(wanted.returning(contests.c.user_id))).scalars())
