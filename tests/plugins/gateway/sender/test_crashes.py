"""After a crash each row is done once, as far as that can be known."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from db.queries.groups import last_seen
from db.tables.work import outbox
from services.acts import Act, ActKind, Priority, to_group
from services.app import App
from services.sender import takeover
from simulator import NoAnswer, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.plugins.gateway.sender.rows import calls, kick, put, settled, state_of


async def _left_by_a_crash(app: App, act: Act, *, acted: bool) -> None:
    await put(app, act)
    async with app.database.transaction() as tx:
        values: dict[str, Any] = {"state": "claimed", "claimed_by": "elsewhere:1:dead"}
        values["claimed_at"] = app.now() - timedelta(minutes=5)
        if acted:
            values |= {"acted_at": values["claimed_at"], "acted_by": BOT, "attempts": 1}
        await tx.execute(update(outbox).values(**values))


async def test_a_message_that_may_have_gone_out_is_not_sent_after_a_crash(
    connect: Connect, app: App, world: World
) -> None:
    await _left_by_a_crash(app, to_group(700001, "一"), acted=True)
    await connect()

    assert (await settled(world, app))["state"] == "unconfirmed"
    assert not world.shown


async def test_a_message_only_claimed_is_sent_after_a_crash(connect: Connect, app: App, world: World) -> None:
    await _left_by_a_crash(app, to_group(700001, "一"), acted=False)
    await connect()

    assert (await settled(world, app))["state"] == "done"


async def test_a_removal_is_read_back_after_a_crash_and_repeated_only_if_needed(
    connect: Connect, app: App, world: World
) -> None:
    await _left_by_a_crash(app, kick(20001), acted=True)
    await connect()

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("done", 2)


async def test_a_removal_that_took_before_the_crash_is_only_confirmed(
    connect: Connect, app: App, world: World
) -> None:
    world.groups[700001].members.pop(20001)
    await _left_by_a_crash(app, kick(20001), acted=True)
    await connect()

    assert (await settled(world, app))["state"] == "done"
    assert not calls(world, "set_group_kick")


async def test_a_removal_in_a_group_that_was_lost_since_is_read_back_no_more(
    connect: Connect, app: App, world: World
) -> None:
    world.add_group(700003, "他群", 20000, [20001])
    await _left_by_a_crash(app, kick(20001, 700003), acted=True)
    async with app.database.transaction() as tx:
        await last_seen.put(tx, 700003, gone_at=app.now())
    await connect()

    row = await settled(world, app)

    assert (row["state"], row["result"]) == ("dropped", "群里已经没有机器人，看不到对方是否还在")


async def test_rows_of_a_living_worker_are_left_alone(app: App) -> None:
    await put(app, kick(20001))
    async with app.database.transaction() as tx:
        values = {"state": "claimed", "claimed_by": "elsewhere:1:alive", "claimed_at": app.now()}
        await tx.execute(update(outbox).values(**values))

    assert await takeover.take_over(app) == []
    assert (await state_of(app))["state"] == "claimed"


async def test_stopping_waits_for_no_answer_and_leaves_nothing_half_known(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect()
    account.faults.always("send_group_msg", NoAnswer())
    await put(app, to_group(700001, "一"))
    await world.until(lambda: calls(world, "send_group_msg"))

    await bot.comings.stop()

    assert (await state_of(app))["acted_at"] is not None


async def test_what_a_crash_left_unsaid_is_said_and_confirmed_by_its_own_answer(
    connect: Connect, app: App, world: World
) -> None:
    flag = {"flag": "f1", "approve": True}
    await _left_by_a_crash(
        app, Act(ActKind.ANSWER_FRIEND, Priority.COURTESY, flag, user_id=20001, account=BOT), acted=True
    )
    await connect("llbot")
    await world.until(lambda: calls(world, "set_friend_add_request"))

    assert (await settled(world, app))["state"] != "waiting"


@pytest.mark.parametrize(("approve", "confirmed_by"), [(True, "group_list"), (False, "answer")])
async def test_an_answer_to_an_invitation_that_a_crash_may_have_kept_back_is_given_again(
    approve: bool,
    confirmed_by: str,
    connect: Connect,
    app: App,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugins.gateway.outgoing.verify._JOIN_STEPS", (0.1, 0.1))
    world.add_group(700009, "新群", 20000)
    request = await world.invite_bot(700009, BOT, 20000)
    flag = {"flag": str(request.sequence), "approve": approve, "reason": ""}
    act = Act(ActKind.ANSWER_INVITE, Priority.COURTESY, flag, group_id=700009, user_id=20000, account=BOT)
    await _left_by_a_crash(app, act, acted=True)
    await connect("llbot")

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"], row["attempts"]) == ("done", confirmed_by, 2)
    assert len(calls(world, "set_group_add_request")) == 1
