"""Somebody with another employee number: what is noted of them goes with them, as it is theirs.

That is what is held against them, what they were let off, what they have still to hand over, and their
rights.

That a QQ moves to another number may as well set a mistake right, and namesakes are mistaken for each
other. So nothing goes along unless it is sure that both numbers are one person's.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from db.engine import Transaction
from db.queries.cases import waivers
from db.queries.people import employees, identities
from db.queries.people import renumbered as rows
from db.queries.people.renumbered import Renumbered
from db.queries.work import sources
from regulation.cards.names import name_key
from regulation.model import Employee
from services import trail
from services.app import App
from services.people import registry


async def follow(
    app: App, tx: Transaction, bound: Mapping[int, tuple[str | None, str]], *, by: str
) -> list[Renumbered]:
    """Have what is noted of people follow their QQ: QQ → (number it was bound to, number now).

    What a QQ was let off while it was nobody's is theirs who is found to have it. Where a QQ is bound to
    the number it was renumbered from, that is undone; returns what was.
    """
    undone: list[Renumbered] = []
    known = {row.user_id: row for row in await rows.of(tx, bound)}
    await waivers.give(tx, {user_id: now for user_id, (was, now) in bound.items() if was is None})
    numbers = {one for was, now in bound.values() if was is not None for one in (was, now)}
    people = {one.employee_no: one for one in await employees.load_some(tx, numbers)}
    for user_id, (was, now) in bound.items():
        row = known.get(user_id)
        if row is not None and row.former_no == now:
            await _undo(app, tx, row, by=by)
            undone.append(row)
        elif was in people and now in people and await _same(app, tx, user_id, people[was], people[now]):
            await renumber(app, tx, user_id, was, now, by=by)
    return undone


async def is_used(tx: Transaction, employee_no: str, *, but: int) -> bool:
    """Tell whether an employee number has another QQ than this one: then it is nobody's former number."""
    return any(one.user_id != but for one in await identities.load_of(tx, [employee_no]))


async def renumber(
    app: App, tx: Transaction, user_id: int, was: str, now: str, *, by: str, rights: bool = True
) -> None:
    """Note under somebody's number what is noted under their former one; `rights`: theirs as well."""
    await rows.move(tx, user_id, was, now, rights=rights)
    await _record(app, tx, user_id, was, now, by=by)


async def follow_back(
    app: App,
    tx: Transaction,
    bound: Mapping[int, tuple[None, str]],
    given_back: Iterable[Mapping[str, Any]],
    added: Collection[str],
    *,
    by: str,
) -> None:
    """Have what is noted of people follow the undo of an import, which binds QQ numbers as they were.

    `given_back`: what `follow` had undone by that import, and goes along again. `added`: numbers that it
    brought, and are nobody's now: what went along to them is noted as before.
    """
    await follow(app, tx, bound, by=by)
    for row in (Renumbered(**one) for one in given_back):
        now = await identities.get(tx, row.user_id)
        if now is not None and now.employee_no == row.employee_no:
            await rows.move_again(tx, row)
            await _record(app, tx, row.user_id, row.former_no, row.employee_no, by=by)
    for row in await rows.to(tx, added):
        await _undo(app, tx, row, by=by)


async def _record(app: App, tx: Transaction, user_id: int, was: str, now: str, *, by: str) -> None:
    await registry.bump(tx, {was, now})
    what = {"action": "identity.renumber", "subject": str(user_id)}
    await trail.record(app, tx, actor=by, **what, employee_no=now, before=was)


async def _undo(app: App, tx: Transaction, row: Renumbered, *, by: str) -> None:
    await rows.move_back(tx, row)
    await registry.bump(tx, {row.former_no, row.employee_no})
    what = {"action": "identity.renumber_undone", "subject": str(row.user_id)}
    await trail.record(app, tx, actor=by, **what, employee_no=row.former_no, before=row.employee_no)


def may_be_one(then: Employee | None, now: Employee | None) -> bool:
    """Tell whether two numbers may be one person's: another number, the same name."""
    if then is None or now is None or then.employee_no == now.employee_no:
        return False
    return name_key(then.name) == name_key(now.name)


async def _same(app: App, tx: Transaction, user_id: int, then: Employee, now: Employee) -> bool:
    """Tell whether two employee numbers surely are one person's.

    They have one name, and the former one has departed or is one entry of a source with the other.
    """
    if not may_be_one(then, now) or await is_used(tx, then.employee_no, but=user_id):
        return False
    gone = then.is_departed(app.now().date())
    return gone or await sources.one_entry(tx, then.employee_no, now.employee_no)
