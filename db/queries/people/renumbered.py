"""Who has another employee number now, and what is noted of them under the former one."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, true, update

from db.engine import Transaction
from db.queries.joining.early_admissions import AdmissionState
from db.tables.cases import appeals, cases, penalties
from db.tables.groups import early_admissions, waivers
from db.tables.identities import grants, renumbered
from db.tables.registry import transfers
from db.values import Reader
from db.writing.bulk import among

# What is noted with somebody's employee number, and where; of consents those that were given.
_HELD = {
    "cases": (cases.c.id, cases.c.employee_no),
    "penalties": (penalties.c.id, penalties.c.liable_employee_no),
    "appeals": (appeals.c.id, appeals.c.employee_no),
    "early_admissions": (early_admissions.c.id, early_admissions.c.employee_no),
    "waivers": (waivers.c.id, waivers.c.employee_no),
    "transfers": (transfers.c.id, transfers.c.employee_no),
}
_GRANTS = "grants"
_GIVEN = {"early_admissions": early_admissions.c.state == AdmissionState.CONSENTED.value}


@dataclass(frozen=True, slots=True)
class Renumbered:
    """An employee number that took the place of another. `moved`: table → ids of what went with it.

    A grant has no id: of it the former number's granter stands there.
    """

    id: int
    user_id: int
    former_no: str
    employee_no: str
    moved: Mapping[str, list[int]]


_ROWS = Reader(Renumbered, renumbered)


async def of(tx: Transaction, user_ids: Collection[int]) -> list[Renumbered]:
    """Return who was renumbered by these QQ numbers, and not back again; the latest last."""
    wanted = _ROWS.select.where(among(renumbered.c.user_id, user_ids, tx.dialect))
    return await _ROWS.all(tx, wanted.order_by(renumbered.c.id))


async def to(tx: Transaction, employee_nos: Collection[str]) -> list[Renumbered]:
    """Return who has one of these numbers in place of another; the latest first."""
    wanted = _ROWS.select.where(among(renumbered.c.employee_no, employee_nos, tx.dialect))
    return await _ROWS.all(tx, wanted.order_by(renumbered.c.id.desc()))


async def cases_from(tx: Transaction, former_nos: Collection[str]) -> dict[str, set[int]]:
    """Return the cases that went along from each of these numbers: former number → ids."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in await _ROWS.all(tx, _ROWS.select.where(among(renumbered.c.former_no, former_nos, tx.dialect))):
        found[row.former_no].update(row.moved["cases"])
    return found


async def move(tx: Transaction, user_id: int, former_no: str, employee_no: str, *, rights: bool) -> None:
    """Note all that is noted under one number under another, and that it was so. `rights`: those, too."""
    moved: dict[str, list[int]] = {}
    for name, (key, number) in _HELD.items():
        theirs = select(key).where(number == former_no, _GIVEN.get(name, true()))
        moved[name] = list((await tx.execute(theirs)).scalars())
        await _note(tx, name, moved[name], former_no, employee_no)
    if rights:
        moved[_GRANTS] = await _hand_on(tx, former_no, employee_no)
    row = {"user_id": user_id, "former_no": former_no, "employee_no": employee_no, "moved": moved}
    await tx.execute(insert(renumbered).values(**row))


async def move_again(tx: Transaction, row: Renumbered) -> None:
    """Note what had gone along and was taken back under the other number again."""
    await _note_all(tx, row.moved, row.former_no, row.employee_no)
    again = {"user_id": row.user_id, "former_no": row.former_no, "employee_no": row.employee_no}
    await tx.execute(insert(renumbered).values(**again, moved=row.moved))


async def move_back(tx: Transaction, row: Renumbered) -> None:
    """Note what went along under the former number again; what has a third one by now stays there."""
    await _note_all(tx, row.moved, row.employee_no, row.former_no)
    await tx.execute(delete(renumbered).where(renumbered.c.id == row.id))


async def _note_all(tx: Transaction, moved: Mapping[str, list[int]], was: str, now: str) -> None:
    for name, ids in moved.items():
        if name != _GRANTS:
            await _note(tx, name, ids, was, now)
    if moved.get(_GRANTS):
        await _hand_on(tx, was, now)


async def _hand_on(tx: Transaction, was: str, now: str) -> list[int]:
    """Have the rights of one number be another's; nobody is left with them who is given the first later."""
    granters = select(grants.c.employee_no, grants.c.granted_by)
    both = dict(map(tuple, await tx.rows(granters.where(grants.c.employee_no.in_((was, now))))))
    theirs = grants.c.employee_no == was
    if was in both and now in both:
        await tx.execute(delete(grants).where(theirs))
    elif was in both:
        await tx.execute(update(grants).where(theirs).values(employee_no=now))
    return [both[was]] if was in both else []


async def _note(tx: Transaction, name: str, ids: Collection[int], was: str, now: str) -> None:
    key, number = _HELD[name]
    where = (among(key, ids, tx.dialect), number == was)
    await tx.execute(update(key.table).where(*where).values({number: now}))
