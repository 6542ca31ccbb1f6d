"""Two processes settle an item once."""

import asyncio

from sqlalchemy import func, select

from db.queries.joining import requests as request_rows
from db.tables.cases import penalties
from db.tables.work import outbox
from services.inbox import settle
from services.joining import rounds, waiting
from services.joining.heard import Heard
from tests import company
from tests.company import BOT, GROUP
from tests.services.processes.pair import Pair, states
from tests.services.stories import add_penalty, overdue_case


async def test_two_processes_settle_an_item_once(pair: Pair) -> None:
    first, second = pair
    await rounds.hear(first, Heard(BOT, GROUP, 30001, "你好", "flag-1"))
    items = [("J", 1)]

    answers = await asyncio.gather(
        *(settle.settle(app, items, approve=True, by=10000) for app in (first, second, first, second))
    )

    assert sorted(one.ok for [one] in answers) == [False, False, False, True]
    assert await states(first) == ["waiting"] * len(await states(first))
    async with first.database.reading() as tx:
        answered = select(func.count()).where(outbox.c.kind == "answer_request")
        assert (await tx.execute(answered)).scalar_one() == 1


async def test_two_processes_decide_a_fine_once_and_nobody_is_told_otherwise(pair: Pair) -> None:
    first, second = pair
    for n in range(1, 7):
        assert await add_penalty(first, await overdue_case(first, subject=str(40000 + n))) == n

    answers = await asyncio.gather(
        *(
            settle.settle(app, [("P", n)], approve=approve, by=10000)
            for n in range(1, 7)
            for app, approve in ((first, True), (second, False))
        )
    )

    assert [[a.ok, b.ok].count(True) for [a], [b] in zip(answers[::2], answers[1::2], strict=True)] == [1] * 6
    async with first.database.reading() as tx:
        kept = dict(await tx.rows(select(penalties.c.id, penalties.c.state)))
        told = (await tx.execute(select(outbox.c.key).where(outbox.c.key.startswith("penalty:")))).scalars()
        confirmed = {int(key.split(":")[1]) for key in told}
    assert confirmed == {number for number, state in kept.items() if state == "confirmed"}


async def test_a_request_in_somebodys_hands_is_stepped_over_not_waited_for(pair: Pair) -> None:
    first, second = pair
    await rounds.hear(first, Heard(BOT, GROUP, company.CLERK, "", "flag-1"))
    everyone = {"everyone": True, "departments": [], "employee_nos": []}
    await company.filed(first, scope=everyone)

    async with first.database.transaction() as tx, asyncio.timeout(90):
        assert len(await request_rows.unsettled(tx, take=True)) == 1
        assert await waiting.decide_waiting(second, GROUP) == 0

    assert await waiting.decide_waiting(second, GROUP) == 1
