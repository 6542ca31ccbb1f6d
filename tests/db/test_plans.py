"""What is asked again and again is answered by an index, in a database of any size."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

from db.engine import Database
from db.queries.cases import case_acts
from db.queries.groups import memberships
from db.queries.joining import requests
from db.transaction import Transaction
from tests.conftest import StoppedClock

Ask = Callable[[Transaction, Any], Any]


async def reminders(tx: Transaction, now: Any) -> None:
    await case_acts.last_reminders(tx, [20001], now)


async def unbound(tx: Transaction, _now: Any) -> None:
    await requests.to_bind(tx, 500)


async def touched(tx: Transaction, _now: Any) -> None:
    await memberships.put_members(tx, 700001, [], _now, whole=True, news=(), compared=True)


async def among(tx: Transaction, _now: Any) -> None:
    await memberships.put_members(tx, 700001, [], _now, whole=True, news=(20001, 20002), compared=True)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (reminders, "USING COVERING INDEX ix_cases_user_id_code_last_reminded_at"),
        (unbound, "USING INDEX ix_join_requests_to_bind"),
        (touched, "USING INDEX ix_memberships_touched (group_id=?)"),
        (among, "USING INDEX sqlite_autoindex_memberships_1 (group_id=? AND user_id=?)"),
    ],
)
async def test_sqlite_looks_it_up(database: Database, clock: StoppedClock, ask: Ask, index: str) -> None:
    asked: list[str] = []

    def listen(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(lambda text: asked.append(text) if text.startswith("SELECT") else None)

    event.listen(Pool, "checkout", listen)
    try:
        async with database.reading() as tx:
            await ask(tx, clock.now())
    finally:
        event.remove(Pool, "checkout", listen)
    plain = create_engine(f"sqlite:///{database.path}")
    with plain.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}").all()
    plain.dispose()
    assert index in plan[0].detail
