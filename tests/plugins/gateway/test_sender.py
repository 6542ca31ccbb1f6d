"""The sender: each row done once, at the pace, in the right order, and read back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from db.queries.groups import last_seen, memberships
from db.queries.work import outbox as rows
from db.queries.work.outbox import OutboxRow
from db.tables.cases import cases
from db.tables.work import outbox, switches
from plugins.gateway import calls as made
from plugins.gateway.outgoing import lane
from regulation.model import Member as QQMember
from regulation.policy import Kick
from services.acts import ALERT, Act, ActKind, ActOutcome, Priority, to_group, to_person
from services.app import App
from services.outbox import queue
from services.ports import UnreachableError
from services.sender import last_look, outcomes, takeover
from services.watching import alerts
from simulator import Failure, Implementation, NoAnswer, OkButNothing, SendTimeout, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect

Until = Callable[..., Awaitable[Any]]


async def put(app: App, *acts: Act) -> None:
    async with app.database.transaction() as tx:
        await queue(app, tx, *acts)


async def state_of(app: App, row_id: int = 1) -> dict[str, Any]:
    async with app.database.reading() as tx:
        found = await tx.execute(select(outbox).where(outbox.c.id == row_id))
        return dict(found.mappings().one())


async def settled(world: World, app: App, row_id: int = 1, within: float = 8.0) -> dict[str, Any]:
    """Wait until a row has ended; return it."""

    async def ended() -> dict[str, Any] | None:
        row = await state_of(app, row_id)
        return row if row["state"] in ("done", "unconfirmed", "dead", "dropped") else None

    row = await world.until(ended, within, f"row {row_id} to end")
    assert row is not None
    return row


async def pause(app: App, value: bool) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(switches.delete())
        await tx.execute(switches.insert().values(key="paused", value=value, set_by="test", set_at=app.now()))


def kick(user_id: int, group_id: int = 700001, deadline: datetime | None = None) -> Act:
    return Act(
        ActKind.REMOVE, Priority.REMOVE, {"code": "L1"}, group_id=group_id, user_id=user_id, deadline=deadline
    )


def card(user_id: int, text: str) -> Act:
    return Act(ActKind.SET_CARD, Priority.CARD, {"card": text}, group_id=700001, user_id=user_id)


def calls(world: World, action: str) -> list[dict[str, Any]]:
    return [call.params for call in world.calls if call.action == action]


async def counted(app: App) -> dict[tuple[str, str], dict[str, int]]:
    async with app.database.reading() as tx:
        return await rows.effect_counts(tx)


# -- messages -------------------------------------------------------------------------------------


async def test_a_group_message_is_said_once_as_plain_text(connect: Connect, app: App, world: World) -> None:
    await connect()
    await put(app, to_group(700001, [{"at": 20001}, {"text": " [CQ:at,qq=all] 请改名片"}]))

    row = await settled(world, app)

    assert row["state"] == "done"
    assert row["confirmed_by"] == "answer"
    assert [shown.text for shown in world.shown] == ["@20001 [CQ:at,qq=all] 请改名片"]
    assert world.shown[0].at == (20001,)


async def test_a_timed_out_message_is_never_sent_again(connect: Connect, app: App, world: World) -> None:
    account = await connect()
    account.faults.once("send_group_msg", SendTimeout())
    await put(app, to_group(700001, "一"), to_group(700001, "二"))

    assert (await settled(world, app, 1))["state"] == "unconfirmed"
    assert (await settled(world, app, 2))["state"] == "done"
    assert [shown.text for shown in world.shown] == ["一", "二"]


async def test_two_time_outs_in_a_row_stop_sending_and_nothing_else(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect()
    account.faults.once("send_group_msg", SendTimeout(), times=2)
    await put(app, *(to_group(700001, str(n)) for n in range(4)))
    await settled(world, app, 2)
    await put(app, kick(20001))

    assert (await settled(world, app, 5))["state"] == "done"
    assert len(calls(world, "send_group_msg")) == 2
    assert (await state_of(app, 3))["state"] == "waiting"


async def test_admin_staff_is_told_when_sending_resumes(
    connect: Connect, app: App, bot: BotSide, world: World
) -> None:
    account = await connect()
    world.befriend(BOT, 10000)
    account.faults.once("send_group_msg", SendTimeout(), times=2)
    await put(app, *(to_group(700001, str(n)) for n in range(2)))
    await settled(world, app, 2)

    bot.comings.sender._breakers[BOT]._until = 0.0

    await world.until(lambda: any(s.user_id == 10000 and "恢复发送" in s.text for s in world.shown))


async def test_a_refused_private_message_falls_back_into_the_group(
    connect: Connect, app: App, world: World
) -> None:
    await connect()
    world.no_temporary_sessions.add(20001)
    await put(app, to_person(20001, "你的罚单", via_group=700001, fallback="请私聊我看一条消息"))

    assert (await settled(world, app))["state"] == "done"
    assert [(s.group_id, s.user_id, s.text) for s in world.shown] == [
        (700001, None, "@20001 请私聊我看一条消息")
    ]


async def test_the_group_hears_once_of_several_things_at_once(
    connect: Connect, app: App, world: World
) -> None:
    await connect()
    world.no_temporary_sessions |= {20001, 20002}
    wanted = ((20001, "一"), (20001, "二"), (20002, "三"))
    await put(app, *(to_person(one, text, via_group=700001, fallback="请私聊我") for one, text in wanted))

    assert [(await settled(world, app, n))["state"] for n in (1, 2, 3)] == ["done"] * 3
    assert [s.text for s in world.shown] == ["@20001 请私聊我", "@20002 请私聊我"]


async def test_without_fallback_nothing_is_said_in_the_group(
    connect: Connect, app: App, world: World
) -> None:
    await connect()
    world.no_temporary_sessions.add(20001)
    await put(app, to_person(20001, "你的罚单", via_group=700001))

    row = await settled(world, app)

    assert row["state"] == "dead"
    assert not world.shown


async def test_strangers_are_written_to_through_the_group_and_friends_directly(
    connect: Connect, app: App, world: World
) -> None:
    world.befriend(BOT, 20002)
    await connect()
    await put(app, to_person(20001, "一", via_group=700001), to_person(20002, "二", via_group=700001))
    await settled(world, app, 2)

    sent = calls(world, "send_private_msg")

    assert sent[0]["group_id"] == 700001
    assert "group_id" not in sent[1]


async def test_a_message_too_long_for_qq_is_cut_at_line_ends(
    connect: Connect, app: App, world: World
) -> None:
    await connect()
    await put(app, to_group(700001, "\n".join(["一行字" * 10] * 100)))
    await settled(world, app)

    assert len(world.shown) == 2
    assert all(len(shown.text) < 2000 and not shown.text.startswith("\n") for shown in world.shown)


async def test_messages_keep_their_distance(connect: Connect, app: App, world: World) -> None:
    app.policy = replace(app.policy, pace=replace(app.policy.pace, send_seconds=3600))
    await connect()
    await put(app, to_group(700001, "一"), to_group(700001, "二"))
    await settled(world, app, 1)

    assert len(calls(world, "send_group_msg")) == 1
    assert (await state_of(app, 2))["state"] == "waiting"


async def test_a_file_goes_out_and_one_that_cannot_is_reported(
    connect: Connect, app: App, world: World
) -> None:
    world.befriend(BOT, 20001)
    file = Act(ActKind.SEND_FILE, Priority.REPORT, {"name": "a.xlsx"}, user_id=20001, attachment=b"data")
    await connect()
    await put(app, file)

    assert (await settled(world, app))["state"] == "done"
    assert world.shown[0].file == b"data"
    assert (await state_of(app))["attachment"] is None


@pytest.mark.parametrize("profile", ["lagrange", "go-cqhttp"])
async def test_a_file_that_was_not_taken_is_known_as_such(
    profile: str, connect: Connect, app: App, world: World
) -> None:
    await connect(profile)
    await put(app, Act(ActKind.SEND_FILE, Priority.REPORT, {"name": "a"}, user_id=20001, attachment=b"x"))

    assert (await settled(world, app))["state"] == "dead"


async def test_the_undelivered_are_told_to_admin_staff_once(connect: Connect, app: App, world: World) -> None:
    world.no_temporary_sessions.add(20001)
    world.befriend(BOT, 10000)
    await connect()
    await put(app, to_person(20001, "一", via_group=700001), to_person(20001, "二", via_group=700001))
    await settled(world, app, 2)

    await alerts.tell_undelivered(app)
    await alerts.tell_undelivered(app)
    await settled(world, app, 3)

    told = [shown for shown in world.shown if shown.user_id == 10000]
    assert len(told) == 1
    assert "2 条消息没有送达" in told[0].text


# -- removals -------------------------------------------------------------------------------------


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


# -- cards ----------------------------------------------------------------------------------------


async def test_a_card_is_read_back(connect: Connect, app: App, world: World) -> None:
    await connect("lagrange")
    await put(app, card(20001, "采购部-人1"))

    row = await settled(world, app)

    assert (row["state"], row["confirmed_by"]) == ("done", "member_info")


async def test_a_card_that_did_not_take_is_tried_again_and_then_given_up(
    connect: Connect, app: App, world: World
) -> None:
    account = await connect("go-cqhttp")
    account.faults.always("set_group_card", OkButNothing())
    await put(app, card(20001, "采购部-人1"))

    row = await settled(world, app)

    assert (row["state"], row["attempts"]) == ("dead", 2)
    assert (await counted(app))["go-cqhttp", "set_group_card"] == {"ineffective": 2}


async def test_a_card_of_someone_gone_is_dropped(connect: Connect, app: App, world: World) -> None:
    await connect("llbot")
    await put(app, card(29999, "采购部-人1"))

    assert (await settled(world, app))["state"] == "dropped"


# -- what holds it back ---------------------------------------------------------------------------


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


# -- crashes --------------------------------------------------------------------------------------


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
