"""Spot checks: each month's draw, and what each found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from db.engine import Transaction
from db.tables.work import spot_checks, spot_draws
from db.values import Reader
from db.writing.made_once import as_new, insert_for, update_where


@dataclass(frozen=True, slots=True)
class SpotCheckRow:
    """A drawn check. `due_at`: when the seed has it fall due, from `after` on; `tries`: what came to naught.

    `missed_at`: when it should have been. `outcome`: clean, findings or unknown, with its `findings`.
    """

    id: int
    group_id: int
    month: str
    drawn_by: str
    seed: str
    after: datetime | None
    due_at: datetime
    missed_at: datetime | None
    tries: Sequence[Mapping[str, Any]] | None
    done_at: datetime | None
    outcome: str | None
    findings: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class StoredDraw:
    """A month's draw. `seed`: None until the month is over. `calendar`: start, end, days as text."""

    month: str
    commitment: str
    calendar: Mapping[str, Any]
    groups: Sequence[int]
    made_at: datetime
    seed: str | None


_ROWS = Reader(SpotCheckRow, spot_checks)
_DRAWS = Reader(StoredDraw, spot_draws)
_NOT_DONE = (spot_checks.c.id == bindparam("of"), spot_checks.c.done_at.is_(None))
_PENDING = _ROWS.select.where(spot_checks.c.done_at.is_(None)).order_by(spot_checks.c.id)
_DRAWN = select(spot_checks.c.group_id).where(
    spot_checks.c.month == bindparam("month"), spot_checks.c.drawn_by == bindparam("drawn_by")
)


async def add(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write drawn checks; return the ids of the new ones: the bot draws a group once a month."""
    if not rows:
        return []
    made: list[int] = []
    for row in rows:
        new = insert_for(tx.dialect)(spot_checks).values(**row).on_conflict_do_nothing()
        made += (await tx.execute(new.returning(spot_checks.c.id))).scalars()
    return made


async def get_many(tx: Transaction, check_ids: Sequence[int]) -> list[SpotCheckRow]:
    """Return these checks, by id."""
    wanted = _ROWS.select.where(spot_checks.c.id.in_(check_ids)).order_by(spot_checks.c.id)
    return await _ROWS.all(tx, wanted)


async def drawn_groups(tx: Transaction, month: str, drawn_by: str) -> set[int]:
    """Return the groups for which somebody drew a check in a month."""
    found = await tx.fetch(_DRAWN, {"month": month, "drawn_by": drawn_by})
    return {group_id for (group_id,) in found}


async def pending(tx: Transaction) -> list[SpotCheckRow]:
    """Return the checks that are not done, by id; when each is due, only the seed says."""
    return await _ROWS.all(tx, _PENDING, {})


async def of_month(tx: Transaction, month: str, drawn_by: str) -> list[SpotCheckRow]:
    """Return what somebody drew in a month, by id."""
    mine = (spot_checks.c.month == month, spot_checks.c.drawn_by == drawn_by)
    return await _ROWS.all(tx, _ROWS.select.where(*mine).order_by(spot_checks.c.id))


async def draws(tx: Transaction) -> dict[str, StoredDraw]:
    """Return every month's draw."""
    return {one.month: one for one in await _DRAWS.all(tx, _DRAWS.select, {})}


async def commit_draw(tx: Transaction, **values: Any) -> bool:
    """Write a month's draw; False when it was written already."""
    new = insert_for(tx.dialect)(spot_draws).values(**values).on_conflict_do_nothing()
    return (await tx.execute(new.returning(spot_draws.c.month))).first() is not None


async def reveal(tx: Transaction, month: str, seed: str, at: datetime) -> bool:
    """Write a month's seed, once."""
    where = (spot_draws.c.month == month, spot_draws.c.seed.is_(None))
    told = update(spot_draws).where(*where).values(seed=seed, revealed_at=at)
    return (await tx.execute(told)).rowcount == 1


async def last_done(tx: Transaction, group_id: int, before_id: int) -> SpotCheckRow | None:
    """Return a group's latest finished check besides `before_id` itself, or None."""
    wanted = _ROWS.select.where(
        spot_checks.c.group_id == group_id,
        spot_checks.c.id != before_id,
        spot_checks.c.done_at.is_not(None),
        spot_checks.c.outcome.in_(("clean", "findings")),
    )
    return await _ROWS.one(tx, wanted.order_by(spot_checks.c.done_at.desc()).limit(1))


async def finish(tx: Transaction, check_id: int, **values: Any) -> bool:
    """Write a check's outcome if it has none yet; return whether it had none: once, by one."""
    where = (spot_checks.c.id == check_id, spot_checks.c.done_at.is_(None))
    return (await tx.execute(update(spot_checks).where(*where).values(**values))).rowcount == 1


async def change(tx: Transaction, check_id: int, **values: Any) -> None:
    """Change columns of a check that isn't done yet."""
    await tx.change(update_where(spot_checks, _NOT_DONE, tuple(values)), {"of": check_id, **as_new(values)})


async def coverage(tx: Transaction, month: str) -> dict[int, datetime]:
    """Return when each group was last inspected with an answer (clean or findings) in a month."""
    wanted = (
        select(spot_checks.c.group_id, func.max(spot_checks.c.done_at))
        .where(spot_checks.c.month == month, spot_checks.c.outcome.in_(("clean", "findings")))
        .group_by(spot_checks.c.group_id)
    )
    found: list[Any] = list(await tx.execute(wanted))
    return {row[0]: row[1] for row in found}
