"""Join requests over the wire, on every profile: lost, doubled, settled elsewhere, held and consented to."""

import asyncio
import re

import pytest
from sqlalchemy import func, select

from db.tables.identities import identities
from db.tables.requests import join_requests
from simulator.faults import Lose
from tests.journeys.conftest import SALES
from tests.journeys.harness import BOSS, BOT, Journey

PROOF = "问题：部门 姓名 工号 手机后四位\n答案：市场部 张三 A004 5678"
PROFILES = ("napcat", "llbot", "lagrange", "go-cqhttp")


def verdict_in_qq(j: Journey, user_id: int) -> str | None:
    return next((r.verdict for r in j.world.requests.values() if r.user_id == user_id), None)


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_request_raised_while_the_bot_was_away_is_found_and_answered_once(
    company: Journey, profile: str
) -> None:
    j = company
    await j.start()
    await j.world.ask_to_join(SALES, 30001, PROOF, "小张")
    await j.connect(profile=profile)
    await j.until(lambda: j.inside(SALES, 30001), "let in")
    await j.until(lambda: j.card(SALES, 30001) == "市场部-张三", "card set")
    await j.stored(select(join_requests.c.state), [("answered",)])
    answers = [c for c in j.world.calls if c.action == "set_group_add_request"]
    assert len(answers) == 1


@pytest.mark.parametrize("profile", PROFILES)
async def test_a_lost_event_is_made_good_by_the_poll(company: Journey, profile: str) -> None:
    j = company
    await j.start()
    account = await j.connect(profile=profile)
    account.faults.on_event("request.group.add", Lose())
    await j.world.ask_to_join(SALES, 30001, "市场部 张三 A004 0000", "路人")
    await j.until(lambda: verdict_in_qq(j, 30001) == "reject", "refused after a poll")


async def test_the_unknown_implementation_gets_no_recovered_approval(company: Journey) -> None:
    j = company
    await j.start()
    await j.world.ask_to_join(SALES, 30001, PROOF, "小张")
    await j.connect(profile="unknown")
    await j.stored(select(join_requests.c.verdict, join_requests.c.state), [("hold", "waiting")])
    assert not j.inside(SALES, 30001)


async def test_probation_waits_for_the_head_and_is_answered_by_itself_after(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.world.ask_to_join(SALES, 30003, "市场部 赵小雨 A008 8888", "小雨")
    told = (await j.until(lambda: j.said("E1", user_id=20001), "the head is told"))[0]
    assert "8888" not in told.text
    await j.world.whisper(20001, BOT, "同意 E1")
    await j.until(lambda: j.inside(SALES, 30003), "let in after the consent")


@pytest.mark.dialects
async def test_a_held_request_is_settled_once_by_whoever_is_first(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.world.ask_to_join(SALES, 30001, PROOF, "小张")
    await j.until(lambda: j.inside(SALES, 30001), "the true one is in")
    await j.world.ask_to_join(SALES, 30009, "市场部 张三 A004 5678", "像小张")
    # Which number it has isn't certain: PostgreSQL spends one on a request heard and listed at once.
    shown = (await j.until(lambda: j.said("同意 J", user_id=BOSS), "admin staff are told"))[0]
    assert "5678" not in shown.text
    item = re.search(r"J\d+", shown.text)
    assert item is not None
    await asyncio.gather(
        j.world.whisper(BOSS, BOT, f"同意 {item.group()}"),
        j.world.whisper(20001, BOT, f"同意 {item.group()}"),
    )
    await j.until(lambda: j.inside(SALES, 30009), "let in by admin staff")
    # A name is bound a moment after the answer.
    await j.stored(select(func.count()).where(identities.c.employee_no == "A004"), [(2,)])


async def test_a_request_settled_by_a_human_in_qq_closes_itself(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    request = await j.world.ask_to_join(SALES, 30003, "市场部 赵小雨 A008 8888", "小雨")
    await j.until(lambda: j.said("E1", user_id=20001), "held")
    await j.world.settle_by_human(request, True, 20001)
    await j.stored(select(join_requests.c.state, join_requests.c.settled_as), [("elsewhere", "approve")])


async def test_five_wrong_proofs_lock_the_qq_across_a_restart(company: Journey) -> None:
    j = company
    await j.start()
    await j.connect()
    for n in range(5):
        await j.world.ask_to_join(SALES, 30001, f"市场部 张三 A004 000{n}", "路人")
        await j.until(
            lambda n=n: sum(r.verdict == "reject" for r in j.world.requests.values()) == n + 1, "refused"
        )
    await j.kill()
    await j.start()
    await j.world.ask_to_join(SALES, 30001, PROOF, "路人")
    await j.until(
        lambda: sum(r.verdict == "reject" for r in j.world.requests.values()) == 6, "still locked", 30
    )
    assert not j.inside(SALES, 30001)
    reasons = {r.reason for r in j.world.requests.values()}
    assert len(reasons) == 1
    assert all(0 < len(reason) <= 30 for reason in reasons)


async def test_who_got_in_past_the_bot_is_asked_to_verify_and_the_one_who_let_them_in_is_on_record(
    company: Journey,
) -> None:
    j = company
    await j.start()
    await j.connect()
    await j.world.enter(SALES, 30007, how="approve", operator_id=20001, nickname="熟人")
    await j.until(lambda: j.said("绑定 姓名 工号 手机后四位", user_id=30007), "asked to verify")
    await j.world.whisper(30007, BOT, "绑定 张三 A004 5678", group_id=SALES)
    await j.until(
        lambda: j.card(SALES, 30007) == "市场部-张三" or j.said("市场部-张三", group_id=SALES), "known now"
    )
