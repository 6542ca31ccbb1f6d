"""SIGTERM while much is under way: it ends in time, and what was under way is not lost."""

import asyncio
import signal
from datetime import datetime

import pytest
from sqlalchemy import func, insert, select

import bot
from db.tables.base import ZONE
from db.tables.work import outbox
from services.acts import to_group
from services.outbox import act_row
from simulator.faults import LateAnswer
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import BOT, Journey

BACKLOG = 300


def test_what_will_not_end_is_ended_within_five_seconds() -> None:
    assert bot.SHUTDOWN_SECONDS + bot.END_SECONDS <= 5


async def pile_up(j: Journey) -> None:
    now = datetime.now(ZONE)
    rows = [act_row(to_group(ALL, f"m{n}", key=f"m{n}"), now) for n in range(BACKLOG)]
    database = j.database()
    async with database.transaction() as tx:
        await tx.execute(insert(outbox), rows)
    await database.close()


@pytest.mark.dialects
async def test_it_stops_with_a_backlog_and_an_audit_under_way(company: Journey) -> None:
    j = company
    for group_id in range(710000, 710020):
        j.world.add_group(group_id, "项目群", 20001)
        j.world.add_member(group_id, BOT, nickname="群规", card="", role="admin")
        for user_id in range(40001, 40101):
            j.world.add_member(group_id, user_id, nickname="x", card="")
    await pile_up(j)
    await j.start()
    account = await j.connect()
    account.faults.always("get_group_member_list", LateAnswer(30.0))
    await j.until(lambda: any(c.action == "get_group_member_list" for c in j.world.calls), "an audit")
    await j.until(lambda: len(j.said("m", group_id=ALL)) >= 3, "the backlog being sent")

    await j.terminate()

    assert j.process is not None
    assert j.process.returncode in (0, -signal.SIGTERM)
    log = await asyncio.to_thread(j.log.read_text, "utf-8")
    assert [line for line in log.splitlines() if "[ERROR]" in line] == []
    left = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("waiting", "claimed")))
    done = select(func.count()).select_from(outbox).where(outbox.c.state == "done", outbox.c.group_id == ALL)
    waiting, said = (await j.rows(left))[0][0], (await j.rows(done))[0][0]
    assert waiting > 0
    assert said <= len(j.said("m", group_id=ALL)) <= said + 1


async def test_it_stops_while_another_program_holds_the_database(
    company: Journey,
) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.until(lambda: any(c.action == "get_group_list" for c in j.world.calls), "at work")
    database = j.database()
    async with database.transaction():
        await j.world.say(SALES, 20005, "早")
        await j.terminate()
    await database.close()
