"""Text, JSON, workbook and picture hold the same figures, and those of the core on the bare facts."""

import io
import random
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from openpyxl import load_workbook

from db.queries.cases import case_reports
from db.queries.cases import penalties as penalty_rows
from db.queries.cases.case_reports import Wanted
from db.tables.base import ZONE
from regulation.model import Closure
from regulation.summary import Counts, Figures, as_json, month_bounds, read_period, summarise
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
HEALED = ("cured", "removed", "corrected", "left")
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
    """Return the figures from every row, counted by hand."""
    period, now = read_period(word, app.now()), app.now()
    assert period is not None
    async with app.database.reading() as tx:
        listed = await case_reports.listed(tx, wanted, limit=10_000)
        fines = [row for case in listed for row in await penalty_rows.of_case(tx, case.id)]
    right = [case for case in listed if case.closed_as != "dismissed"]
    opened = [case for case in right if period.holds(case.opened_at)]
    still = [
        c for c in right
        if c.opened_at <= now and c.opened_at < period.end
        and (c.closed_at is None or c.closed_at > now or c.closed_at >= period.end)
    ]  # fmt: skip
    months = [bound for bound, _ in pairwise(month_bounds(period, now))]
    return summarise(
        Counts(
            by_clause=Counter(case.code for case in opened).items(),
            by_department=Counter(case.department.split("/")[0] for case in opened).items(),
            by_group=Counter(case.group_id for case in opened).items(),
            cured=sum(period.holds(c.closed_at) and c.closed_as in HEALED for c in right),
            overdue=sum(period.holds(c.overdue_at) for c in right),
            open=len(still),
            trend=[
                (_in_month([c.opened_at for c in right], one), _in_month([c.closed_at for c in right], one))
                for one in months
            ],
            fines=[
                (one.state, one.amount, 1)
                for one in fines
                if period.holds(
                    one.proposed_at
                    if one.state in ("proposed", "appealed")
                    else one.settled_at or one.proposed_at
                )
            ],
        ),
        period,
        month_bounds(period, now),
    )


def _in_month(moments: Iterable[datetime | None], first: datetime) -> int:
    return sum(at is not None and f"{at:%Y-%m}" == f"{first:%Y-%m}" for at in moments)


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


async def test_a_period_begins_with_its_first_instant_and_ends_before_its_last(app: App, clock: StoppedClock):
    clock.time = datetime(2026, 12, 1, tzinfo=ZONE)
    october = read_period("2026-10", app.now())
    assert october is not None
    instant = timedelta(microseconds=1)
    edges = (october.start - instant, october.start, october.end - instant, october.end)
    async with app.database.transaction() as tx:
        for n, at in enumerate(edges):
            times = {"opened_at": at, "overdue_at": at, "closed_at": at, "closed_as": "cured"}
            await add_case(tx, subject=str(n), status="closed", **times)
    found = await figures.load(app, october, Filters())
    assert (found.opened, found.overdue, found.cured, found.open) == (2, 2, 2, 0)
    assert found.trend[-1] == ("2026-10", 2, 2)


@pytest.mark.parametrize(
    ("how", "counted"),
    [("cured", (1, 1)), ("removed", (1, 1)), ("corrected", (1, 1)), ("left", (1, 1)), ("waived", (1, 0)), ("dismissed", (0, 0))],
)  # fmt: skip
async def test_what_is_so_no_more_is_cured_what_is_forgiven_or_was_wrong_is_not(
    app: App, how: str, counted: tuple[int, int]
):
    assert how in set(Closure)
    period, now = read_period("今年", app.now()), app.now()
    assert period is not None
    async with app.database.transaction() as tx:
        await add_case(tx, opened_at=now, closed_at=now, closed_as=how, status="closed")
    found = await figures.load(app, period, Filters())
    assert (found.opened, found.cured) == counted


async def test_lists_go_on_by_the_moment_of_opening_whatever_the_ids(app: App):
    now = app.now()
    hours = (3, 1, 2, 2, 5)
    async with app.database.transaction() as tx:
        ids = [
            (await add_case(tx, subject=str(n), opened_at=now - timedelta(hours=ago))).id
            for n, ago in enumerate(hours)
        ]
    wanted = [ids[n] for n in (1, 3, 2, 0, 4)]
    seen: list[int] = []
    async with app.database.reading() as tx:
        for _ in wanted:
            below = seen[-1] if seen else None
            seen += [case.id for case in await case_reports.listed(tx, Wanted(), limit=1, below=below)]
    assert seen == wanted


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
