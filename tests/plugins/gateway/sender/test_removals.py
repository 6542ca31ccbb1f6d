"""Removals: the earliest deadline first, within the day's budget, and read back."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.queries.groups import memberships
from db.queries.work.outbox import OutboxRow
from db.tables.work import outbox
from plugins.gateway import calls as made
from regulation.model import Member as QQMember
from regulation.policy import Kick
from services.acts import ActOutcome
from services.app import App
from services.outbox import queue
from services.sender import outcomes
from simulator import Failure, Implementation, NoAnswer, OkButNothing, World
from tests.plugins.gateway.conftest import BOT, Connect
from tests.plugins.gateway.sender.rows import calls, counted, kick, put, settled, state_of


@pytest.mark.parametrize("profile", ["napcat", "llbot", "lagrange", "go-cqhttp", "unknown"])
async def test_a_removal_is_done_when_the_list_shows_it(
    profile: str, connect: Connect, app: App, world: World
) -> None:
    await connect(profile)
    await put(app, kick(20001))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], row["attempts"]) == ("done", "member_list", 1)
    assert 20001 not in world.groups[700001].members


async def test_an_ok_that_did_nothing_is_tried_once_more(connect: Connect, app: App, world: World) -> None:
    account = await connect()
    account.faults.once("set_group_kick", OkButNothing())
    await put(app, kick(20001))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("done", 2)
    assert (await counted(app))["NapCat.Onebot", "set_group_kick"] == {"ineffective": 1, "ok": 1}


@pytest.mark.parametrize("profile", ["napcat", "go-cqhttp"])
async def test_a_removal_that_never_takes_is_dead_after_two_tries(
    profile: str, connect: Connect, app: App, world: World
) -> None:
    await connect(profile)
    await put(app, kick(20001, 700002))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("dead", 2)
    assert "没有生效" in row["result"]
    assert len(calls(world, "set_group_kick")) == 2


async def test_an_unanswered_removal_that_took_is_not_repeated(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_kick = made.kick
    monkeypatch.setattr(made, "kick", lambda g, u: replace(made_kick(g, u), timeout=0.3))
    account = await connect()
    account.faults.once("set_group_kick", NoAnswer(done=True))
    await put(app, kick(20001))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("done", 1)
    assert len(calls(world, "set_group_kick")) == 1


async def test_the_earliest_deadline_goes_first(connect: Connect, app: App, world: World) -> None:
    now = app.now()
    days = {20001: 3, 20002: 1, 20003: None, 20004: 2}
    await put(app, *(kick(u, deadline=now + timedelta(days=d) if d else None) for u, d in days.items()))
    await connect()
    await settled(world, app, 3)

    assert [call["user_id"] for call in calls(world, "set_group_kick")] == [20002, 20004, 20001, 20003]


async def test_removals_stop_at_the_days_budget_also_after_a_restart(
    connect: Connect, app: App, world: World
) -> None:
    app.policy = replace(app.policy, pace=replace(app.policy.pace, kicks_per_day=3))
    async with app.database.transaction() as tx:
        now = app.now()
        await queue(app, tx, kick(20009))
        done = {"state": "done", "acted_at": now, "acted_by": BOT, "attempts": 2}
        await tx.execute(update(outbox).values(**done))
    await put(app, kick(20001), kick(20002))
    await connect()
    await settled(world, app, 2)
    await asyncio.sleep(0.8)

    assert len(calls(world, "set_group_kick")) == 1
    assert (await state_of(app, 3))["state"] == "waiting"


@pytest.mark.parametrize(("profile", "action"), [
    ("napcat", "set_group_kick_members"), ("llbot", "batch_delete_group_member"),
])  # fmt: skip
async def test_a_batch_goes_in_one_call_where_there_is_one(
    profile: str, action: str, connect: Connect, app: App, world: World
) -> None:
    app.policy = replace(app.policy, kick=Kick(batch=True))
    await put(app, kick(20001), kick(20002), kick(20003, 700002))
    await connect(profile)

    for row_id in (1, 2):
        assert (await settled(world, app, row_id))["confirmed_by"] == "member_list"
    assert len(calls(world, action)) == 1
    assert {20001, 20002}.isdisjoint(world.groups[700001].members)


async def test_each_of_a_batch_is_checked_alone(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_the_second(_: App, tx: Any, row: OutboxRow, look: Any) -> ActOutcome | None:
        return ActOutcome("dropped", "豁免") if row.user_id == 20002 else None

    monkeypatch.setattr(outcomes, "why_not", not_the_second)
    app.policy = replace(app.policy, kick=Kick(batch=True))
    await put(app, kick(20001), kick(20002), kick(20003))
    await connect()
    await settled(world, app, 3)

    assert (await state_of(app, 2))["state"] == "dropped"
    assert 20002 in world.groups[700001].members
    assert calls(world, "set_group_kick_members")[0]["user_id"] == ["20001", "20003"]


async def test_a_refusal_is_counted_as_an_error(connect: Connect, app: App, world: World) -> None:
    account: Implementation = await connect("llbot")
    account.faults.always("set_group_kick", Failure(message="no permission"))
    await put(app, kick(20001))
    row = await settled(world, app)

    assert row["result"] == "移出没有生效：成员仍在群里（接入程序没有照办，错误码 1200）"
    assert (await counted(app))["LLOneBot", "set_group_kick"] == {"error": 2}


async def test_a_list_without_the_person_confirms_nothing_while_qq_counts_one_more(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect("go-cqhttp")
    account.with_switches(count_lags=True)
    await put(app, kick(20001))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"]) == ("dead", None)


async def test_the_notice_and_a_list_together_confirm_a_removal(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect("go-cqhttp")
    account.with_switches(count_lags=True)
    async with app.database.transaction() as tx:
        await memberships.put_members(tx, 700001, [QQMember(20001)], app.now(), whole=False)
    await put(app, kick(20001))
    await world.until(lambda: 20001 not in world.groups[700001].members)
    async with app.database.transaction() as tx:
        await memberships.member_gone(tx, 700001, 20001, app.now())

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"]) == ("done", "notice_and_list")
