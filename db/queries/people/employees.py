"""Employees, their transfers, and rights granted to them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Executable,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from db.engine import Transaction
from db.queries.people import words
from db.tables.identities import grants
from db.tables.registry import employees, transfers
from db.values import Reader, Seen
from db.writing import bulk
from db.writing.parts import in_parts
from regulation.model import Employee, Status, Transfer

_PART = 2000


@dataclass(frozen=True, slots=True)
class Move:
    """One transfer of one employee."""

    id: int
    employee_no: str
    from_department: str
    to_department: str
    since: date
    handover_on: date | None
    known_on: date | None


_PEOPLE = Reader(Employee, employees, but="transfers")
_MOVES = Reader(Move, transfers)


async def load_all(tx: Transaction, seen: Seen | None = None) -> list[Employee]:
    """Return every employee, with transfers oldest first. `seen`: what they share with others (`Reader`)."""
    moves = await _moves_by_no(tx, _MOVES.select)
    read = _PEOPLE.sharing({} if seen is None else seen, but=("phone_hash",))
    found: list[Employee] = []
    async for part in tx.chunks(_PEOPLE.select, _PART):
        found += [_with_moves(read(row), moves) for row in part]
    return found


async def load_some(tx: Transaction, employee_nos: Iterable[str]) -> list[Employee]:
    """Return those of these employees that exist, with their transfers."""
    wanted = sorted(set(employee_nos))
    found: list[Employee] = []
    for part in in_parts(wanted):
        found += await _load(
            tx,
            _PEOPLE.select.where(employees.c.employee_no.in_(part)),
            _MOVES.select.where(transfers.c.employee_no.in_(part)),
        )
    return found


async def _load(tx: Transaction, people: Select[Any], moves: Select[Any]) -> list[Employee]:
    by_no = await _moves_by_no(tx, moves)
    return [_with_moves(one, by_no) for one in await _PEOPLE.all(tx, people)]


async def _moves_by_no(tx: Transaction, moves: Select[Any]) -> dict[str, tuple[Transfer, ...]]:
    by_no: dict[str, tuple[Transfer, ...]] = {}
    for one in await _MOVES.all(tx, moves.order_by(transfers.c.id)):
        move = Transfer(one.from_department, one.to_department, one.since, one.handover_on, one.known_on)
        by_no[one.employee_no] = (*by_no.get(one.employee_no, ()), move)
    return by_no


def _with_moves(one: Employee, by_no: Mapping[str, tuple[Transfer, ...]]) -> Employee:
    return replace(one, transfers=by_no[one.employee_no]) if one.employee_no in by_no else one


async def get(tx: Transaction, employee_no: str) -> Employee | None:
    """Return one employee, or None."""
    found = await load_some(tx, [employee_no])
    return found[0] if found else None


async def decided(tx: Transaction, employee_no: str) -> dict[str, words.Word]:
    """Return what chat or terminal said last of one employee, by what it was about."""
    wanted = select(employees.c.decided).where(employees.c.employee_no == employee_no)
    return words.of((await tx.execute(wanted)).scalar_one_or_none())


async def raw(
    tx: Transaction, columns: Sequence[str], among: Collection[str] | None = None, *, standing: bool = False
) -> AsyncIterator[Sequence[Row[Any]]]:
    """Give these columns of every employee (or of those `among`) in parts, as little converted as can be.

    JSON and dates come as their text, truth as a number. `standing`: only of those who have left or will, or
    of whom chat or terminal said something that stands.
    """
    wanted = select(*(_plainly(employees.c[name]) for name in columns))
    if among is not None:
        wanted = wanted.where(bulk.among(employees.c.employee_no, among, tx.dialect))
    if standing:
        wanted = wanted.where(or_(employees.c.departed_on.is_not(None), employees.c.decided_on.is_not(None)))
    async for part in tx.chunks(wanted, _PART):
        yield part


def _plainly(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Boolean):
        return cast(column, Integer)
    return cast(column, Text) if isinstance(column.type, JSON | Date) else column


async def count(tx: Transaction) -> int:
    """Return how many employees there are, departed ones too."""
    return (await tx.execute(select(func.count()).select_from(employees))).scalar_one()


async def count_here(tx: Transaction, day: date) -> int:
    """Return how many employees have not departed by `day`."""
    # Of an index SQLite counts all at a glance, and those of a condition one by one: few have departed.
    gone = select(func.count()).where(employees.c.departed_on <= day).scalar_subquery()
    everybody = select(func.count()).select_from(employees).scalar_subquery()
    return (await tx.execute(select(everybody - gone))).scalar_one()


async def zero_numbers(tx: Transaction) -> list[tuple[str, str]]:
    """Return (employee number, name) of everybody whose number begins with a zero."""
    wanted = select(employees.c.employee_no, employees.c.name)
    found = await tx.execute(wanted.where(employees.c.employee_no.startswith("0")))
    return [(row.employee_no, row.name) for row in found]


async def moves(tx: Transaction) -> list[Move]:
    """Return every transfer, oldest first."""
    return await _MOVES.all(tx, _MOVES.select.order_by(transfers.c.id))


async def transferred(tx: Transaction, ids: Sequence[int]) -> set[str]:
    """Return whose these transfers are."""
    found: set[str] = set()
    for part in in_parts(ids):
        wanted = select(transfers.c.employee_no).where(transfers.c.id.in_(part))
        found.update((await tx.execute(wanted)).scalars())
    return found


async def insert_many(tx: Transaction, columns: bulk.Columns) -> None:
    """Add employees, given column by column: every column that must hold something."""
    await tx.many(bulk.insertion(employees, columns))


async def change(tx: Transaction, employee_no: str, **values: Any) -> bool:
    """Change columns of one employee; return whether there is one."""
    wanted = update(employees).where(employees.c.employee_no == employee_no).values(**values)
    return (await tx.execute(wanted)).rowcount == 1


async def change_many(tx: Transaction, changes: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Change each employee's columns as given, in as few statements as there are sets of columns."""
    by_columns: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for employee_no, values in changes:
        by_columns[tuple(values)].append((*values.values(), employee_no))
    for columns, rows in by_columns.items():
        if columns:
            await change_alike(tx, columns, rows)


