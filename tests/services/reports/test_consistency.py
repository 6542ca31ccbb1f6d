"""Text, JSON, workbook and picture hold the same figures, and those of the core on the bare facts."""

import io
import random
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from db.queries.cases import case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases.case_reports import Wanted
from db.tables.base import ZONE
from regulation.summary import CaseFacts, Figures, PenaltyFacts, as_json, read_period, summarise
from services.app import App
from services.reports import figures, picture, tables, text
from services.reports.filters import Filters
from tests.company import settle_in
from tests.conftest import StoppedClock
from tests.services.stories import add_case, add_penalty

pytestmark = pytest.mark.dialects

CODES = ("C1", "L1", "T1", "M1", "F1")
DEPARTMENTS = ("市场部/华东组", "市场部", "采购部", "", "a=b 部😀")
STATES = ("proposed", "appealed", "confirmed", "settled", "waived")
CLOSINGS = ("cured", "removed", "corrected", "waived", "left", "dismissed")


async def _fill(app: App, chance: random.Random, count: int) -> None:
    base = app.now() - timedelta(days=240)
    for n in range(count):
        opened = base + timedelta(minutes=chance.randrange(240 * 24 * 60))
        values: dict[str, Any] = {"opened_at": opened, "subject": str(n), "code": chance.choice(CODES)}
        values |= {"department": chance.choice(DEPARTMENTS), "group_id": 700001 + chance.randrange(3)}
        if chance.random() < 0.4:
            values |= {"overdue_at": opened + timedelta(hours=chance.randrange(99)), "status": "overdue"}
        if chance.random() < 0.5:
            closed = min(opened + timedelta(hours=chance.randrange(900)), app.now())
            values |= {"closed_at": closed, "closed_as": chance.choice(CLOSINGS), "status": "closed"}
        async with app.database.transaction() as tx:
            case = await add_case(tx, **values)
        if chance.random() < 0.5:
            state = chance.choice(STATES)
            settled = None if state == "proposed" else opened + timedelta(days=chance.randrange(40))
            amount = Decimal(chance.randrange(1, 9000)) / 100
            await add_penalty(app, case, state=state, proposed_at=opened, settled_at=settled, amount=amount)


async def _plainly(app: App, word: str, wanted: Wanted) -> Figures:
    """Return the figures from every row, without the database counting anything."""
    period = read_period(word, app.now())
    assert period is not None
    async with app.database.reading() as tx:
        listed = await case_reports.listed(tx, wanted, limit=10_000)
        fines = [row for case in listed for row in await penalty_rows.of_case(tx, case.id)]
    cases = [
        CaseFacts(
            c.code,
            c.group_id,
            c.department.split("/")[0],
            c.opened_at,
            c.closed_at,
            c.closed_as,
            c.overdue_at,
        )
        for c in listed
    ]
    facts = [PenaltyFacts(r.amount, r.state, r.proposed_at, r.settled_at) for r in fines]
    return summarise(cases, facts, period, now=app.now())


@pytest.mark.parametrize("seed", [1, 2])
async def test_counting_in_the_database_changes_no_figure(app: App, clock: StoppedClock, seed: int):
    clock.time = datetime(2026, 3, 15, 10, 0, tzinfo=ZONE)
    await _fill(app, random.Random(seed), 120)
    for word in ("本月", "上月", "今年", "今天", "本周", "2025-12", "2026-02-03..2026-02-17"):
        period = read_period(word, app.now())
        assert period is not None
        assert await figures.load(app, period, Filters()) == await _plainly(app, word, Wanted())
        one = Filters(departments=("市场部",), group_id=700001)
        wanted = Wanted(departments=("市场部",), group_id=700001)
        assert await figures.load(app, period, one) == await _plainly(app, word, wanted)


async def test_text_json_workbook_and_picture_say_the_same(app: App, clock: StoppedClock):
    clock.time = datetime(2026, 3, 15, 10, 0, tzinfo=ZONE)
    await settle_in(app)
    await _fill(app, random.Random(7), 120)
    period = read_period("今年", app.now())
    assert period is not None
    found = await figures.load(app, period, Filters())
    told = as_json(found)
    assert found.opened > 20
    shown = picture.content(found, "", app.now())
    book = load_workbook(io.BytesIO(await tables.summary_workbook(app, found, Filters(), app.now())))
    written = text.summary_text(found, Filters(), {})

    counts = [told[name] for name in ("opened", "cured", "overdue", "open")]
    assert [int(n) for n in re.findall(r"\d+", written.splitlines()[1])] == counts
    assert [n for _, n in shown.tiles] == counts
    assert [row[1].value for row in book["汇总"].iter_rows(min_row=2, max_row=5)] == counts

    fines = list(dict(told["fines"]).values())  # pyright: ignore
    assert re.findall(r"\d+\.\d\d", written) == fines
    assert [amount for _, amount in shown.fines] == fines
    assert [f"{row[2].value:.2f}" for row in book["汇总"].iter_rows(min_row=6, max_row=8)] == fines

    assert {bar.label[:2]: bar.value for bar in shown.clauses} == told["by_clause"]
    assert {row[0]: row[2] for row in book["按条款"].iter_rows(min_row=2, values_only=True)} == told[
        "by_clause"
    ]
    assert {bar.label: bar.value for bar in shown.departments} == told["by_department"]
    rows = book["按部门"].iter_rows(min_row=2, values_only=True)
    assert {row[0]: row[1] for row in rows} == told["by_department"]
    rows = book["按群"].iter_rows(min_row=2, values_only=True)
    assert {row[0]: row[2] for row in rows} == told["by_group"]
    assert [tuple(row) for row in book["近六个月"].iter_rows(min_row=2, values_only=True)] == list(
        found.trend
    )
    for code, n in found.by_clause.items():
        assert re.search(rf"{code} \S+ {n}\b", written)
