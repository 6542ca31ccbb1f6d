"""Spot checks: each month's draw, and what each found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, select, update

from db.engine import Transaction
from db.tables.work import spot_checks, spot_draws
from db.values import Reader, as_json, written
from db.writing.made_once import as_new, insert_for, update_where


class Outcome(StrEnum):
    """What a check came to. Unknown: the group could not be read, or its month was over."""

    CLEAN = "clean"
    FINDINGS = "findings"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Try:
    """A time that came to nothing, drawn from the moments behind `after`. `why`: missed, or unknown."""

    after: datetime | None
    due: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found, how often by duty. `quiet`: how many of these were waived or dismissed.

    `why`: why the group gave no answer.
    """

    by_code: Mapping[str, int] = field(default_factory=dict[str, int])
    why: str | None = None
    quiet: int = 0

    @property
    def total(self) -> int:
        """Return how many findings there were."""
        return sum(self.by_code.values())


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a month's checks may fall due: on these days, between these hours."""

    start: time
    end: time
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class SpotCheckRow:
    """A drawn check. `due_at`: when the seed has it fall due, from `after` on; `tries`: what came to nothing.

    `missed_at`: when it should have been. `outcome` and `findings`: None until it is done.
    """

    id: int
    group_id: int
    month: str
    drawn_by: str
    seed: str
    after: datetime | None
    due_at: datetime
    missed_at: datetime | None
    tries: tuple[Try, ...] | None
    done_at: datetime | None
    outcome: Outcome | None
    findings: Findings | None


@dataclass(frozen=True, slots=True)
class StoredDraw:
    """A month's draw, with the calendar it was promised by. `seed`: None until the month is over."""

    month: str
    commitment: str
    calendar: Calendar
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


async def add(
    tx: Transaction,
    group_ids: Iterable[int],
    *,
    month: str,
    drawn_by: str,
    seed: str,
    after: datetime | None,
    due_at: datetime,
) -> list[int]:
    """Write checks drawn together; return the ids of the new ones: the bot draws a group once a month."""
    values = {"month": month, "drawn_by": drawn_by, "seed": seed, "after": after, "due_at": due_at}
    made: list[int] = []
    for group_id in group_ids:
        row = insert_for(tx.dialect)(spot_checks).values(group_id=group_id, **values)
        new = row.on_conflict_do_nothing()
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


async def commit_draw(tx: Transaction, draw: StoredDraw) -> bool:
    """Write a month's draw; False when it was written already."""
    new = insert_for(tx.dialect)(spot_draws).values(**written(draw)).on_conflict_do_nothing()
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


async def finish(
    tx: Transaction,
    row: SpotCheckRow,
    outcome: Outcome,
    findings: Findings,
    at: datetime,
    *,
    missed_at: datetime,
) -> None:
    """Write a check's outcome if it has none yet. `missed_at`: when it should have been."""
    values = {
        "done_at": at,
        "due_at": row.due_at,
        "outcome": outcome.value,
        "findings": as_json(findings),
        "late": max(0.0, (at - missed_at).total_seconds()),
    }
    where = (spot_checks.c.id == row.id, spot_checks.c.done_at.is_(None))
    await tx.execute(update(spot_checks).where(*where).values(**values))


async def put_off(tx: Transaction, row: SpotCheckRow, why: str, to: datetime, **values: Any) -> None:
    """Have a check that isn't done yet fall due in the moments behind `to`: this time came to nothing."""
    tries = (*(row.tries or ()), Try(row.after, row.due_at, why))
    values |= {"after": to, "tries": as_json(tries)}
    await tx.change(update_where(spot_checks, _NOT_DONE, tuple(values)), {"of": row.id, **as_new(values)})


async def coverage(tx: Transaction, month: str) -> dict[int, datetime]:
    """Return when each group was last inspected with an answer (clean or findings) in a month."""
    wanted = (
        select(spot_checks.c.group_id, func.max(spot_checks.c.done_at))
        .where(spot_checks.c.month == month, spot_checks.c.outcome.in_(("clean", "findings")))
        .group_by(spot_checks.c.group_id)
    )
    found: list[Any] = list(await tx.execute(wanted))
    return {row[0]: row[1] for row in found}
