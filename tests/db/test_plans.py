"""What is asked again and again is answered by an index, in a database of any size."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

from db.engine import Database
from db.queries.cases import case_acts, case_counts, case_reports
from db.queries.cases.case_reports import Wanted
from db.queries.groups import memberships
from db.queries.joining import gate, requests
from db.transaction import Transaction
from regulation.summary import Period, month_bounds
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


async def gate_asks(tx: Transaction, now: Any) -> None:
    await gate.facts(
        tx, locks=(), requests=[(1, "a"), (1, "b")], who=[(700001, 20001)], group_ids=[700001],
        subjects=["qq:20001"], keys=["paused"], about=(), since=now, now=now, today=now.date(),
    )  # fmt: skip


async def figures(tx: Transaction, now: Any) -> None:
    period = Period(now, now)
    await case_counts.counts(tx, period, now, month_bounds(period, now), Wanted())


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (reminders, "USING COVERING INDEX ix_cases_user_id_code_last_reminded_at"),
        (unbound, "USING INDEX ix_join_requests_to_bind"),
        (touched, "USING INDEX ix_memberships_touched (group_id=?)"),
        # What months opened, in all and by department, and what of it and of what they closed was wrong.
        (figures, "USING COVERING INDEX ix_cases_counted (code=? AND opened_at>? AND opened_at<?)"),
        (figures, "USING COVERING INDEX ix_cases_listed (opened_at>? AND opened_at<?)"),
        (
            figures,
            "USING COVERING INDEX ix_cases_dismissed_opened (closed_as=? AND opened_at>? AND opened_at<?)",
        ),
        (
            figures,
            "USING COVERING INDEX ix_cases_dismissed_closed (closed_as=? AND closed_at>? AND closed_at<?)",
        ),
        # Of all that an account ever heard, that a person ever asked, that were ever asked of a group.
        (gate_asks, "USING INDEX ix_join_requests_account_request_key (account=? AND request_key=?)"),
        (gate_asks, "USING INDEX ix_join_requests_group_id_user_id (group_id=? AND user_id=?)"),
        (gate_asks, "USING COVERING INDEX ix_join_requests_asked (group_id=? AND asked_at>?)"),
        (among, "USING INDEX sqlite_autoindex_memberships_1 (group_id=? AND user_id=?)"),
    ],
)
async def test_sqlite_looks_it_up(database: Database, clock: StoppedClock, ask: Ask, index: str) -> None:
    assert any(index in step for step in await plans(database, clock, ask))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("code", [None, "C1"])
async def test_no_list_is_read_by_what_summaries_count(
    database: Database, clock: StoppedClock, code: str | None
) -> None:
    async def lists(tx: Transaction, now: Any) -> None:
        for wanted in (Wanted(code=code), Wanted(code=code, departments=("市场部",), since=now, until=now)):
            await case_reports.count(tx, wanted)
            await case_reports.listed(tx, wanted, limit=31)
            await case_reports.listed(tx, wanted, limit=31, below=9)

    steps = await plans(database, clock, lists)
    assert any("cases" in step for step in steps)
    assert not any("ix_cases_counted" in step for step in steps)


async def plans(database: Database, clock: StoppedClock, ask: Ask) -> list[str]:
    """Return the steps by which SQLite answers what `ask` asks."""
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
        found = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all() for text in asked]
    plain.dispose()
    return [step.detail for plan in found for step in plan]
