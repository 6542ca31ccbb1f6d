"""Messages: each said once, at the pace, and to whom it can be said."""

from dataclasses import replace

import pytest

from services.acts import Act, ActKind, Priority, to_group, to_person
from services.app import App
from services.watching import alerts
from simulator import SendTimeout, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.plugins.gateway.sender.rows import calls, kick, put, settled, state_of


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
