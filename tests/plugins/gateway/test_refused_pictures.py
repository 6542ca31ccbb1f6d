"""A message whose picture or file is refused falls back to its text and one line of why."""

from typing import Any

import pytest

from plugins.gateway import connection
from services.acts import Act, ActKind, Priority
from services.app import App
from services.ports import Part, UnreachableError
from simulator import Failure, World
from tests.plugins.gateway.conftest import BOT, BotSide, Connect
from tests.plugins.gateway.sender.rows import put, settled

PICTURE = Part(image=b"png")


def sent(world: World, action: str) -> int:
    """Return how often something was asked of the implementation."""
    return sum(call.action == action for call in world.calls)


def report(text: str, **to: Any) -> Act:
    """Return a report of text and picture."""
    parts = [{"text": text}, {"image": True}]
    kind = ActKind.SEND_GROUP if "group_id" in to else ActKind.SEND_PRIVATE
    return Act(kind, Priority.REPORT, {"parts": parts}, attachment=b"png", **to)


@pytest.mark.parametrize("to", [{"group_id": 700001}, {"user_id": 20001}])
async def test_a_queued_report_is_said_without_its_picture(
    to: dict[str, Any], connect: Connect, app: App, world: World
) -> None:
    world.befriend(BOT, 20001)
    await connect(sends_pictures=False)
    await put(app, report("十月：新增 3", **to), report("十一月：新增 4", **to))

    for row in (1, 2):
        assert (await settled(world, app, row))["state"] == "done"
    assert [shown.text.splitlines()[0] for shown in world.shown] == ["十月：新增 3", "十一月：新增 4"]
    assert all("图片没有发出去：" in shown.text and shown.image is None for shown in world.shown)
    action = "send_group_msg" if "group_id" in to else "send_private_msg"
    assert sent(world, action) == 3, "the second picture was not tried: the account can't send any now"


async def test_an_answer_is_given_without_its_picture_and_pictures_are_tried_again_later(
    connect: Connect, bot: BotSide, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await connect(sends_pictures=False)
    assert bot.gateway.cannot_send(BOT) == []
    await bot.gateway.say(BOT, [PICTURE], group_id=700001)
    assert bot.gateway.cannot_send(BOT) == ["picture"]
    world.shown.clear()
    monkeypatch.setattr(connection, "REFUSED_SECONDS", 0.0)
    monkeypatch.setattr(bot.gateway.connections.get(BOT), "_refused", {})
    await bot.gateway.say(BOT, [Part(text="汇总：3 条"), PICTURE], group_id=700001)
    await bot.gateway.say(BOT, [PICTURE], group_id=700001)
    account.with_switches(sends_pictures=True)
    await bot.gateway.say(BOT, [Part(text="汇总：3 条"), PICTURE], group_id=700001)

    assert world.shown[0].text.startswith("汇总：3 条\n（图片没有发出去：")
    assert world.shown[1].text.startswith("（图片没有发出去：")
    assert world.shown[2].image == b"png"


async def test_who_can_not_be_written_to_at_all_teaches_nothing_about_pictures(
    connect: Connect, bot: BotSide, world: World
) -> None:
    await connect()
    with pytest.raises(UnreachableError):
        await bot.gateway.say(BOT, [Part(text="汇总"), PICTURE], user_id=39999)
    await bot.gateway.say(BOT, [Part(text="汇总"), PICTURE], group_id=700001)
    assert world.shown[0].image == b"png"


@pytest.mark.parametrize("profile", ["napcat", "lagrange", "go-cqhttp"])
async def test_a_file_that_is_refused_is_said_where_it_was_to_go(
    profile: str, connect: Connect, bot: BotSide, app: App, world: World
) -> None:
    account = await connect(profile)
    account.faults.always("upload_group_file", Failure(message="no packet backend"))
    file = {"name": "违规-2026-10.xlsx"}
    for _ in range(2):
        await put(app, Act(ActKind.SEND_FILE, Priority.REPORT, file, group_id=700001, attachment=b"x"))

    assert (await settled(world, app))["state"] == "dead"
    assert (await settled(world, app, 2))["state"] == "dead"
    assert len(world.shown) == 2
    assert world.shown[0].text.startswith("文件《违规-2026-10.xlsx》没有发出去：")
    assert sent(world, "upload_group_file") <= 1
    assert bot.gateway.cannot_send(BOT) == ["file"]
