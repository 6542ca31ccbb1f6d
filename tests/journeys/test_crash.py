"""kill -9 at many moments: nothing decided is lost, nothing is done twice that mustn't be."""

import asyncio
import os
import random
from collections import Counter

import pytest
from sqlalchemy import select

from db.tables.cases import cases
from db.tables.identities import identities
from db.tables.requests import join_requests
from db.tables.work import outbox
from tests.journeys.conftest import ALL, SALES
from tests.journeys.harness import STAFF, Journey, Row

KILLS, ROUNDS = 10, 3 if "CI" in os.environ else 1
LEAVERS = tuple(Row(f"C{i:03}", f"离{chr(0x4E00 + i)}", "市场部", 22000 + i) for i in range(4))
JOINERS = tuple(
    Row(f"D{i:03}", f"来{chr(0x4E10 + i)}", "市场部", None, f"1390000{i:04}") for i in range(KILLS)
)


@pytest.mark.parametrize(
    ("dialect", "seed"),
    [*(("sqlite", seed) for seed in range(ROUNDS)), ("postgresql", ROUNDS)],
    indirect=["dialect"],
)
async def test_ten_kills_lose_nothing_and_double_nothing(company: Journey, seed: int) -> None:
    """Requests, departures and card reminders under way while the process is killed at random moments.

    In CI thirty kills on SQLite, in three rounds that can run side by side, and one round on PostgreSQL.
    """
    j = company
    j.policy = (
        j.policy.replace("requests_seconds = 3", "requests_seconds = 1") + "[safety]\nmax_removals = 50\n"
    )
    chance = random.Random(20261122 + seed)
    for row in LEAVERS:
        for group_id in (SALES, ALL):
            j.world.add_member(group_id, row.qq or 0, nickname="x", card=f"市场部-{row.name}")
    await j.import_roster((*STAFF, *LEAVERS, *JOINERS))
    await j.start()
    await j.connect()
    for n in range(KILLS):
        await act(j, n)
        await asyncio.sleep(chance.uniform(0.0, 1.6))
        await j.kill()
        if n == 3:
            gone = tuple(Row(r.no, r.name, r.department, r.qq, status="离职") for r in LEAVERS)
            await j.import_roster((*STAFF, *gone, *JOINERS), accept_departures=len(LEAVERS))
        await j.start()
        await j.accounts[0].connected.wait()
    await all_is_settled(j)
    nothing_is_doubled(j)
    assert all(j.inside(SALES, row.qq or 0) for row in STAFF if row.qq in (20001, 20005, 20006))


async def act(j: Journey, n: int) -> None:
    """Do something new in QQ before each kill."""
    row = JOINERS[n]
    await j.world.ask_to_join(SALES, 31000 + n, f"市场部 {row.name} {row.no} {row.phone[-4:]}")
    if n % 4 == 0:
        await j.world.change_card(SALES, 20005, f"陈晨{n}")
        await j.world.say(SALES, 20005, "在")


async def all_is_settled(j: Journey) -> None:
    async def done() -> bool:
        inside = all(j.inside(SALES, 31000 + n) for n in range(len(JOINERS)))
        out = not any(j.inside(g, row.qq or 0) for row in LEAVERS for g in (SALES, ALL))
        return inside and out

    await j.until(done, "everyone in who should be, everyone out who should be")
    states = {row[0] for row in await j.rows(select(join_requests.c.verdict))}
    assert states == {"approve"}
    # A name is bound a moment after the answer: a kill in between must not lose it.
    joined = identities.c.user_id.between(31000, 31000 + KILLS)
    bound = select(identities.c.user_id, identities.c.employee_no).where(joined)
    await j.stored(
        bound.order_by(identities.c.user_id), [(31000 + n, row.no) for n, row in enumerate(JOINERS)], 30
    )
    open_l1 = select(cases.c.id).where(cases.c.code == "L1", cases.c.closed_at.is_(None))
    await j.stored(open_l1, [])


def nothing_is_doubled(j: Journey) -> None:
    told = Counter((s.group_id, s.user_id, s.text) for s in j.world.shown)
    assert [words for words, times in told.items() if times > 1] == []
    reminders = [s for s in j.world.shown if s.group_id == SALES and 20005 in s.at]
    assert len(reminders) <= 1
    kicked = {h.user_id for h in j.world.happened if h.kind == "kicked"}
    assert kicked == {row.qq for row in LEAVERS}


async def test_a_message_that_was_under_way_is_never_sent_again(company: Journey) -> None:
    j = company
    await j.start()
    account = await j.connect()
    from simulator.faults import NoAnswer

    account.faults.always("send_group_msg", NoAnswer())
    await j.world.change_card(SALES, 20005, "陈晨")
    await j.world.say(SALES, 20005, "在")
    await j.until(lambda: [s for s in j.world.shown if 20005 in s.at], "the reminder is on its way")
    await j.kill()
    account.faults.clear()
    await j.start()
    await account.connected.wait()
    sent = select(outbox.c.state).where(outbox.c.kind == "send_group")
    await j.stored(sent, [("unconfirmed",)])
    assert len([s for s in j.world.shown if 20005 in s.at]) == 1
