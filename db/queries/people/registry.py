"""The registry's version, what changed with each, and the departments in use."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, cast, delete, func, insert, or_, select, update

from db.engine import Transaction
from db.tables.registry import departments, employees, registry_changes, registry_state
from db.writing.bulk import among
from db.writing.parts import in_parts
from db.writing.upsert import insert_new

_ROW = 1
_PART = 2000
_KEPT_VERSIONS = 500
_SWEEP_EVERY = 50
_UP = (
    update(registry_state)
    .where(registry_state.c.id == _ROW)
    .values(version=registry_state.c.version + 1)
    .returning(registry_state.c.version)
)
_CHANGED = insert(registry_changes).returning(registry_changes.c.version)
_VERSION = select(registry_state.c.version).where(registry_state.c.id == _ROW)
_HELD = _VERSION.with_for_update(read=True)
_STATE = select(registry_state.c.version, registry_state.c.as_of).where(registry_state.c.id == _ROW)


async def state(tx: Transaction) -> tuple[int, datetime | None]:
    """Return the registry's version and the time of the last applied roster (None when never)."""
    for version, as_of in await tx.fetch(_STATE, {}):
        return version, as_of
    return 0, None


async def version(tx: Transaction, *, hold: bool = False) -> int:
    """Return the version; with `hold`, nobody changes it before this transaction ends."""
    # SQLite has one writer at a time: no other one is under way.
    wanted = _HELD if hold and tx.dialect == "postgresql" else _VERSION
    found = await tx.fetch(wanted, {})
    return found[0][0] if found else 0


async def lock(tx: Transaction) -> int:
    """Keep every other change of the registry out until this transaction ends; return the version."""
    await insert_new(tx, registry_state, {"id": _ROW, "version": 0, "as_of": None}, on=["id"])
    touch = update(registry_state).where(registry_state.c.id == _ROW)
    await tx.execute(touch.values(version=registry_state.c.version))
    return (await state(tx))[0]


async def bump(tx: Transaction, employee_nos: Collection[str] | None) -> int:
    """Count the version up and note whom it is about (None: too many to tell); return the new one."""
    counted = await tx.fetch(_UP, {})
    if not counted:
        await lock(tx)
        return await bump(tx, employee_nos)
    version = counted[0][0]
    await tx.add(_CHANGED, [{"version": version, "employee_no": no} for no in (employee_nos or [None])])
    if version % _SWEEP_EVERY == 0:
        old = registry_changes.c.version <= version - _KEPT_VERSIONS
        await tx.execute(delete(registry_changes).where(old))
    return version


async def set_as_of(tx: Transaction, as_of: datetime | None) -> None:
    """Set the time of the last applied roster."""
    await lock(tx)
    await tx.execute(update(registry_state).where(registry_state.c.id == _ROW).values(as_of=as_of))


async def listings(tx: Transaction, employee_nos: Collection[str]) -> dict[datetime | None, list[str]]:
    """Return when rosters last listed these employees, who all exist: moment → whom."""
    moments = select(employees.c.listed_at).group_by(employees.c.listed_at)
    usual = (await tx.execute(moments.order_by(func.count().desc()).limit(1))).scalar_one_or_none()
    found: defaultdict[datetime | None, list[str]] = defaultdict(list)
    wanted, left = select(employees.c.employee_no, employees.c.listed_at), set(employee_nos)
    # A roster lists nearly all at one moment: only the others are read.
    async for part in tx.chunks(wanted.where(employees.c.listed_at.is_distinct_from(usual)), _PART):
        for number, at in part:
            if number in left:
                left.discard(number)
                found[at].append(number)
    if left:
        found[usual] = sorted(left)
    return found


async def set_listed(tx: Transaction, employee_nos: Sequence[str], at: datetime | None) -> None:
    """Note when a roster listed these employees."""
    if employee_nos:
        where = among(employees.c.employee_no, employee_nos, tx.dialect)
        await tx.execute(update(employees).where(where).values(listed_at=at))


async def listed_since(tx: Transaction, day: date) -> datetime | None:
    """Return since when nine in ten of those at work on a day have been listed; None where they were not.

    Some are missing from every roster, which is reported and settled by people: they alone must not
    let the registry grow stale.
    """
    here = or_(employees.c.departed_on.is_(None), employees.c.departed_on > day)
    count = (await tx.execute(select(func.count()).select_from(employees).where(here))).scalar_one()
    wanted = select(employees.c.listed_at).where(here).order_by(employees.c.listed_at.nulls_first())
    return (await tx.execute(wanted.offset(count // 10).limit(1))).scalar_one_or_none()


async def changed_since(tx: Transaction, version: int, limit: int) -> set[str] | None:
    """Return whom all changes after `version` were about, or None when that can't be told or is too many."""
    current, _ = await state(tx)
    found = await tx.execute(
        select(registry_changes.c.version, registry_changes.c.employee_no)
        .where(registry_changes.c.version > version)
        .limit(limit + 1)
    )
    rows = found.all()
    seen: set[int] = {row.version for row in rows}
    nos: set[str | None] = {row.employee_no for row in rows}
    if len(rows) > limit or None in nos or len(seen) != current - version:
        return None
    return {no for no in nos if no is not None}


def with_parents(paths: Iterable[str]) -> set[str]:
    """Return `paths` and every path above them."""
    return {
        "/".join(parts[: depth + 1])
        for parts in (path.split("/") for path in set(paths))
        for depth in range(len(parts))
    } - {""}


async def keep_departments(tx: Transaction) -> None:
    """Bring the table of departments in step with where employees are."""
    own = await tx.execute(select(employees.c.department).distinct())
    paths: set[str] = set(own.scalars())
    # As text: PostgreSQL compares no JSON.
    more = await tx.execute(select(cast(employees.c.also_in, Text)).distinct())
    for also_in in more.scalars():
        paths.update(json.loads(also_in or "null") or ())
    wanted = with_parents(paths)
    known: set[str] = set((await tx.execute(select(departments.c.path))).scalars())
    for gone in in_parts(sorted(known - wanted)):
        await tx.execute(delete(departments).where(departments.c.path.in_(gone)))
    new: list[dict[str, Any]] = [
        {"path": path, "parent": path.rpartition("/")[0] or None} for path in sorted(wanted - known)
    ]
    if new:
        await tx.execute(insert(departments), new)
