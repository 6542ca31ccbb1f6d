"""Where an answer goes: in the group counts only, the rest in private, or the word to write."""

from collections.abc import Sequence

import pytest

from config.phrases import commands as phrases
from plugins.commands import answers
from plugins.commands.model import Reply
from services.app import App
from services.ports import Part, UnclearError, UnreachableError
from tests import company as co


async def test_a_private_answer_is_said_privately(app: App, qq: co.FakeQQ) -> None:
    await answers.deliver(app, co.BOT, co.OWNER, None, "帮助", Reply("一行"))
    assert qq.said == [(None, co.OWNER, "一行")]


async def test_nothing_personal_means_it_is_said_in_the_group(app: App, qq: co.FakeQQ) -> None:
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "名片", Reply("市场部-王强"))
    assert qq.said == [(co.GROUP, None, "市场部-王强")]


@pytest.mark.parametrize(
    ("private", "public"),
    [
        (phrases.NEUTRAL, "没有这一项，或不归您办理。发送“/帮助”可以看到您能用的命令。"),
        ("还差“用途”。例：备案 用途=午餐 范围=全员", "还差“用途”。例：/备案 用途=午餐 范围=全员"),
        ("例：导出 违规 上月；导出 备案", "例：/导出 违规 上月；/导出 备案"),
        ("也可以发送「改名片」：\n市场部-王强", "也可以发送「/改名片」：\n市场部-王强"),
        ("是不是想用“申诉”？", "是不是想用“/申诉”？"),
        ("没有“解散的群”这个部门；恢复正常", "没有“解散的群”这个部门；恢复正常"),
        ("常用：帮助、名片", "常用：帮助、名片"),
        ("请在群里发送「/备案」", "请在群里发送「/备案」"),
    ],
)
async def test_in_a_group_the_commands_named_are_ones_the_group_can_send(
    app: App, qq: co.FakeQQ, private: str, public: str
) -> None:
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "帮助", Reply(private))
    await answers.deliver(app, co.BOT, co.OWNER, None, "帮助", Reply(private))
    assert [text for _, _, text in qq.said] == [public, private]


async def test_details_go_privately_and_the_group_hears_counts(app: App, qq: co.FakeQQ) -> None:
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "待办", Reply("J1 张三", public="待办 1 项"))
    assert qq.said == [
        (None, co.OWNER, "J1 张三"),
        (co.GROUP, None, f"[@{co.OWNER}] 待办 1 项，{phrases.SENT_PRIVATELY}"),
    ]


async def test_the_asker_is_told_to_write_where_private_messages_fail(app: App, qq: co.FakeQQ) -> None:
    qq.deaf.add(co.OWNER)
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "待办", Reply("J1 张三", public="待办 1 项"))
    assert len(qq.said) == 1
    group_id, _, text = qq.said[0]
    assert group_id == co.GROUP
    assert "待办 1 项" in text
    assert "私聊我" in text
    assert "张三" not in text
    assert "详情已私聊" not in text


async def test_what_may_have_arrived_is_not_said_again(
    app: App, qq: co.FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = qq.say

    async def shown_all_the_same(
        account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        await say(account, parts, group_id=group_id, user_id=user_id)
        if user_id is not None:
            raise UnclearError("QQ 没有及时回答")

    monkeypatch.setattr(qq, "say", shown_all_the_same)
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "待办", Reply("J1 张三", public="待办 1 项"))
    assert [(user_id, "张三" in text) for _, user_id, text in qq.said] == [(co.OWNER, True), (None, False)]
    assert "私聊我" in qq.said[-1][2]


async def test_only_what_was_refused_is_tried_again_in_a_temporary_session(
    app: App, qq: co.FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[int | None, str]] = []

    async def refuses_the_second(
        account: int, parts: Sequence[Part], *, group_id: int | None = None, user_id: int | None = None
    ) -> None:
        if user_id is not None and group_id is None and said:
            raise UnreachableError("拒绝")
        said.append((group_id, parts[0].text[:1]))

    monkeypatch.setattr(qq, "say", refuses_the_second)
    text = "\n".join(letter * 1500 for letter in "甲乙丙")
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "待办", Reply(text, public="待办 1 项"))
    assert said[:-1] == [(None, "甲"), (co.GROUP, "乙"), (co.GROUP, "丙")]


async def test_a_file_never_goes_to_a_group(app: App, qq: co.FakeQQ) -> None:
    await answers.deliver(
        app, co.BOT, co.STAFF, co.GROUP, "导出", Reply("好了", file_name="a.xlsx", file=b"x")
    )
    assert qq.files == [(co.STAFF, "a.xlsx")]
    assert qq.said[-1][0] == co.GROUP
    assert "好了" not in qq.said[-1][2]


@pytest.mark.parametrize(("error", "word"), [(UnclearError, "可能已经送到"), (UnreachableError, "没能送达")])
async def test_a_file_that_may_have_arrived_is_not_called_lost(
    app: App, qq: co.FakeQQ, monkeypatch: pytest.MonkeyPatch, error: type[UnreachableError], word: str
) -> None:
    async def fails(account: int, user_id: int, name: str, data: bytes) -> None:
        raise error("QQ 没有及时回答")

    monkeypatch.setattr(qq, "send_file", fails)
    await answers.deliver(app, co.BOT, co.STAFF, None, "导出", Reply("好了", file_name="a.xlsx", file=b"x"))
    assert word in qq.said[-1][2]


async def test_only_a_public_line_is_said_without_a_promise_of_details(app: App, qq: co.FakeQQ) -> None:
    await answers.deliver(app, co.BOT, co.OWNER, co.GROUP, "群检查", Reply("", public="没有问题"))
    assert qq.said == [(co.GROUP, None, "没有问题")]


def test_long_text_is_cut_at_line_ends_below_the_limit() -> None:
    text = "\n".join(f"第 {n} 行 " + "字" * 90 for n in range(60))
    pieces = answers.split(text)
    assert all(len(piece) < 2000 for piece in pieces)
    assert "\n".join(pieces) == text


def test_text_without_line_ends_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in answers.split("字" * 4000)] == [1800, 1800, 400]


async def test_cq_codes_stay_text(app: App, qq: co.FakeQQ) -> None:
    await answers.deliver(app, co.BOT, co.OWNER, None, "帮助", Reply("[CQ:at,qq=all]"))
    assert qq.said[0][2] == "[CQ:at,qq=all]"
