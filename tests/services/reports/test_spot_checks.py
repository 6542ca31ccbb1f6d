"""Spot checks: drawn once a month from a secret seed, done in hours, caught up, compared, proved."""

import hashlib
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from db.queries.cases import spot_checks as draw_rows
from db.tables.base import ZONE
from db.tables.work import spot_checks
from regulation.deadlines import in_hours
from services.app import App
from services.reports import spot_checks as checks
from services.reports.spot_checks import seeded
from tests.company import GROUP, OTHER, ROOT, filed, sent, settle_in
from tests.conftest import StoppedClock

ADMIN_GROUP = 799999
MONTH_START = datetime(2026, 3, 1, 0, 5, tzinfo=ZONE)


async def _rows(app: App) -> list[dict[str, Any]]:
    async with app.database.reading() as tx:
        found = await tx.execute(select(spot_checks).order_by(spot_checks.c.id))
        return [dict(row) for row in found.mappings()]


async def _due(app: App) -> list[dict[str, Any]]:
    """The rows, with the moments that only the seed tells."""
    draws = await seeded.known(app)
    due = [
        row | {"due_at": draws[row["month"]].moment(row["group_id"], row["after"])}
        for row in await _rows(app)
    ]
    return sorted(due, key=lambda row: row["due_at"])


@pytest.fixture
async def company(app: App, clock: StoppedClock):
    clock.time = MONTH_START
    qq = await settle_in(app)
    await filed(app, GROUP)
    await filed(app, OTHER, owner_id=20009, name="采购部群")
    return qq


async def test_draws_each_filed_group_once_a_month_in_working_hours(app: App, company: Any):
    await checks.run_due(app)
    await checks.run_due(app)
    drawn = await _due(app)
    assert sorted(row["group_id"] for row in drawn) == [GROUP, OTHER]
    assert all(in_hours(row["due_at"], app.policy.hours) for row in drawn)


@pytest.mark.dialects
async def test_nobody_who_reads_the_database_knows_when(app: App, company: Any):
    await checks.run_due(app)
    moments = {row["due_at"] for row in await _due(app)}
    async with app.database.reading() as tx:
        (draw,) = (await draw_rows.draws(tx)).values()
    assert draw.seed is None
    for row in await _rows(app):
        assert row["seed"] == ""
        assert row["due_at"] == datetime(2026, 4, 1, tzinfo=ZONE)
        assert row["due_at"] not in moments


async def told(app: App) -> list[str]:
    return [text for group, _, text in await sent(app) if group == ADMIN_GROUP and "抽" in text]


async def test_the_commitment_is_told_before_the_month_and_the_seed_after_it(
    app: App, company: Any, clock: StoppedClock
):
    app.settings = app.settings.model_copy(update={"admin_group": ADMIN_GROUP})
    clock.time = datetime(2026, 3, 26, 10, 0, tzinfo=ZONE)
    await checks.run_due(app)
    april = (await seeded.known(app))["2026-04"]
    promised = [text for text in await told(app) if april.commitment in text]
    assert len(promised) == 1
    assert april.seed not in promised[0]
    app.policy = replace(app.policy, hours=replace(app.policy.hours, end=time(12)))
    assert april.commitment in (await seeded.review(app, "2026-04")).text
    assert april.seed not in (await seeded.review(app, "2026-04")).text
    clock.time = datetime(2026, 5, 6, 10, 0, tzinfo=ZONE)
    await checks.run_due(app)
    assert [april.text in text for text in await told(app)].count(True) == 1
    shown = (await seeded.review(app, "2026-04")).text
    assert april.text in shown
    assert "和先前给出的一致" in shown
    assert hashlib.sha256(april.text.encode()).hexdigest() in promised[0]


async def test_a_review_shows_what_was_missed_by_the_same_seed_and_what_does_not_fit(
    app: App, company: Any, clock: StoppedClock
):
    await checks.run_due(app)
    seed = (await seeded.known(app))["2026-03"].seed
    first = (await _due(app))[0]
    clock.time = first["due_at"] + timedelta(hours=2)
    while (
        left := [row["due_at"] for row in await _rows(app) if not row["done_at"]]
    ) and clock.time.month == 3:
        await checks.run_due(app)
        clock.time = max(min(left), clock.time + timedelta(minutes=10))
    (missed,) = [row for row in await _rows(app) if row["id"] == first["id"]]
    assert [one["why"] for one in missed["tries"]] == ["missed"]
    clock.time = datetime(2026, 4, 1, 9, 30, tzinfo=ZONE)
    await checks.run_due(app)
    shown = (await seeded.review(app, "2026-03")).text
    assert seed in shown
    assert f"C{first['id']} 群 " in shown
    assert f"（{first['group_id']}）" in shown
    assert "没查成" in shown
    assert "不符" not in shown
    async with app.database.transaction() as tx:
        await tx.execute(update(spot_checks).values(due_at=clock.time))
    assert "不符" in (await seeded.review(app, "2026-03")).text
    assert "没有抽签记录" in (await seeded.review(app, "2026-01")).text


