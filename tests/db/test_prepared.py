"""A prepared select finds what SQLAlchemy's own way finds, on both databases, whatever the lists' lengths."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Numeric, Text, bindparam, cast, column, insert, select, tuple_, union_all

from db.engine import Transaction
from db.faults import is_database_fault
from db.tables.groups import groups
from db.tables.requests import join_requests
from db.tables.work import switches
from services.app import App

_T = join_requests.c
_IDS = bindparam("ids", expanding=True)
_BY_ID = (
    select(_T.id, _T.asked_at, _T.inputs, _T.recovered, _T.invitor_id).where(_T.id.in_(_IDS)).order_by(_T.id)
)
_BY_NAME = union_all(
    select(_T.id, _T.flag).where(tuple_(_T.account, _T.flag).in_(bindparam("names", expanding=True))),
    select(_T.id, _T.flag).where(_T.state == "waiting", _T.asked_at >= bindparam("since"), _T.id.in_(_IDS)),
)


async def fill(app: App) -> None:
    row = {
        "account": 1, "group_id": 2, "verdict": "hold", "row": 5, "reason": "no_phone", "inputs": {"name": "王"},
        "state": "waiting", "seen_at": app.now(),
    }  # fmt: skip
    rows = [
        {
            **row,
            "user_id": n,
            "flag": f"f{n}",
            "request_key": f"f{n}",
            "asked_at": app.now() - timedelta(hours=n),
        }
        for n in range(9)
    ]
    async with app.database.transaction() as tx:
        await tx.execute(insert(join_requests), rows)


@pytest.mark.dialects
@pytest.mark.parametrize("count", range(10))
async def test_a_prepared_select_finds_the_same(app: App, count: int) -> None:
    await fill(app)
    given: list[tuple[Any, dict[str, Any]]] = [
        (_BY_ID, {"ids": list(range(1, count + 1))}),
        (
            _BY_NAME,
            {
                "names": [(1, f"f{n}") for n in range(count)],
                "since": app.now() - timedelta(hours=3.5),
                "ids": [9, 2, 1][: count % 4],
            },
        ),
    ]

    async def both(tx: Transaction) -> list[tuple[list[Any], list[Any]]]:
        found: list[tuple[list[Any], list[Any]]] = []
        for wanted, asked in given:
            prepared: Sequence[Sequence[Any]] = await tx.fetch(wanted, asked)
            usual = (await tx.execute(wanted, asked)).all()
            found.append((sorted(map(tuple, prepared)), sorted(map(tuple, usual))))
        return found

    (by_id, usual_by_id), (by_name, usual_by_name) = await app.database.run(both, writes=False)
    assert (by_id, by_name) == (usual_by_id, usual_by_name)
    assert len(by_id) == min(count, 9)


@pytest.mark.dialects
async def test_what_the_driver_says_against_it_is_a_fault_of_the_database(app: App) -> None:
    broken = select(column("no_such_column"))

    async def ask(tx: Transaction) -> Any:
        return await tx.fetch(broken, {})

    with pytest.raises(Exception, match="no_such_column") as caught:
        await app.database.run(ask, writes=False)
    assert is_database_fault(caught.value)


@pytest.mark.dialects
async def test_a_sum_of_money_is_read_as_what_the_driver_says_it_is(app: App) -> None:
    amount = select(cast(bindparam("amount", type_=Text), Numeric(10, 2)).label("amount"))

    async def ask(tx: Transaction) -> Any:
        return [tuple(row) for row in await tx.fetch(amount, {"amount": "20.50"})]

    assert await app.database.run(ask, writes=False) == [(Decimal("20.50"),)]


@pytest.mark.dialects
async def test_several_find_what_each_finds_and_a_fault_of_one_is_told(app: App) -> None:
    await fill(app)
    asked = (_BY_ID, {"ids": [1, 2]}), (_BY_ID, {"ids": []}), (_BY_ID, {"ids": [3]})

    async def ask(tx: Transaction) -> list[list[int]]:
        return [[row[0] for row in part] for part in await tx.several(*asked)]

    async def ask_amiss(tx: Transaction) -> Any:
        return await tx.several(*asked, (select(column("no_such_column")), {}))

    assert await app.database.run(ask, writes=False) == [[1, 2], [], [3]]
    with pytest.raises(Exception, match="no_such_column") as caught:
        await app.database.run(ask_amiss, writes=False)
    assert is_database_fault(caught.value)
    assert await app.database.run(ask, writes=False) == [[1, 2], [], [3]]


@pytest.mark.dialects
@pytest.mark.parametrize("count", [1, 3])
async def test_rows_added_come_back_as_they_are_stored(app: App, count: int) -> None:
    made = [
        {"key": f"k{n}", "value": [{"n": n}] * 3, "set_by": "1", "set_at": app.now()} for n in range(count)
    ]
    adding = insert(switches).returning(*switches.c)

    async def add(tx: Transaction) -> list[tuple[Any, ...]]:
        return sorted((tuple(row) for row in await tx.add(adding, made)), key=str)

    async def look(tx: Transaction) -> list[tuple[Any, ...]]:
        return sorted((tuple(row) for row in await tx.rows(select(switches))), key=str)

    assert await app.database.run(add) == await app.database.run(look, writes=False)


@pytest.mark.dialects
async def test_columns_that_are_not_given_get_their_defaults(app: App) -> None:
    """As with SQLAlchemy's own way: a plain value, and one that is made anew for each row."""
    new = insert(groups).returning(groups.c.group_id, groups.c.name, groups.c.admin_ids)

    async def write(tx: Transaction) -> Sequence[Sequence[Any]]:
        row = {"first_seen_at": app.now()}
        return await tx.add(new, [{"group_id": number, **row} for number in (1, 2)])

    assert [list(row) for row in await app.database.run(write)] == [[1, "", []], [2, "", []]]
