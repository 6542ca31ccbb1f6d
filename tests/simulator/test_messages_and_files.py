"""What the bot says and sends, and what people send it."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from simulator import PROFILES, World
from tests.simulator.conftest import BARE_GROUP, BOT, FRIEND, GROUP, MEMBER, Connect, TinyBot

ALL = pytest.mark.parametrize("profile", sorted(PROFILES))
ROSTER = "工号,姓名\nA001,张三\n".encode("gb18030")


def encoded(data: bytes) -> str:
    return "base64://" + base64.b64encode(data).decode()


@ALL
async def test_what_the_bot_says_is_shown(profile: str, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect(profile)
    message = [
        {"type": "at", "data": {"qq": str(MEMBER)}},
        {"type": "text", "data": {"text": " 请改名片"}},
        {"type": "image", "data": {"file": encoded(b"png")}},
    ]
    sent = await bot.data("send_group_msg", group_id=GROUP, message=message)
    (shown,) = world.shown
    assert (shown.group_id, shown.user_id, shown.self_id) == (GROUP, None, BOT)
    assert (shown.text, shown.at, shown.image) == (f"@{MEMBER} 请改名片", (MEMBER,), b"png")
    assert (await bot.data("get_msg", message_id=sent["message_id"]))["group_id"] == GROUP


async def test_cq_codes_are_understood(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await bot.data("send_msg", group_id=GROUP, message=f"&#91;通知&#93;[CQ:at,qq={MEMBER}] 好")
    await bot.data("send_group_msg", group_id=GROUP, message="[CQ:at,qq=1]", auto_escape=True)
    assert [shown.text for shown in world.shown] == [f"[通知]@{MEMBER} 好", "[CQ:at,qq=1]"]
    history = await bot.data("get_group_msg_history", group_id=GROUP, count=1)
    assert history["messages"][0]["raw_message"] == "&#91;CQ:at,qq=1&#93;"


@pytest.mark.parametrize("message", [None, 5, [], [{"data": {}}], encoded, ""])
async def test_messages_that_cannot_be_sent(
    message: object, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("napcat")
    sent = None if callable(message) else message
    assert (await bot.call("send_group_msg", group_id=GROUP, message=sent))["retcode"] == 1400
    assert world.shown == []


@pytest.mark.parametrize(
    ("profile", "temporary"),
    [("napcat", True), ("llbot", False), ("go-cqhttp", True), ("lagrange", False), ("unknown", False)],
)
async def test_private_messages_to_friends_and_others(
    profile: str, temporary: bool, world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(profile)
    assert (await bot.call("send_private_msg", user_id=FRIEND, message="hi"))["status"] == "ok"
    assert (await bot.call("send_private_msg", user_id=MEMBER, message="hi"))["status"] == "failed"
    answer = await bot.call("send_private_msg", user_id=MEMBER, group_id=BARE_GROUP, message="hi")
    assert (answer["status"] == "ok") == temporary
    assert [shown.user_id for shown in world.shown] == ([FRIEND, MEMBER] if temporary else [FRIEND])


async def test_llbot_opens_a_temporary_session_only_after_a_word(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect("llbot")
    await world.whisper(MEMBER, BOT, "hi", group_id=GROUP)
    assert (await bot.call("send_private_msg", user_id=MEMBER, message="hi"))["status"] == "ok"


async def test_some_people_take_no_temporary_sessions(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    world.no_temporary_sessions.add(MEMBER)
    answer = await bot.call("send_private_msg", user_id=MEMBER, group_id=GROUP, message="hi")
    assert answer["retcode"] == 1200


@pytest.mark.parametrize("profile", ["napcat", "llbot"])
async def test_files_arrive_as_segments(profile: str, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect(profile)
    await world.whisper_file(FRIEND, BOT, "名册.csv", ROSTER)
    event = await bot.event(message_type="private")
    (segment,) = event["message"]
    assert (segment["type"], segment["data"]["file"]) == ("file", "名册.csv")
    assert ("url" in segment["data"]) == (profile == "llbot")
    file_id = segment["data"]["file_id"]
    url = (await bot.data("get_private_file_url", file_id=file_id))["url"]
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(url)).content == ROSTER
        assert (await client.get(url + "0")).status_code == 404


async def test_get_file_gives_bytes_a_path_or_an_address(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    account = await connect("napcat")
    file_id = (await world.whisper_file(FRIEND, BOT, "名册.csv", ROSTER)).file_id
    assert base64.b64decode((await bot.data("get_file", file_id=file_id))["base64"]) == ROSTER
    account.with_switches(get_file_gives="path")
    path = Path((await bot.data("get_file", file_id=file_id))["file"])
    assert await asyncio.to_thread(path.read_bytes) == ROSTER
    account.with_switches(get_file_gives="url")
    assert (await bot.data("get_file", file_id=file_id))["url"].startswith("http://127.0.0.1:")
    assert (await bot.call("get_file", file_id="nope"))["retcode"] == 1200


@pytest.mark.parametrize("profile", ["lagrange", "go-cqhttp"])
async def test_files_arrive_as_notices(profile: str, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect(profile)
    await world.whisper_file(FRIEND, BOT, "名册.csv", ROSTER)
    file = (await bot.event(notice_type="offline_file", user_id=FRIEND))["file"]
    assert (file["name"], file["size"]) == ("名册.csv", len(ROSTER))
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(file["url"])).content == ROSTER
    assert (await bot.call("get_file", file_id="x"))["status"] == "failed"


@pytest.mark.parametrize("profile", ["napcat", "llbot", "lagrange"])
async def test_base64_uploads_are_shown(profile: str, world: World, bot: TinyBot, connect: Connect) -> None:
    await connect(profile)
    await bot.data("upload_private_file", user_id=FRIEND, file=encoded(ROSTER), name="汇总.xlsx")
    await bot.data("upload_group_file", group_id=GROUP, file=encoded(ROSTER), name="汇总.xlsx")
    private, public = world.shown
    assert (private.user_id, private.file, private.filename) == (FRIEND, ROSTER, "汇总.xlsx")
    assert (public.group_id, public.file) == (GROUP, ROSTER)


async def test_go_cqhttp_takes_paths_only(
    world: World, bot: TinyBot, connect: Connect, tmp_path: Path
) -> None:
    await connect("go-cqhttp")
    refused = await bot.call("upload_private_file", user_id=FRIEND, file=encoded(ROSTER), name="a.csv")
    assert refused["retcode"] == 100
    path = tmp_path / "a.csv"
    path.write_bytes(ROSTER)
    await bot.data("upload_private_file", user_id=FRIEND, file=str(path), name="a.csv")
    assert [shown.file for shown in world.shown] == [ROSTER]


async def test_lagranges_upload_errors_are_no_failures_to_nonebot(
    world: World, bot: TinyBot, connect: Connect
) -> None:
    await connect(replace(PROFILES["lagrange"], texts={"send_failed": "not a friend"}))
    answer = await bot.call("upload_private_file", user_id=MEMBER, file=encoded(ROSTER), name="a.csv")
    assert (answer["status"], answer["retcode"]) == ("not a friend", -1)
    assert world.shown == []


async def test_announcements_need_the_right(world: World, bot: TinyBot, connect: Connect) -> None:
    await connect("napcat")
    await bot.data("_send_group_notice", group_id=GROUP, content="请改名片")
    assert (await bot.call("_send_group_notice", group_id=BARE_GROUP, content="x"))["status"] == "failed"
    assert [h.new for h in world.happened if h.kind == "notice_posted"] == ["请改名片"]