@pytest.mark.dialects
async def test_a_group_filed_later_is_drawn_for_the_rest_of_the_month(
    app: App, company: Any, clock: StoppedClock
):
    await checks.run_due(app)
    company.lists[700003] = company.lists[OTHER]
    clock.time = datetime(2026, 3, 20, 10, 0, tzinfo=ZONE)
    await filed(app, 700003, number="备案2026-0003")
    await checks.run_due(app)
    (row,) = [row for row in await _due(app) if row["group_id"] == 700003]
    assert row["due_at"] > clock.time


async def test_does_what_is_due_and_reports_counts_only(app: App, company: Any, clock: StoppedClock):
    await checks.run_due(app)
    first = (await _due(app))[0]
    clock.time = first["due_at"] + timedelta(seconds=3)
    (found,) = await checks.run_due(app)
    assert found.group_id == first["group_id"]
    assert found.outcome in ("clean", "findings")
    said = [text for _, _, text in await sent(app) if text.startswith("抽查")]
    assert said
    assert f"C{first['id']} " in said[0]
    assert "首次抽查" in said[0]
    assert "郑平" not in said[0]
    assert await checks.run_due(app) == []


async def test_what_was_missed_is_drawn_again_within_the_month_and_said_so(
    app: App, company: Any, clock: StoppedClock
):
    await checks.run_due(app)
    clock.time = datetime(2026, 3, 31, 17, 0, tzinfo=ZONE)
    for _ in range(200):
        clock.move(seconds=18)
        await checks.run_due(app)
    done = await _rows(app)
    assert all(row["done_at"] is not None and row["missed_at"] is not None for row in done)
    assert all(row["outcome"] in ("clean", "findings") for row in done)
    assert any("原定" in text for _, _, text in await sent(app))


async def test_a_month_that_is_over_is_not_caught_up_but_not_called_clean(
    app: App, company: Any, clock: StoppedClock
):
    await checks.run_due(app)
    clock.time = datetime(2026, 4, 2, 10, 0, tzinfo=ZONE)
    await checks.run_due(app)
    march = [row for row in await _rows(app) if row["month"] == "2026-03"]
    assert {row["outcome"] for row in march} == {"unknown"}
    async with app.database.reading() as tx:
        assert "已查 0 个，还差 2 个" in await checks.coverage_line(tx, "2026-03")


@pytest.mark.dialects
async def test_no_answer_is_unknown_and_tried_again(app: App, company: Any, clock: StoppedClock):
    await checks.run_due(app)
    first = (await _due(app))[0]
    company.down = True
    clock.time = first["due_at"] + timedelta(seconds=3)
    (found,) = await checks.run_due(app)
    assert found.outcome == "unknown"
    (row,) = [row for row in await _rows(app) if row["id"] == first["id"]]
    assert row["done_at"] is None or not found.again
    assert any("情况未知" in text for _, _, text in await sent(app))


async def test_draws_now_on_demand_and_compares_with_the_last(app: App, company: Any, clock: StoppedClock):
    clock.time = datetime(2026, 3, 10, 10, 0, tzinfo=ZONE)
    first = await checks.draw_one(app, GROUP, by=ROOT)
    clock.move(hours=1)
    second = await checks.draw_one(app, GROUP, by=ROOT)
    assert first.results[0].before is None
    assert second.results[0].before == first.results[0].findings.total
    many = await checks.draw_some(app, 9, by=ROOT)
    assert sorted(one.group_id for one in many.results) == [GROUP, OTHER]
    async with app.database.reading() as tx:
        assert "应查 2 个群，已查 2 个" in await checks.coverage_line(tx, "2026-03")


async def test_whoever_is_answered_is_not_told_again(app: App, company: Any):
    app.settings = app.settings.model_copy(
        update={"admin_group": None, "superusers": frozenset({ROOT, ROOT + 1})}
    )
    await checks.draw_one(app, GROUP, by=ROOT)
    assert [to for _, to, text in await sent(app) if "抽" in text] == [ROOT + 1]


async def test_an_unknown_group_is_answered_with_the_nearest(app: App, company: Any):
    answer = await checks.draw_one(app, 700009, by=ROOT)
    assert not answer.ok
    assert "700001" in answer.text


@pytest.mark.dialects
async def test_two_processes_do_one_check(app: App, company: Any, clock: StoppedClock):
    other = replace(app, worker="other")
    await checks.run_due(app)
    first = (await _due(app))[0]
    clock.time = first["due_at"] + timedelta(seconds=3)
    async with app.database.reading() as tx:
        [row] = await draw_rows.get_many(tx, [first["id"]])
    row = replace(row, due_at=first["due_at"])
    assert await checks._is_ours(app, row)  # pyright: ignore[reportPrivateUsage]
    assert await checks.run_due(other) == []