async def change_alike(tx: Transaction, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Change the same columns of many employees; each of `rows`: their values, then whose they are."""
    await tx.many(bulk.change(employees, "employee_no", columns, rows))


async def delete_many(tx: Transaction, employee_nos: Sequence[str]) -> None:
    """Take employees out of the registry, with their transfers and grants."""
    for part in in_parts(employee_nos):
        await tx.execute(delete(employees).where(employees.c.employee_no.in_(part)))


async def add_transfers(tx: Transaction, columns: bulk.Columns) -> list[int]:
    """Open transfers, given column by column; return their ids.

    The caller holds the registry's lock: what is new in the table is then ours. Asking each insert
    for its id would send a hundred thousand of them one by one.
    """
    last = (await tx.execute(select(func.max(transfers.c.id)))).scalar() or 0
    await tx.many(bulk.insertion(transfers, columns))
    return list((await tx.execute(select(transfers.c.id).where(transfers.c.id > last))).scalars())


async def open_transfers(tx: Transaction, employee_no: str, day: date) -> list[Move]:
    """Return the transfers of one employee whose handover isn't complete on `day`, oldest first."""
    is_open = or_(transfers.c.handover_on.is_(None), transfers.c.handover_on > day)
    wanted = _MOVES.select.where(transfers.c.employee_no == employee_no, is_open)
    return await _MOVES.all(tx, wanted.order_by(transfers.c.id))


async def set_handovers(tx: Transaction, rows: Sequence[tuple[int, date | None, date | None]]) -> None:
    """Write (transfer id, handover_on, known_on)."""
    if rows:
        statement = update(transfers).where(transfers.c.id == bindparam("the_id"))
        values = [{"the_id": key, "handover_on": on, "known_on": known} for key, on, known in rows]
        await tx.execute(
            statement.values(handover_on=bindparam("handover_on"), known_on=bindparam("known_on")), values
        )


async def delete_transfers(tx: Transaction, ids: Sequence[int]) -> None:
    """Take transfers back that should not have been opened."""
    for part in in_parts(ids):
        await tx.execute(delete(transfers).where(transfers.c.id.in_(part)))


async def dates_reached(tx: Transaction, day: date) -> list[str]:
    """Return whose departure, handover or end of probation was reached by `day` and not yet followed up."""
    return sorted(employee_no for (employee_no,) in await tx.fetch(_REACHED, {"day": day}))


def _reached() -> Executable:
    day = bindparam("day", type_=Date)
    unswept = or_(employees.c.swept_on.is_(None), employees.c.swept_on < employees.c.departed_on)
    gone = select(employees.c.employee_no).where(employees.c.departed_on <= day, unswept)
    behind = or_(employees.c.swept_on.is_(None), employees.c.swept_on < employees.c.regularized_on)
    regular = select(employees.c.employee_no).where(
        employees.c.employment == Status.PROBATION.value, employees.c.regularized_on <= day, behind
    )
    late = or_(employees.c.swept_on.is_(None), employees.c.swept_on < transfers.c.handover_on)
    handed = (
        select(employees.c.employee_no)
        .join(transfers, transfers.c.employee_no == employees.c.employee_no)
        .where(transfers.c.handover_on <= day, late)
    )
    return gone.union(regular, handed)


_REACHED = _reached()


async def set_swept(tx: Transaction, employee_nos: Sequence[str], day: date) -> None:
    """Note that every date of these employees up to `day` was followed up."""
    for part in in_parts(employee_nos):
        await tx.execute(update(employees).where(employees.c.employee_no.in_(part)).values(swept_on=day))


async def grant(tx: Transaction, employee_no: str, by: int, at: datetime) -> bool:
    """Grant the rights of admin staff; return False when granted already, which is then of this moment."""
    again = update(grants).where(grants.c.employee_no == employee_no)
    if (await tx.execute(again.values(granted_by=by, granted_at=at))).rowcount:
        return False
    await tx.execute(insert(grants).values(employee_no=employee_no, granted_by=by, granted_at=at))
    return True


async def revoke(tx: Transaction, employee_no: str) -> bool:
    """Take the rights of admin staff back; return whether there were any."""
    return (await tx.execute(delete(grants).where(grants.c.employee_no == employee_no))).rowcount == 1
