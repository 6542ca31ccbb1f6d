"""What holds a row back: a pause, what changed meanwhile, and whom nobody reaches."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from db.queries.work.outbox import OutboxRow
from db.tables.cases import cases
from db.tables.work import outbox
from plugins.gateway.outgoing import lane
from services.acts import ALERT, ActOutcome, to_group, to_person
from services.app import App
from services.ports import UnreachableError
from services.sender import last_look, outcomes
from simulator import World
from tests.plugins.gateway.conftest import Connect
from tests.plugins.gateway.sender.rows import calls, card, kick, pause, put, settled, state_of


async def test_nothing_goes_out_while_paused_and_all_after(connect: Connect, app: App, world: World) -> None:
    await connect()
    await pause(app, True)
    await put(app, to_group(700001, "一"), kick(20001), card(20002, "x"))
    await asyncio.sleep(0.6)
    assert not world.shown
    assert not calls(world, "set_group_kick")
    assert not calls(world, "set_group_card")

    await pause(app, False)

    assert (await settled(world, app, 1))["state"] == "done"
    assert (await settled(world, app, 2))["state"] == "done"


async def test_a_pause_between_check_and_act_is_seen(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pauses(*_: Any) -> None:
        await pause(app, True)

    monkeypatch.setattr(last_look, "read", pauses)
    await connect()
    await put(app, kick(20001))
    await asyncio.sleep(0.5)

    assert not calls(world, "set_group_kick")
    row = await state_of(app)
    assert (row["state"], row["acted_at"]) == ("waiting", None)


async def test_what_is_not_wanted_any_more_is_dropped_with_the_reason(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no(*_: Any) -> ActOutcome:
        return ActOutcome("dropped", "已复职")

    monkeypatch.setattr(outcomes, "why_not", no)
    await connect()
    await put(app, kick(20001))

    row = await settled(world, app)

    assert (row["state"], row["result"]) == ("dropped", "已复职")


async def test_a_group_that_cannot_be_read_now_is_tried_later(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Exception] = [UnreachableError("读不到")]

    async def once(*_: Any) -> None:
        if answers:
            raise answers.pop()

    monkeypatch.setattr(last_look, "read", once)
    monkeypatch.setattr("plugins.gateway.outgoing.lane.CATCH_SECONDS", 0.2)
    await connect()
    await put(app, kick(20001))

    assert (await settled(world, app))["state"] == "done"


async def test_a_mistake_of_ours_ends_one_row_and_not_the_lane(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_: App, tx: Any, row: OutboxRow, look: Any) -> None:
        if row.user_id == 20001:
            raise RuntimeError("oops")

    monkeypatch.setattr(outcomes, "why_not", breaks)
    monkeypatch.setattr("plugins.gateway.outgoing.lane.CATCH_SECONDS", 0.01)
    await connect()
    await put(app, kick(20001), kick(20002))

    assert (await settled(world, app, 2))["state"] == "done"
    assert (await settled(world, app, 1))["state"] == "dead"
    assert 20001 in world.groups[700001].members


async def test_rows_wait_for_the_account_that_serves_their_group(
    connect: Connect, app: App, world: World
) -> None:
    world.add_group(700003, "他群", 20000, [10002])
    await connect()
    await put(app, to_group(700003, "一"))
    await asyncio.sleep(0.4)
    assert (await state_of(app))["state"] == "waiting"

    await connect("llbot", 10002)
    await settled(world, app)

    assert [(shown.self_id, shown.text) for shown in world.shown] == [(10002, "一")]


async def test_a_person_is_written_to_by_the_account_that_is_their_friend(
    connect: Connect, app: App, world: World
) -> None:
    world.add_group(700003, "他群", 20000, [10002])
    world.befriend(10002, 20077)
    await connect()
    await connect("llbot", 10002)
    await put(app, to_person(20077, "一"), to_person(20077, "二"))
    await settled(world, app, 1)
    await settled(world, app, 2)

    assert {(shown.self_id, shown.text) for shown in world.shown} == {(10002, "一"), (10002, "二")}


async def sent_and_waiting(app: App) -> bool:
    row = await state_of(app)
    return (row["state"], row["attempts"]) == ("waiting", 1)


async def fall_due(app: App) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(update(outbox).values(not_before=app.now()))
    app.outbox_news.set()


@pytest.mark.parametrize("purpose", ["staff", ALERT])
async def test_what_admin_staff_must_hear_waits_for_the_account_that_reaches_them(
    connect: Connect, app: App, world: World, purpose: str
) -> None:
    world.add_group(700003, "他群", 20000, [10002])
    world.befriend(10002, 20077)
    await connect()
    await put(app, to_person(20077, "一", purpose=purpose))
    await world.until(lambda: sent_and_waiting(app), 30, "a refusal")
    await connect("llbot", 10002)
    await fall_due(app)

    row = await settled(world, app)
    assert (row["state"], row["attempts"]) == ("done", 2)
    assert [(shown.self_id, shown.text) for shown in world.shown] == [(10002, "一")]


@pytest.mark.parametrize(("purpose", "tries"), [("staff", 3), ("notice", 1)])
async def test_whom_no_account_reaches_is_tried_a_few_times_and_no_more(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch, purpose: str, tries: int
) -> None:
    monkeypatch.setattr(lane, "AGAIN_SECONDS", (0.1, 0.1))
    await connect()
    await put(app, to_person(20077, "一", purpose=purpose))

    row = await settled(world, app)
    assert (row["state"], row["attempts"], len(calls(world, "send_private_msg"))) == ("dead", tries, tries)


async def test_what_waited_while_nobody_was_connected_goes_out_on_connecting(
    connect: Connect, app: App, world: World
) -> None:
    await put(app, to_group(700001, "一"))

    await connect()

    assert (await settled(world, app))["state"] == "done"


async def test_the_end_is_recorded_in_the_same_transaction(
    connect: Connect, app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, ActOutcome]] = []

    async def record(_: App, tx: Any, row: OutboxRow, outcome: ActOutcome) -> None:
        seen.append((row.case_ids[0], outcome))

    monkeypatch.setattr(outcomes, "record", record)
    async with app.database.transaction() as tx:
        common = {"group_id": 1, "subject": "1", "status": "open", "reason": "", "data": {}}
        at = {"opened_at": app.now(), "seen_at": app.now()}
        await tx.execute(cases.insert().values(code="C1", **common, **at))
    await connect()
    await put(app, to_group(700001, "一", case_ids=[1]))
    await settled(world, app)

    assert seen == [(1, ActOutcome("done", confirmed_by="answer"))]
