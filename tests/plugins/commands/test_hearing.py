"""From an event of the real adapter to an answer, or, nearly always, to nothing at all."""

from types import SimpleNamespace
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import Adapter
from nonebot.adapters.onebot.v11.bot import _check_at_me  # pyright: ignore[reportPrivateUsage]

from plugins.commands import hearing, reading
from services.app import App
from services.context import use_app
from tests import company as co


@pytest.fixture
async def qq(app: App) -> co.FakeQQ:
    use_app(app)
    return await co.settle_in(app)


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "data": {"text": words}}


def at(user_id: int | str) -> dict[str, Any]:
    return {"type": "at", "data": {"qq": str(user_id)}}


def event(
    *segments: dict[str, Any], user_id: Any = co.OWNER, group_id: int | None = co.GROUP, **more: Any
) -> Any:
    body = {
        "time": 1,
        "self_id": co.BOT,
        "post_type": "message",
        "message_type": "private" if group_id is None else "group",
        "sub_type": "friend" if group_id is None else "normal",
        "message_id": 1,
        "user_id": user_id,
        "message": list(segments),
        "raw_message": "",
        "font": 0,
        "sender": {"user_id": user_id, "nickname": "n", "card": "市场部-王强", "role": "owner"},
        **({} if group_id is None else {"group_id": group_id}),
        **more,
    }
    made: Any = Adapter.json_to_event(body)
    _check_at_me(object(), made)  # pyright: ignore[reportArgumentType]
    return made


async def hear(made: Any) -> None:
    heard = hearing.listen(made)
    if heard is not None:
        await hearing.act(heard)


async def test_a_slash_command_in_a_group_is_answered(app: App, qq: co.FakeQQ) -> None:
    await hear(event(text("/帮助")))
    assert [group_id for group_id, _, _ in qq.said] == [co.GROUP]


async def test_a_command_after_naming_the_bot_is_answered(app: App, qq: co.FakeQQ) -> None:
    await hear(event(at(co.BOT), text(" 帮助")))
    assert len(qq.said) == 1


async def test_bare_words_are_a_command_in_private_and_talk_in_a_group(app: App, qq: co.FakeQQ) -> None:
    await hear(event(text("帮助")))
    assert qq.said == []
    await hear(event(text("帮助"), group_id=None))
    assert len(qq.said) == 1


async def test_what_is_said_to_somebody_else_is_no_command(app: App, qq: co.FakeQQ) -> None:
    await hear(event(at(co.HEAD), text(" /帮助")))
    await hear(event(at("all"), text(" 帮助")))
    assert qq.said == []


async def test_an_answer_to_the_bots_own_message_is_no_command_without_naming_it(
    app: App, qq: co.FakeQQ
) -> None:
    made = event(text("同意 J1"))
    made.to_me = True
    await hear(made)
    assert qq.said == []


@pytest.mark.parametrize("segment", ["forward", "json", "image", "reply"])
async def test_what_is_forwarded_or_quoted_is_never_a_command(app: App, qq: co.FakeQQ, segment: str) -> None:
    made = event({"type": segment, "data": {"id": "1", "data": "/帮助", "content": "/帮助"}})
    await hear(made)
    assert qq.said == []


@pytest.mark.parametrize("user_id", [80000000, 1000000, 0, 10000, co.BOT])
async def test_anonymous_and_system_senders_and_ourselves_are_nobody(
    app: App, qq: co.FakeQQ, user_id: int
) -> None:
    await hear(event(text("/帮助"), user_id=user_id))
    assert qq.said == []


async def test_an_anonymous_message_is_nobodys_even_with_a_members_number(app: App, qq: co.FakeQQ) -> None:
    await hear(event(text("/帮助"), sub_type="anonymous"))
    await hear(event(text("/帮助"), anonymous={"id": 1, "name": "匿名", "flag": "f"}))
    assert qq.said == []


async def test_a_cq_code_typed_as_text_names_nobody(app: App, qq: co.FakeQQ) -> None:
    await hear(event(text(f"[CQ:at,qq={co.BOT}] 帮助")))
    assert qq.said == []


async def test_naming_a_person_stands_for_their_number() -> None:
    made = event(at(co.BOT), text(" 豁免 "), at(co.PLAIN), text(" C1 30 出差"))
    assert reading.command_text(made, co.BOT) == (f"豁免  @{co.PLAIN}  C1 30 出差", True)


@pytest.mark.parametrize("command", ["/群检查 ", "/备案状态 ", "/改名片 ", "/名片 "])
async def test_naming_a_person_is_naming_no_group(app: App, qq: co.FakeQQ, command: str) -> None:
    await hear(event(text(command), at(co.PLAIN)))
    assert f"后面的“@{co.PLAIN}”看不懂" in qq.said[-1][2]


async def test_naming_a_person_names_their_qq_and_never_an_employee_number(app: App, qq: co.FakeQQ) -> None:
    app.registry = co.registry_of([(co.Employee(str(co.PLAIN), "同号", "采购部"), 0), *co.PEOPLE])
    await hear(event(text("/员工 "), at(co.PLAIN), user_id=co.STAFF))
    assert [said for _, user_id, said in qq.said if user_id == co.STAFF and "郑平" in said]


def test_odd_fields_never_raise() -> None:
    class Odd:
        message_type = "group"
        user_id: Any = "20001"
        self_id: Any = co.BOT
        group_id: Any = "abc"
        sender = None
        message: Any = None

    assert reading.seen_of(Odd()) is None
    odd = Odd()
    odd.group_id = "700001"
    assert reading.seen_of(odd) == reading.Seen(co.BOT, 20001, 700001, None)
    assert reading.command_text(odd, co.BOT) is None


def test_an_online_file_is_told_from_one_that_can_be_fetched() -> None:
    data = {"msgId": "17", "elementId": "70", "fileName": "名册.csv", "fileSize": "3", "isDir": False}
    found = reading.file_of(event({"type": "onlinefile", "data": data}, group_id=None))
    assert found is not None
    assert (found.name, found.size, found.fields["kind"]) == ("名册.csv", 3, "onlinefile")


def test_a_file_is_read_as_its_segment_describes_it() -> None:
    made = event(
        {"type": "file", "data": {"file": "名册.xlsx", "file_size": "12", "file_id": "x"}}, group_id=None
    )
    found = reading.file_of(made)
    assert found is not None
    assert (found.name, found.size, found.fields["file_id"]) == ("名册.xlsx", 12, "x")


def test_the_plugin_has_one_matcher() -> None:
    import plugins.commands

    matcher = plugins.commands._matcher  # pyright: ignore[reportPrivateUsage]
    assert matcher.type == "message"
    assert not matcher.block
    assert not matcher.rule.checkers


def test_half_a_surrogate_does_no_harm() -> None:
    segment = SimpleNamespace(type="text", data={"text": "/\ud800"})
    assert reading.text_of([segment], 1).encode() == b"/?"  # pyright: ignore[reportArgumentType]


async def test_a_command_that_is_delivered_again_is_done_once(app: App, qq: co.FakeQQ) -> None:
    await hear(event(text("/帮助"), message_id=7))
    await hear(event(text("/帮助"), message_id=7, time=99))
    assert len(qq.said) == 1
    await hear(event(text("/帮助"), message_id=8))
    assert len(qq.said) == 2
