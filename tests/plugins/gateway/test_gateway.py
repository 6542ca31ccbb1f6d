"""The gateway's other doors: saying, files, group lists, clocks, and who is connected."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugins.gateway.outgoing.messages import split
from plugins.gateway.profiles import LLBOT, NAPCAT, Profile, profile_of
from plugins.gateway.profiles.base import rows
from plugins.gateway.reading.member_lists import group_info
from plugins.gateway.reading.member_rows import read_members
from services.app import App
from services.ports import Part, ReceivedFile, UnreachableError
from simulator import Failure, NoAnswer, PartialList, World
from tests import recorded
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.recorded import needs_recordings


async def test_says_text_as_text(connect: Connect, bot: BotSide, world: World) -> None:
    await connect()

    await bot.gateway.say(
        BOT, [Part(at=20001), Part(text="[CQ:face,id=1]"), Part(image=b"png")], group_id=700001
    )

    assert world.shown[0].text == "@20001[CQ:face,id=1]"
    assert world.shown[0].image == b"png"


async def test_answers_a_stranger_through_a_shared_group(
    connect: Connect, bot: BotSide, app: App, world: World
) -> None:
    from db.queries.groups import memberships
    from regulation.model import Member

    await connect()
    async with app.database.transaction() as tx:
        await memberships.put_members(tx, 700001, [Member(20001)], app.now(), whole=False)

    await bot.gateway.say(BOT, [Part(text="好")], user_id=20001)

    assert [(shown.user_id, shown.text) for shown in world.shown] == [(20001, "好")]


async def test_says_why_it_could_not(connect: Connect, bot: BotSide) -> None:
    await connect()

    with pytest.raises(UnreachableError):
        await bot.gateway.say(BOT, [Part(text="x")], user_id=39999)
    with pytest.raises(UnreachableError, match="不在线"):
        await bot.gateway.say(10009, [Part(text="x")], group_id=700001)


async def test_sends_a_file_as_bytes(connect: Connect, bot: BotSide, world: World) -> None:
    world.befriend(BOT, 20001)
    await connect("llbot")

    await bot.gateway.send_file(BOT, 20001, "汇总.xlsx", b"PK data")

    assert (world.shown[0].filename, world.shown[0].file) == ("汇总.xlsx", b"PK data")


@pytest.mark.parametrize("profile", ["lagrange", "go-cqhttp"])
async def test_a_file_refused_in_any_shape_is_an_error(profile: str, connect: Connect, bot: BotSide) -> None:
    await connect(profile)

    with pytest.raises(UnreachableError):
        await bot.gateway.send_file(BOT, 39999, "x", b"x")


def received(bot: BotSide) -> ReceivedFile:
    """Read the event of a file as services do."""
    for event in bot.events:
        if event.get("notice_type") == "offline_file":
            file = event["file"]
            return ReceivedFile(file["name"], int(file["size"]), {"url": file["url"]})
        for segment in event.get("message", []):
            if segment["type"] == "file":
                data = segment["data"]
                return ReceivedFile(
                    data["file"], int(data["file_size"]), {k: str(v) for k, v in data.items()}
                )
    raise AssertionError("no file came")


@pytest.mark.parametrize(("profile", "switches"), [
    ("napcat", {}), ("napcat", {"get_file_gives": "path"}), ("napcat", {"get_file_gives": "url"}),
    ("llbot", {}), ("llbot", {"file_segment_url": False}), ("lagrange", {}), ("go-cqhttp", {}), ("snowluma", {}),
])  # fmt: skip
async def test_fetches_what_somebody_sent(
    profile: str, switches: dict[str, Any], connect: Connect, bot: BotSide, world: World
) -> None:
    folders = {"qq_folders": (Path(tempfile.gettempdir()),)}
    bot.app.settings = bot.app.settings.model_copy(update=folders)
    await connect(profile, **switches)
    await world.whisper_file(20001, BOT, "名册.csv", "工号,姓名".encode() * 100)
    await world.until(lambda: any(e["post_type"] in ("message", "notice") for e in bot.events))

    data = await bot.gateway.fetch_file(BOT, received(bot), limit=10_000)

    assert data == "工号,姓名".encode() * 100


@pytest.mark.parametrize("profile", ["napcat", "llbot", "lagrange"])
async def test_refuses_a_file_that_is_too_big_whatever_its_event_says(
    profile: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile)
    await world.whisper_file(20001, BOT, "名册.csv", b"x" * 5000)
    await world.until(lambda: any(e["post_type"] in ("message", "notice") for e in bot.events))
    lying = ReceivedFile("名册.csv", 10, received(bot).fields)

    with pytest.raises(UnreachableError, match="没有接收"):
        await bot.gateway.fetch_file(BOT, lying, limit=1000)


@pytest.mark.parametrize(("profile", "advice"), [
    ("napcat", "enableLocalFile2Url"), ("llbot", "重新发送"), ("snowluma-1.11", "升级"),
])  # fmt: skip
async def test_where_a_file_is_not_handed_over_it_says_what_to_set(
    profile: str, advice: str, connect: Connect, bot: BotSide, world: World
) -> None:
    await connect(profile, hands_over_files=False, file_segment_url=False)
    await world.whisper_file(20001, BOT, "名册.csv", b"x")
    await world.until(lambda: any(e["post_type"] == "message" for e in bot.events))
    file = replace(received(bot), fields={"file_id": received(bot).fields["file_id"]})

    with pytest.raises(UnreachableError, match=advice):
        await bot.gateway.fetch_file(BOT, file, limit=10)


@pytest.mark.parametrize("profile", ["napcat", "llbot"])
async def test_an_online_file_has_nothing_to_fetch(profile: str, connect: Connect, bot: BotSide) -> None:
    await connect(profile)

    with pytest.raises(UnreachableError, match="离线文件"):
        await bot.gateway.fetch_file(BOT, ReceivedFile("x", 1, {"kind": "onlinefile"}), limit=10)


async def test_an_unreadable_group_list_changes_nothing(connect: Connect, bot: BotSide) -> None:
    account = await connect()
    account.faults.once("get_group_list", Failure())

    with pytest.raises(UnreachableError):
        await bot.gateway.group_list(BOT)
    assert bot.gateway.account_for(700001) == BOT


async def test_a_group_missing_from_one_list_is_still_served(connect: Connect, bot: BotSide) -> None:
    account = await connect()
    account.faults.once("get_group_list", PartialList(1), times=2)

    assert len(await bot.gateway.group_list(BOT)) == 1
    assert bot.gateway.account_for(700002) == BOT
    await bot.gateway.group_list(BOT)
    assert bot.gateway.account_for(700002) is None


async def test_tells_how_far_qqs_clock_is_off(connect: Connect, bot: BotSide, world: World) -> None:
    world.offset = 3600
    await connect()
    await world.say(700001, 20001, "早")
    await world.until(lambda: (bot.gateway.clock_skew(BOT) or 0) > 3500)

    assert bot.gateway.clock_skew(BOT) == pytest.approx(3600, abs=5)


async def test_a_call_without_answer_ends(
    connect: Connect, bot: BotSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plugins.gateway import calls

    monkeypatch.setattr(calls, "group_list", lambda: calls.Call("get_group_list", {}, 0.2))
    account = await connect()
    account.faults.once("get_group_list", NoAnswer())

    with pytest.raises(UnreachableError, match="没有答复"):
        await bot.gateway.group_list(BOT)


def test_a_long_text_is_cut_and_nothing_is_lost() -> None:
    text = "\n".join(f"第{n}行" + "字" * (n % 90) for n in range(300))

    parts = split([{"type": "at", "data": {"qq": "1"}}, {"type": "text", "data": {"text": text}}])

    said = [segment["data"]["text"] for part in parts for segment in part if segment["type"] == "text"]
    assert all(len(piece) <= 1800 for piece in said)
    assert "\n".join(said) == text
    assert split([{"type": "text", "data": {"text": "字" * 4000}}])[1][0]["data"]["text"] == "字" * 1800


@needs_recordings
@pytest.mark.parametrize(("name", "profile"), [("napcat", NAPCAT), ("llbot", LLBOT)])
def test_reads_every_recorded_answer(name: str, profile: Profile) -> None:
    for action, _, data in recorded.answers(name):
        if action == "get_group_member_list" and data:
            members, unread = read_members(data)
            assert unread == 0
            assert len(members) == len(data)
        if action == "get_group_list" and data:
            assert all(group_info(row) for row in rows(data))
        if action == "get_group_system_msg":
            profile.read_pending([data, None], BOT)
        if action == "get_version_info":
            assert profile_of(data["app_name"], data["app_version"]) is profile
