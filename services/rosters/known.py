"""What the database knows of everybody, as a roster is compared with it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from db.engine import Transaction
from db.queries import employees, identities


class KnownPerson(NamedTuple):
    """One employee's row. `decided`: what chat or terminal said last, see `services.staff`."""

    employee_no: str
    name: str
    department: str
    employment: str
    title: str
    is_head: bool
    also_in: tuple[str, ...]
    phone_hash: str | None
    hired_on: date | None
    regularized_on: date | None
    departed_on: date | None
    departure_known_on: date | None
    decided_on: date | None
    decided: Mapping[str, Mapping[str, str]] | None


class KnownMove(NamedTuple):
    """One transfer's row, as far as a roster can change it."""

    id: int
    since: date
    handover_on: date | None
    known_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """Everybody in the database, their transfers, and QQ number → (employee number, method)."""

    people: Mapping[str, KnownPerson]
    moves: Mapping[str, tuple[KnownMove, ...]]
    bound: Mapping[int, tuple[str, str]]
    qqs: Mapping[str, tuple[int, ...]]


async def load_known(tx: Transaction) -> Known:
    """Read all that a roster is compared with."""
    rows = await employees.raw(tx, KnownPerson._fields)
    people = {row.employee_no: _person(row) for row in rows}
    bound = await identities.methods(tx)
    qqs: dict[str, tuple[int, ...]] = {}
    for qq, (number, _) in bound.items():
        qqs[number] = (*qqs.get(number, ()), qq)
    return Known(people, _moves(await employees.raw_transfers(tx)), bound, qqs)


def _person(row: Any) -> KnownPerson:
    *plain, decided = row
    also_in: str = plain[_ALSO_IN]
    plain[_ALSO_IN] = () if also_in in _NOTHING else tuple(json.loads(also_in))
    return KnownPerson._make((*plain, None if decided in _NOTHING else json.loads(decided)))


_ALSO_IN = KnownPerson._fields.index("also_in")
_NOTHING = (None, "[]", "null")


def _moves(rows: list[dict[str, Any]]) -> dict[str, tuple[KnownMove, ...]]:
    found: defaultdict[str, list[KnownMove]] = defaultdict(list)
    for row in rows:
        move = KnownMove(row["id"], row["since"], row["handover_on"], row["known_on"])
        found[row["employee_no"]].append(move)
    return {number: tuple(moves) for number, moves in found.items()}
