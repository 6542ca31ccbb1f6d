"""Spot checks as the console lists them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from db.engine import Transaction
from db.queries.cases.spot_checks import Findings, Outcome
from db.tables.work import spot_checks
from db.values import Reader


@dataclass(frozen=True, slots=True)
class Done:
    """A check that was done. `seed`: of a draw on demand; a month's is told with its draw."""

    id: int
    group_id: int
    drawn_by: str
    seed: str
    done_at: datetime
    outcome: Outcome
    findings: Findings | None


_DONE = Reader(Done, spot_checks)
_AT = spot_checks.c.done_at
_BEFORE = spot_checks.c.id < bindparam("below")
# A month's checks have their ids before their moments.
_NEWEST = (
    _DONE.select.where(_AT.is_not(None))
    .order_by(_AT.desc(), spot_checks.c.id.desc())
    .limit(bindparam("most"))
)
_SHOWN = select(_AT).where(spot_checks.c.id == bindparam("below")).scalar_subquery()
_OLDER = _NEWEST.where(or_(_AT < _SHOWN, and_(_AT == _SHOWN, _BEFORE)))


async def done(tx: Transaction, *, limit: int, below: int | None) -> list[Done]:
    """Return checks, those done last first; `below`: only those done before that one."""
    if below is None:
        return await _DONE.all(tx, _NEWEST, {"most": limit})
    return await _DONE.all(tx, _OLDER, {"most": limit, "below": below})
