"""Modes and the pause, each change on the trail."""

import pytest
from sqlalchemy import select

from db.queries.groups import last_seen as group_rows
from db.tables.work import outbox
from regulation.policy import Mode
from services.acts import Act, ActKind, Priority, to_group
from services.app import App
from services.groups import modes
from services.outbox import queue
from tests import company as co
from tests.services.filing.test_filing import case_row


@pytest.mark.dialects
async def test_the_general_mode_is_enforce_until_set(app: App, qq: co.FakeQQ) -> None:
    async with app.database.reading() as tx:
        assert await modes.general_mode(tx) is Mode.ENFORCE
    assert await modes.set_general_mode(app, Mode.REMIND, by="10000") is Mode.ENFORCE
    async with app.database.reading() as tx:
        assert await modes.general_mode(tx) is Mode.REMIND
    [line] = await co.trail_of(app, "all")
    assert line["detail"] == {"before": "执行", "after": "提醒"}


async def test_a_groups_mode_is_set_and_the_group_looked_at(app: App, qq: co.FakeQQ) -> None:
    assert await modes.set_group_mode(app, co.GROUP, Mode.OBSERVE, by="10000") is Mode.ENFORCE
    async with app.database.reading() as tx:
        row = await group_rows.get(tx, co.GROUP)
    assert row is not None
    assert (row.mode, row.look_at) == ("观察", app.now())


async def test_an_unknown_group_has_no_mode(app: App, qq: co.FakeQQ) -> None:
    assert await modes.set_group_mode(app, 799999, Mode.OBSERVE, by="10000") is None


async def test_pausing_twice_changes_nothing(app: App, qq: co.FakeQQ) -> None:
    assert await modes.pause(app, by="10000")
    assert not await modes.pause(app, by="10000")
    async with app.database.reading() as tx:
        assert await modes.is_paused(tx)


@pytest.mark.dialects
async def test_resuming_drops_planned_acts_and_plans_anew_but_keeps_answers_and_notices(
    app: App, qq: co.FakeQQ
) -> None:
    from db.queries.cases import timelines

    async with app.database.transaction() as tx:
        [case] = await timelines.add(tx, [case_row(app, "L1", subject="1")])
        linked = {"group_id": co.GROUP, "user_id": 1, "case_ids": (case.id,)}
        await queue(
            app,
            tx,
            Act(ActKind.REMOVE, Priority.REMOVE, {"code": "L1"}, **linked, key="r"),
            Act(ActKind.ANSWER_REQUEST, Priority.ANSWER, {"flag": "f", "approve": True, "reason": ""}),
            to_group(co.GROUP, "通知"),
            to_group(co.GROUP, "提醒", priority=Priority.REMINDER, case_ids=[case.id]),
        )
    assert not await modes.resume(app, by="10000")
    await modes.pause(app, by="10000")
    assert await modes.resume(app, by="10000")
    async with app.database.reading() as tx:
        rows = (await tx.execute(select(outbox.c.state).order_by(outbox.c.id))).scalars().all()
        group = await group_rows.get(tx, co.GROUP)
    assert list(rows) == ["dropped", "waiting", "waiting", "dropped"]
    assert group is not None
    assert group.look_at == app.now()
