"""What was said of a case to whom, and when it reached them: the clock of blame rests on this."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select, update

from db.engine import Transaction
from db.tables.cases import case_notices
from db.writing.made_once import as_new, update_where
from db.writing.parts import in_parts
from db.writing.upsert import insert_new
from regulation.cases import STARTS_CLOCK
from regulation.plan.limits import Said

_NOBODY = 0
_KEY = ("case_id", "purpose", "user_id")
_OF_CASES = case_notices.c.case_id.in_(bindparam("ids", expanding=True))
_NOT_REACHED = (
    *(case_notices.c[name] == bindparam(f"of_{name}") for name in _KEY),
    case_notices.c.reached_at.is_(None),
)
_FAILED = (*_NOT_REACHED, case_notices.c.failed_at.is_not(None))
_SAID = select(*(case_notices.c[name] for name in (*_KEY, "reached_at"))).where(
    _OF_CASES,
    or_(
        case_notices.c.reached_at.is_not(None),
        case_notices.c.failed_at.is_(None),
        case_notices.c.failed_at > bindparam("since"),
    ),
)
_TOLD = (
    select(case_notices.c.case_id, case_notices.c.user_id, func.min(case_notices.c.reached_at))
    .where(
        _OF_CASES,
        case_notices.c.purpose.in_(STARTS_CLOCK),
        case_notices.c.user_id != _NOBODY,
        case_notices.c.reached_at.is_not(None),
    )
    .group_by(case_notices.c.case_id, case_notices.c.user_id)
)


async def said(
    tx: Transaction, case_ids: Sequence[int], again_since: datetime
) -> dict[Said, datetime | None]:
    """Return what is queued or was said of these cases, with when it reached whom it is for.

    What failed at `again_since` or before is left out: it is to be said again.
    """
    found: dict[Said, datetime | None] = {}
    for part in in_parts(case_ids):
        given = {"ids": part, "since": again_since}
        for case_id, purpose, user_id, reached_at in await tx.fetch(_SAID, given):
            found[(case_id, purpose, user_id or None)] = reached_at
    return found


async def told(tx: Transaction, case_ids: Sequence[int]) -> dict[int, dict[int, datetime]]:
    """Return, by case, whom a notice that starts the clock reached, and when it first did."""
    found: dict[int, dict[int, datetime]] = {case_id: {} for case_id in case_ids}
    for part in in_parts(case_ids):
        for case_id, user_id, reached_at in await tx.fetch(_TOLD, {"ids": part}):
            found[case_id][user_id] = reached_at
    return found


async def ask(tx: Transaction, case_id: int, purpose: str, user_id: int | None, at: datetime) -> bool:
    """Note that this is being said; return False when it was said, or waits to be, already."""
    key = {"case_id": case_id, "purpose": purpose, "user_id": user_id or _NOBODY}
    if await insert_new(tx, case_notices, {**key, "asked_at": at}, on=_KEY):
        return True
    values = {"asked_at": at, "failed_at": None}
    again = update_where(case_notices, _FAILED, tuple(values))
    return await tx.change(again, {f"of_{name}": value for name, value in key.items()} | as_new(values)) == 1


async def note_end(
    tx: Transaction, case_id: int, purpose: str, user_id: int, at: datetime, *, reached: bool
) -> None:
    """Note that it reached whom it is for, the first time, or failed."""
    row = {"case_id": case_id, "purpose": purpose, "user_id": user_id, "asked_at": at}
    await insert_new(tx, case_notices, row, on=_KEY)
    values = {"reached_at": at, "failed_at": None} if reached else {"failed_at": at}
    key = {f"of_{name}": row[name] for name in _KEY}
    await tx.change(update_where(case_notices, _NOT_REACHED, tuple(values)), {**key, **as_new(values)})


async def reached_all(tx: Transaction, case_id: int, at: datetime) -> None:
    """Let what was delivered by a wrong clock count as having reached people only now."""
    pending = (case_notices.c.reached_at.is_(None), case_notices.c.failed_at.is_(None))
    where = (case_notices.c.case_id == case_id, case_notices.c.purpose.in_(STARTS_CLOCK), *pending)
    await tx.execute(update(case_notices).where(*where).values(reached_at=at))


async def take_back(tx: Transaction, case_id: int, purpose: str, user_id: int) -> None:
    """Forget that this was to be said: it was dropped before anybody said it.

    Also that it was to be said to nobody in particular: they were one of those who stood in for that.
    """
    await tx.execute(
        delete(case_notices).where(
            case_notices.c.case_id == case_id,
            case_notices.c.purpose == purpose,
            case_notices.c.user_id.in_((user_id, _NOBODY)),
            case_notices.c.reached_at.is_(None),
        )
    )
