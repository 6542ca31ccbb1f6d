"""Rows of the outbox: claimed in order, by one, and counted."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from db.queries.work import figures
from db.queries.work import outbox as rows
from db.tables.work import outbox, switches
from services.acts import Act, ActKind, Priority, to_group
from services.app import App
from services.outbox import NEVER, act_row, queue

ME = 10001


async def _put(app: App, *acts: Act) -> None:
    async with app.database.transaction() as tx:
        await queue(app, tx, *acts)


async def _claim(app: App, lane: str = "message", **given: Any) -> list[rows.OutboxRow]:
    friends = given.pop("friends", [])
    mine = rows.route(given.pop("account", ME), given.pop("serves", [1, 2]), [1, 2, 3], [], friends)
    async with app.database.transaction() as tx:
        return await rows.claim(tx, lane=lane, mine=mine, worker=app.worker, now=app.now(), **given)


def _kick(user_id: int, deadline: datetime | None = None, group_id: int = 1) -> Act:
    return Act(ActKind.REMOVE, Priority.REMOVE, {}, group_id=group_id, user_id=user_id, deadline=deadline)


async def test_urgent_ones_first_then_by_deadline_then_by_age(app: App) -> None:
    soon, later = app.now() + timedelta(days=1), app.now() + timedelta(days=2)
    await _put(app, _kick(1), _kick(2, later), _kick(3, soon), _kick(4, soon))

    claimed = await _claim(app, "remove", limit=9)

    assert [row.user_id for row in claimed] == [3, 4, 2, 1]


async def test_a_row_is_claimed_once(app: App) -> None:
    await _put(app, to_group(1, "一"))

    claims = await asyncio.gather(*(_claim(app) for _ in range(8)))

    assert sum(len(claim) for claim in claims) == 1


async def test_rows_of_later_wait(app: App) -> None:
    await _put(
        app, Act(ActKind.SEND_GROUP, Priority.NOTICE, {}, group_id=1, not_before=app.now() + timedelta(1))
    )

    assert await _claim(app) == []


async def test_groups_that_others_serve_are_left_to_them(app: App) -> None:
    await _put(app, to_group(3, "他"), to_group(4, "没人"), to_group(2, "我"))

    assert [row.group_id for row in await _claim(app, limit=9)] == [2]


async def test_people_are_written_to_even_when_nobody_is_in_their_group(app: App) -> None:
    person = Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, group_id=4, user_id=7)
    nearer = Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, group_id=3, user_id=8)
    await _put(app, person, nearer, Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, user_id=9))

    assert [row.user_id for row in await _claim(app, limit=9)] == [7, 9]


async def test_friends_are_written_to_where_the_account_of_their_group_cannot(app: App) -> None:
    friend, other = (Act(ActKind.SEND_PRIVATE, Priority.NOTICE, {}, group_id=3, user_id=n) for n in (7, 8))
    await _put(app, friend, other, to_group(3, "他"))

    assert [row.user_id for row in await _claim(app, limit=9, friends=[7])] == [7]


async def test_a_row_for_one_account_is_no_one_elses(app: App) -> None:
    await _put(app, Act(ActKind.SEND_GROUP, Priority.NOTICE, {}, group_id=1, account=10002))

    assert await _claim(app) == []
    assert len(await _claim(app, account=10002, serves=[])) == 1


async def test_the_same_key_is_written_once(app: App) -> None:
    act = to_group(1, "一", key="notice:1")
    async with app.database.transaction() as tx:
        assert await queue(app, tx, act, act) == 1


async def test_only_who_has_a_row_in_hand_may_change_it(app: App) -> None:
    await _put(app, to_group(1, "一"))
    row = (await _claim(app))[0]
    async with app.database.transaction() as tx:
        assert not await rows.change(tx, row.id, "another", state="done")
        assert await rows.change(tx, row.id, app.worker, state="done")
        assert not await rows.change(tx, row.id, app.worker, state="waiting")


async def test_a_dead_workers_row_is_taken_over_by_one(app: App) -> None:
    await _put(app, to_group(1, "一"))
    row = (await _claim(app))[0]
    async with app.database.transaction() as tx:
        assert await rows.take_over(tx, row.id, app.worker, "next", app.now())
        assert not await rows.take_over(tx, row.id, app.worker, "third", app.now())


async def test_the_switch_pauses(app: App) -> None:
    async with app.database.transaction() as tx:
        assert not await rows.is_paused(tx)
        at = {"set_by": "x", "set_at": app.now()}
        await tx.execute(insert(switches).values(key="paused", value=True, **at))
        assert await rows.is_paused(tx)


async def test_effects_are_counted_by_implementation_and_action(app: App) -> None:
    async with app.database.transaction() as tx:
        for effect in ("ok", "ineffective", "ok"):
            await rows.count_effect(tx, "NapCat.Onebot", "set_group_kick", effect)

        counted = await rows.effect_counts(tx)

    assert counted == {("NapCat.Onebot", "set_group_kick"): {"ok": 2, "ineffective": 1}}


async def test_the_backlog_is_counted(app: App) -> None:
    await _put(app, to_group(1, "一"), to_group(2, "二"), _kick(3))
    async with app.database.reading() as tx:
        found = await figures.gather(tx, app.now())
        assert found.sends == {("send_group", "waiting"): 2, ("remove", "waiting"): 1}
        assert (found.backlog, found.oldest_waiting) == (3, app.now())
        assert await rows.waiting_lanes(tx, app.now()) == {"message", "remove"}


async def test_ten_thousand_waiting_rows_cost_a_claim_nothing(app: App) -> None:
    made = [act_row(to_group(1, str(n)), app.now()) for n in range(10_000)]
    async with app.database.transaction() as tx:
        await tx.execute(insert(outbox), made)
        plan = text(
            "EXPLAIN QUERY PLAN SELECT id FROM outbox WHERE state='waiting' AND lane='message' "
            "AND not_before <= '2026-03-02' ORDER BY priority, order_at, id LIMIT 1"
        )
        steps = [str(tuple(row)) for row in await tx.execute(plan)] if app.database.is_sqlite else []
    assert not any("TEMP B-TREE" in step for step in steps)
    assert len(await _claim(app)) == 1


def test_a_row_without_deadline_sorts_behind_all_that_have_one(app: App) -> None:
    assert act_row(_kick(1), app.now())["order_at"] == NEVER
    assert app.now() + timedelta(days=365_000) < NEVER
