"""Connecting, reconnecting, and connections that go wrong."""

from __future__ import annotations

import asyncio
import http
import json

import pytest

from simulator import Implementation, World
from tests.simulator.conftest import APPLICANT, BARE_GROUP, BOT, GROUP, MEMBER, OWNER, Connect, TinyBot


async def test_connects_with_the_headers_of_a_reverse_websocket(world: World) -> None:
    bot = TinyBot(token="secret")
    await bot.start()
    async with Implementation(world, BOT, bot.url, "secret", reconnect_seconds=0.02):
        event = await bot.event(meta_event_type="lifecycle")
    await bot.stop()
    assert event["sub_type"] == "connect"
    assert event["self_id"] == BOT
    headers = {name.lower(): value for name, value in bot.headers[0].items()}
    assert headers["x-self-id"] == str(BOT)
    assert headers["authorization"] == "Bearer secret"
    assert headers["x-client-role"] == "Universal"


async def test_records_refusals_and_keeps_trying(world: World, bot: TinyBot) -> None:
    bot.refuse_with = http.HTTPStatus.FORBIDDEN
    account = Implementation(world, BOT, bot.url, reconnect_seconds=0.02, heartbeat_seconds=None)
    await account.start()
    await world.until(lambda: account.refusals.count("HTTP 403") >= 2, what="two refusals")
    bot.refuse_with = None
    await asyncio.wait_for(account.connected.wait(), 3)
    await account.stop()
    assert not account.connected.is_set()


async def test_records_that_nobody_listens(world: World, bot: TinyBot) -> None:
    url = bot.url
    await bot.stop()
    account = Implementation(world, BOT, url, reconnect_seconds=0.02)
    await account.start()
    await world.until(lambda: account.refusals, what="a refusal")
    await account.stop()
    assert "Error" in account.refusals[0]


async def test_reconnects_after_a_drop_and_replays_nothing(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    account = await connect("napcat", reconnect_seconds=0.2)
    await account.drop()
    request = await world.ask_to_join(GROUP, APPLICANT, "while away")
    await bot.event(2, meta_event_type="lifecycle")
    pending = await bot.data("get_group_system_msg", count=50)
    assert [entry["request_id"] for entry in pending["join_requests"]] == [request.sequence]
    assert bot.of(post_type="request") == []
    assert account.connections == 2


async def test_half_open_neither_answers_nor_pongs_until_dropped(bot: TinyBot, connect: Connect) -> None:
    account = await connect()
    account.half_open()
    pong = await bot.sockets[BOT].ping()
    with pytest.raises(TimeoutError):
        await bot.call("get_login_info", seconds=0.2)
    assert not asyncio.ensure_future(pong).done()
    assert account.connected.is_set()
    await account.drop()
    await bot.event(2, meta_event_type="lifecycle")
    assert (await bot.data("get_login_info"))["user_id"] == BOT


async def test_sends_heartbeats(bot: TinyBot, connect: Connect) -> None:
    await connect(heartbeat_seconds=0.02)
    beat = await bot.event(2, meta_event_type="heartbeat")
    assert beat["status"] == {"online": True, "good": True}
    assert beat["interval"] == 20


async def test_answers_calls_concurrently_with_their_echo(bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    slow = asyncio.create_task(bot.call("set_group_card", group_id=GROUP, user_id=MEMBER, card="技术-张三"))
    quick = await bot.call("get_status")
    assert quick["data"]["online"]
    assert not slow.done()
    assert (await slow)["status"] == "ok"


async def test_several_accounts_share_a_world(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await connect("llbot", self_id=10002, nickname="second")
    await world.pull_in(GROUP, 10002)
    await world.say(GROUP, MEMBER, "大家好")
    await bot.event(self_id=BOT, raw_message="大家好")
    await bot.event(self_id=10002, raw_message="大家好")
    await world.ask_to_join(GROUP, APPLICANT, "A1")
    await bot.event(post_type="request", self_id=BOT)
    await bot.data("send_group_msg", group_id=GROUP, message="from the first")
    await bot.event(self_id=10002, raw_message="from the first", user_id=BOT)
    assert bot.of(post_type="request", self_id=10002) == []
    assert bot.of(self_id=BOT, raw_message="from the first") == []


async def test_tells_nothing_of_groups_the_account_is_not_in(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect()
    world.add_group(700099, "别的群", OWNER, [MEMBER])
    await world.say(700099, MEMBER, "elsewhere")
    await world.say(BARE_GROUP, MEMBER, "here")
    await bot.event(raw_message="here")
    assert bot.of(raw_message="elsewhere") == []


async def test_event_times_follow_the_worlds_clock(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect()
    world.offset = -3600.0
    await world.say(GROUP, MEMBER, "an hour behind")
    event = await bot.event(raw_message="an hour behind")
    assert abs(event["time"] - world.now()) < 2
    assert json.dumps(event)


async def test_until_names_what_did_not_happen(world: World) -> None:
    with pytest.raises(AssertionError, match="张三 let in"):
        await world.until(lambda: False, timeout=0.06, what="张三 let in")
