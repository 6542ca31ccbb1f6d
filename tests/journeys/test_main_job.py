"""The whole job once: roster in, join, card, departure, record, summary."""

import pytest
from sqlalchemy import select

from db.tables.cases import cases
from db.tables.requests import join_requests
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import BOSS, BOT, Journey

pytestmark = pytest.mark.dialects


def settled(journey: Journey, user_id: int) -> str | None:
    return next((r.verdict for r in journey.world.requests.values() if r.user_id == user_id), None)


async def test_the_main_job_from_roster_to_summary(company: Journey) -> None:
    j, world = company, company.world
    # Here the bot starts as an operator starts it.
    j.forked = False
    await j.start()
    await j.connect()

    await world.ask_to_join(SALES, 30001, "问题：部门 姓名 工号 尾号\n答案：市场部 张三 A004 5678", "小张")
    await j.until(lambda: j.inside(SALES, 30001), "the right proof lets in")
    await j.until(lambda: j.card(SALES, 30001) == "市场部-张三", "the card is set once in")

    await world.ask_to_join(SALES, 30002, "市场部 张三 A004 0000", "路人")
    await j.until(lambda: settled(j, 30002) == "reject", "a wrong proof is refused")

    await world.change_card(SALES, 20005, "陈晨")
    await world.say(SALES, 20005, "大家早")
    reminder = (await j.until(lambda: j.said("市场部-陈晨", group_id=SALES), "a reminder names the card"))[0]
    assert 20005 in reminder.at
    assert "A005" not in reminder.text

    await world.whisper(BOSS, BOT, "离职 A006")
    await j.until(lambda: not j.inside(SALES, 20006) and not j.inside(ALL, 20006), "out of every group")

    await world.whisper(20007, BOT, "违规汇总")
    await world.whisper(BOSS, BOT, "违规汇总 今天")
    await j.until(lambda: [s for s in j.world.shown if s.user_id == BOSS and s.image], "the summary comes")
    assert not [s for s in j.world.shown if s.user_id == 20007 and ("新增" in s.text or s.image)]

    await j.stored(
        select(cases.c.code, cases.c.closed_as).where(cases.c.code == "L1"), [("L1", "removed")] * 2
    )
    await j.stored(
        select(join_requests.c.verdict, join_requests.c.state).order_by(join_requests.c.id),
        [("approve", "answered"), ("reject", "answered")],
    )
