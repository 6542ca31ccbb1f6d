"""Reports that come by themselves: in time, in order, once, and only when there is something."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.tables.base import ZONE
from db.tables.work import outbox
from services.app import App
from services.cases import enforcing
from services.reports import scheduled
from services.running import status
from services.watching import connected
from tests.company import GROUP, OTHER, PLAIN, filed, settle_in
from tests.conftest import StoppedClock
from tests.services.stories import add_case, add_penalty, overdue_case

ADMIN_GROUP = 700009


async def _rows(app: App) -> list[dict[str, Any]]:
    async with app.database.reading() as tx:
        return [dict(row) for row in (await tx.execute(select(outbox).order_by(outbox.c.id))).mappings()]


def _text(row: dict[str, Any]) -> str:
    return "".join(part.get("text", "") for part in row["payload"].get("parts", []))


@pytest.fixture
async def company(app: App, clock: StoppedClock) -> App:
    clock.time = datetime(2026, 3, 2, 8, 59, tzinfo=ZONE)
    await settle_in(app)
    app.settings = app.settings.model_copy(update={"admin_group": ADMIN_GROUP})
    return app


@pytest.mark.dialects
async def test_says_at_nine_what_needs_a_human_in_counts_only(company: App, clock: StoppedClock):
    await add_penalty(company, await overdue_case(company))
    assert await scheduled.run_scheduled(company) == 0
    clock.move(minutes=1)
    await scheduled.run_scheduled(company)
    (row,) = [row for row in await _rows(company) if "早上好" in _text(row)]
    assert row["group_id"] == ADMIN_GROUP
    assert "罚单 1 项" in _text(row)
    assert "逾期未结 1 件" in _text(row)
    assert "郑平" not in _text(row)
    assert str(PLAIN) not in _text(row)


async def test_reports_after_an_outage_what_the_groups_are_like_then(company: App, clock: StoppedClock):
    await overdue_case(company)
    await filed(company)
    clock.move(days=2, minutes=5)
    for _ in range(2):
        assert await scheduled.run_when_read(company) == 0
        clock.move(seconds=5)
    await connected.read_all(company, [GROUP, OTHER])
    await enforcing.run_due(company)
    assert await scheduled.run_when_read(company) > 0
    assert [row for row in await _rows(company) if "早上好" in _text(row)]
    assert not [row for row in await _rows(company) if "未能读全" in _text(row)]


async def test_waits_a_minute_at_most_for_a_group_to_be_read(company: App, clock: StoppedClock):
    await filed(company, 700003)
    clock.move(minutes=2)
    sent = [await scheduled.run_when_read(company)]
    while not any(sent) and len(sent) < 20:
        clock.move(seconds=5)
        sent.append(await scheduled.run_when_read(company))
    assert sent[:-1] == [0] * 12
    assert [row for row in await _rows(company) if "未能读全的群 1 个" in _text(row)]


async def test_says_nothing_when_there_is_nothing(company: App, clock: StoppedClock):
    clock.move(minutes=2)
    await scheduled.run_scheduled(company)
    assert await _rows(company) == []


async def test_stays_silent_on_days_off_and_at_night(company: App, clock: StoppedClock):
    await overdue_case(company)
    for day, hour in ((7, 10), (2, 20)):
        clock.time = datetime(2026, 3, day, hour, 0, tzinfo=ZONE)
        assert await scheduled.run_scheduled(company) == 0


async def test_sends_last_months_summary_with_picture_and_workbook(company: App, clock: StoppedClock):
    async with company.database.transaction() as tx:
        await add_case(tx, opened_at=datetime(2026, 2, 11, 10, 0, tzinfo=ZONE))
    clock.move(minutes=2)
    await scheduled.run_scheduled(company)
    monthly = [row for row in await _rows(company) if "report" in row["key"] and "monthly" in row["key"]]
    assert [row["kind"] for row in monthly] == ["send_group", "send_file"]
    said, file = monthly
    assert "2026-02 违规月报" in _text(said)
    assert "新增 1，" in _text(said)
    assert "抽查" in _text(said)
    assert said["attachment"].startswith(b"\x89PNG")
    assert file["group_id"] == ADMIN_GROUP
    assert file["attachment"].startswith(b"PK")


async def test_catches_up_in_order_after_an_outage_and_says_so(company: App, clock: StoppedClock):
    async with company.database.transaction() as tx:
        await add_case(tx, opened_at=datetime(2026, 1, 12, 10, 0, tzinfo=ZONE))
    await overdue_case(company, opened_at=datetime(2026, 1, 13, 10, 0, tzinfo=ZONE), subject="2")
    clock.time = datetime(2026, 3, 11, 14, 0, tzinfo=ZONE)
    await scheduled.run_scheduled(company)
    texts = [_text(row) for row in await _rows(company) if _text(row)]
    assert [text.split(" ")[0] for text in texts if "月报" in text] == ["2026-01", "2026-02"]
    assert "补发" in texts[0]
    assert "早上好" in texts[-1]


async def test_is_sent_once_even_by_two_processes(company: App, clock: StoppedClock):
    await overdue_case(company)
    clock.move(minutes=2)
    other = replace(company, worker="other")
    due = scheduled.due_now(company)[-1]
    report = await scheduled.daily(company, due.at)
    run = scheduled._run  # pyright: ignore[reportPrivateUsage]
    assert await run(company, due, report) == 1
    assert await run(other, due, report) == 0
    await scheduled.run_scheduled(other)
    assert sum("早上好" in _text(row) for row in await _rows(company)) == 1
    clock.move(minutes=5)
    assert await scheduled.run_scheduled(company) == 0


async def test_comes_again_the_next_working_day(company: App, clock: StoppedClock):
    await overdue_case(company)
    for _ in range(2):
        clock.move(minutes=2)
        await scheduled.run_scheduled(company)
        clock.time += timedelta(days=1)
    assert sum("早上好" in _text(row) for row in await _rows(company)) == 2


async def test_says_in_december_that_next_years_workdays_are_a_guess(company: App, clock: StoppedClock):
    clock.time = datetime(2119, 12, 3, 9, 1, tzinfo=ZONE)
    own = replace(company.policy.hours, holidays=frozenset({date(2119, 1, 1)}))
    company.policy = replace(company.policy, hours=own)
    await overdue_case(company)
    report = await scheduled.daily(company, clock.time)
    assert "2120 年的放假和调休还没有公布" in report.text
    assert "2119 年的放假" not in report.text
    assert "2120 年的放假和调休还没有公布" in (await status.report(company)).text
