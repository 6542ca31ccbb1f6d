"""Spot checks as the console lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from db.engine import Transaction
from db.tables.work import spot_checks


@dataclass(frozen=True, slots=True)
class Done:
    """A check that was done. `seed`: of a draw on demand; a month's is told with its draw."""

    id: int
    group_id: int
    drawn_by: str
    seed: str
    done_at: datetime
    outcome: str
    by_code: Mapping[str, int]
    why: str | None


async def done(tx: Transaction, *, limit: int, below: int | None) -> list[Done]:
    """Return checks that are done, the newest first; `below`: only those with a smaller id."""
    query = select(spot_checks).where(spot_checks.c.done_at.is_not(None))
    if below is not None:
        query = query.where(spot_checks.c.id < below)
    found = await tx.execute(query.order_by(spot_checks.c.id.desc()).limit(limit))
    return [_done(row) for row in found.mappings()]


def _done(row: RowMapping) -> Done:
    said: dict[str, Any] = row["findings"] or {}
    columns = ("id", "group_id", "drawn_by", "seed", "done_at", "outcome")
    return Done(*(row[name] for name in columns), by_code=said.get("by_code") or {}, why=said.get("why"))
