"""Spot checks as the console lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.engine import Transaction
from db.tables.work import spot_checks
from db.values import ABOVE_ALL, Reader, newest


@dataclass(frozen=True, slots=True)
class Done:
    """A check that was done. `seed`: of a draw on demand; a month's is told with its draw."""

    id: int
    group_id: int
    drawn_by: str
    seed: str
    done_at: datetime
    outcome: str
    findings: Mapping[str, Any] | None

    @property
    def by_code(self) -> Mapping[str, int]:
        """Return how many findings of each duty there were."""
        return (self.findings or {}).get("by_code") or {}

    @property
    def why(self) -> str | None:
        """Return why the group gave no answer, or None."""
        return (self.findings or {}).get("why")


_DONE = Reader(Done, spot_checks)
_NEWEST = newest(_DONE, spot_checks).where(spot_checks.c.done_at.is_not(None))


async def done(tx: Transaction, *, limit: int, below: int | None) -> list[Done]:
    """Return checks that are done, the newest first; `below`: only those with a smaller id."""
    return await _DONE.all(tx, _NEWEST, {"below": below or ABOVE_ALL, "most": limit})
