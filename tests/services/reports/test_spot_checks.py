"""Spot checks: drawn once a month from a stored seed, done in hours, caught up, compared, proved."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.tables.base import ZONE
from db.tables.work import spot_checks
from regulation.deadlines import in_hours
from regulation.spot_check import draw_month
from services.app import App
from services.reports import spot_checks as checks
from tests.company import GROUP, OTHER, ROOT, filed, sent, settle_in
from tests.conftest import StoppedClock

MONTH_START = datetime(2026, 3, 1, 0, 5, tzinfo=ZONE)


async def _rows(app: App) -> list[dict[str, Any]]:
    async with app.database.reading() as tx:
        found = await tx.execute(select(spot_checks).order_by(spot_checks.c.id))
        return [dict(row) for row in found.mappings()]


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
    drawn = await _rows(app)
    assert sorted(row["group_id"] for row in drawn) == [GROUP, OTHER]
    assert all(in_hours(row["due_at"], app.policy.hours) for row in drawn)
    assert await sent(app) == []


async def test_the_draw_can_be_done_again_from_what_is_stored(app: App, company: Any):
    await checks.run_due(app)
    for row in await _rows(app):
        again = draw_month(
            [row["group_id"]], MONTH_START.date(), int(row["seed"]), app.policy.hours, after=row["after"]
        )
        assert again[row["group_id"]] == row["due_at"]


@pytest.mark.dialects
async def test_a_group_filed_later_is_drawn_for_the_rest_of_the_month(
    app: App, company: Any, clock: StoppedClock
):
    await checks.run_due(app)
    company.lists[700003] = company.lists[OTHER]
    clock.time = datetime(2026, 3, 20, 10, 0, tzinfo=ZONE)
    await filed(app, 700003, number="备案2026-0003")
    await checks.run_due(app)
    (row,) = [row for row in await _rows(app) if row["group_id"] == 700003]
    assert row["due_at"] > clock.time


async def test_does_what_is_due_and_reports_counts_only(app: App, company: Any, clock: StoppedClock):
    await checks.run_due(app)
    first = min(await _rows(app), key=lambda row: row["due_at"])
    clock.time = first["due_at"] + timedelta(seconds=3)
    (found,) = await checks.run_due(app)
    assert found.group_id == first["group_id"]
    assert found.outcome in ("clean", "findings")
    said = [text for _, _, text in await sent(app) if "抽查" in text]
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
        assert "已查 0 个，还差 2 个" in await checks.coverage_line(app, tx, "2026-03")


@pytest.mark.dialects
async def test_no_answer_is_unknown_and_tried_again(app: App, company: Any, clock: StoppedClock):
    await checks.run_due(app)
    first = min(await _rows(app), key=lambda row: row["due_at"])
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
    assert not isinstance(first, str)
    assert not isinstance(second, str)
    assert first[0].before is None
    assert second[0].before == sum(first[0].by_code.values())
    many = await checks.draw_some(app, 9, by=ROOT)
    assert not isinstance(many, str)
    assert sorted(one.group_id for one in many) == [GROUP, OTHER]
    async with app.database.reading() as tx:
        assert "应查 2 个群，已查 2 个" in await checks.coverage_line(app, tx, "2026-03")


async def test_an_unknown_group_is_answered_with_the_nearest(app: App, company: Any):
    answer = await checks.draw_one(app, 700009, by=ROOT)
    assert isinstance(answer, str)
    assert "700001" in answer


@pytest.mark.dialects
async def test_two_processes_do_one_check(app: App, company: Any, clock: StoppedClock):
    from dataclasses import replace

    other = replace(app, worker="other")
    await checks.run_due(app)
    first = min(await _rows(app), key=lambda row: row["due_at"])
    clock.time = first["due_at"] + timedelta(seconds=3)
    assert await checks._is_ours(app, first)  # pyright: ignore[reportPrivateUsage]
    assert await checks.run_due(other) == []
