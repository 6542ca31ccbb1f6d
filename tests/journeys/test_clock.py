"""The real bot on a host whose clock is an hour off, and jumps while it works."""

import asyncio

import pytest
from sqlalchemy import func, select

from db.tables.requests import join_requests
from db.tables.work import outbox, switches
from tests.journeys.conftest import SALES
from tests.journeys.harness import BOSS, BOT, Journey
from tests.journeys.shifted import set_clock, with_shifted_clock

PROOF = "市场部 张三 A004 5678"
WRONG = "市场部 张三 A004 0000"


@pytest.fixture
def shifted(company: Journey) -> Journey:
    with_shifted_clock(company, 3600)
    return company


async def answered(j: Journey, user_id: int, comment: str, count: int) -> None:
    await j.world.ask_to_join(SALES, user_id, comment, "x")
    done = select(func.count()).select_from(join_requests).where(join_requests.c.state == "answered")
    await j.stored(done, [(count,)])


async def test_an_hour_off_is_said_and_jumps_hold_nothing_up(shifted: Journey) -> None:
    j = shifted
    await j.start()
    account = await j.connect()
    for _ in range(9):
        account.push({"time": int(j.world.now()), "self_id": BOT, "post_type": "meta_event",
                      "meta_event_type": "heartbeat", "interval": 1, "status": {"online": True, "good": True}})  # fmt: skip
    await answered(j, 30002, WRONG, 1)
    await j.world.whisper(BOSS, BOT, "状态")
    await j.until(lambda: j.said("时钟与 QQ 相差 3", user_id=BOSS), "the skew in the state")
    await j.stored(
        select(func.count()).select_from(switches).where(switches.c.key == "clock_skew"), [(1,)], 15
    )
    code, printed = await j.cli("doctor")
    assert code == 1
    assert "QQ 的事件时间比本机慢 3" in printed

    for jump, (user_id, comment) in (
        (-3600, (30003, WRONG)),
        (7200, (30004, WRONG)),
        (-86400, (30001, PROOF)),
    ):
        set_clock(j, jump)
        await answered(j, user_id, comment, {30003: 2, 30004: 3, 30001: 4}[user_id])
    await j.until(lambda: j.card(SALES, 30001) == "市场部-张三", "card set")
    await j.world.change_card(SALES, 20005, "乱写")
    await j.world.say(SALES, 20005, "早")
    await j.until(lambda: j.said("群名片", group_id=SALES), "reminded")
    waiting = select(func.count()).select_from(outbox).where(outbox.c.state == "waiting")
    await j.stored(waiting, [(0,)])
    log = await asyncio.to_thread(j.log.read_text, "utf-8")
    assert log.count("the clock jumped by") >= 2
    assert "[ERROR]" not in log
