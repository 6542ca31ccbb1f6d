"""The outbox of several processes: each row in one's hands."""

import asyncio
from dataclasses import replace
from typing import Any

from db.queries.work import outbox as outbox_rows
from db.queries.work.outbox import OutboxRow
from regulation.model import Role
from services.acts import Act, ActKind, Lane, Priority, to_group
from services.app import App
from services.outbox import queue
from services.sender import bookkeeping, takeover
from services.sender.bookkeeping import Route
from tests.company import BOT, GROUP, OTHER
from tests.services.processes.pair import SECOND_BOT, Pair, PeerQQ, both_in, dies, states


async def test_two_workers_share_the_outbox_without_waiting_or_doubling(pair: Pair) -> None:
    first, _ = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, *(to_group(GROUP, str(n)) for n in range(40)))
    route = Route(BOT, [GROUP], [GROUP])

    async def take(app: App) -> list[int]:
        got: list[int] = []
        while rows := await bookkeeping.claim(app, Lane.MESSAGE, route, limit=3):
            got += [row.id for row in rows]
        return got

    taken = [one for part in await asyncio.gather(*map(take, (*pair, *pair))) for one in part]
    assert sorted(taken) == list(range(1, 41))


async def test_a_row_in_another_workers_hands_is_stepped_over(pair: Pair) -> None:
    first, second = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, to_group(GROUP, "一"), to_group(GROUP, "二"))
    mine = outbox_rows.route(BOT, [GROUP], [GROUP], [])
    asked: dict[str, Any] = {"lane": "message", "mine": mine, "now": first.now()}
    async with (
        first.database.transaction() as tx,
        second.database.transaction() as other,
        asyncio.timeout(90),
    ):
        held = await outbox_rows.claim(tx, worker=first.worker, **asked)
        others = await outbox_rows.claim(other, worker=second.worker, limit=9, **asked)

    assert [len(held), len(others)] == [1, 1]
    assert held[0].id != others[0].id


async def test_people_of_anothers_groups_are_left_to_it(pair: Pair) -> None:
    first, second = pair
    near = Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, group_id=GROUP, user_id=20004)
    anyone = Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, user_id=20005)
    async with first.database.transaction() as tx:
        await queue(first, tx, near, anyone)

    got = await bookkeeping.claim(second, Lane.MESSAGE, Route(SECOND_BOT, [OTHER], [OTHER], [BOT]), limit=9)
    left = await bookkeeping.claim(first, Lane.MESSAGE, Route(BOT, [GROUP], [GROUP], [SECOND_BOT]), limit=9)

    assert [[row.user_id for row in part] for part in (got, left)] == [[20005], [20004]]


async def test_what_a_dead_process_had_in_hand_waits_again_and_a_living_ones_is_left(pair: Pair) -> None:
    first, second = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, to_group(GROUP, "一"))
    await bookkeeping.claim(first, Lane.MESSAGE, Route(BOT, [GROUP], [GROUP]))

    await takeover.take_over(second)
    assert await states(first) == ["claimed"]
    await dies(first)
    await takeover.take_over(second)

    assert await states(first) == ["waiting"]


async def test_a_dead_processs_act_is_read_back_by_one_that_can_look(pair: Pair) -> None:
    first, second = pair
    async with first.database.transaction() as tx:
        await queue(first, tx, Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=GROUP, user_id=20009))
    row = (await bookkeeping.claim(first, Lane.REMOVE, Route(BOT, [GROUP], [GROUP])))[0]
    await begun(first, row)
    second.peers = replace(second.peers, others=frozenset({90003}))
    await dies(first)

    assert await takeover.take_over(second) == []
    assert isinstance(second.gateway, PeerQQ)
    both_in(second, Role.MEMBER, Role.ADMIN)
    adopted = await takeover.take_over(second)

    assert [one.id for one in adopted] == [row.id]
    assert await states(first) == ["verifying"]


async def begun(app: App, row: OutboxRow) -> None:
    """Leave a row as a process does that dies right after it began the act."""
    async with app.database.transaction() as tx:
        marks = {"acted_at": app.now(), "acted_by": BOT, "attempts": 1}
        assert await outbox_rows.change(tx, row.id, app.worker, **marks)
