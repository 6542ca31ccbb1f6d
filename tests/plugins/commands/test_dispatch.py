"""Who gets which answer where: permissions, suggestions, silence, the pause, the throttle."""

import re
from dataclasses import replace
from typing import Any

import pytest

from config.phrases import commands as phrases
from db.tables.base import ZONE
from plugins.commands import dispatch, table
from plugins.commands.help import usable
from plugins.commands.model import Ask, Command, Reply, Where, Who
from plugins.commands.page import render_commands_table
from regulation.model import Role
from services.app import App
from services.groups import modes
from tests import company as co


async def say(
    app: App,
    user_id: int,
    text: str,
    group_id: int | None = None,
    *,
    at: bool = False,
    hint: Role | None = None,
) -> str | None:
    line = dispatch.Line(co.BOT, user_id, group_id, text, at, hint)
    found = await dispatch.answer(app, line, dispatch.Throttle())
    return None if found is None else found[1].text


# Who may use what, as product.md's table of commands says it.
STAFF_ONLY = {
    "违规汇总", "违规", "罚单", "免除", "豁免", "抽查", "群列表", "员工", "离职", "复职", "转岗", "解绑",
    "撤销导入", "撤销", "已缴", "已退", "导出", "模式", "暂停", "恢复", "状态", "下一页",
}  # fmt: skip
OFFICER_ONLY = {"备案", "备案状态", "群检查", "群公告", "备案变更", "提前入群", "升级", "解散", "延期"}
EMPLOYEES = {"我的", "名片", "改名片", "申诉", "控制台"}
SETTLERS = {"待办", "同意", "驳回"}
ROOT_ONLY = {"授权", "撤权"}
ANYONE = {"帮助", "绑定"}
STANDING_IN = {"备案", "解散"}
MOVERS = {"移交完成"}

PERSONS = {
    co.STRANGER: ANYONE,
    co.GONE: ANYONE | {"申诉", "我的"},
    co.TRAINEE: ANYONE | EMPLOYEES,
    co.CLERK: ANYONE | EMPLOYEES,
    co.OWNER: ANYONE | EMPLOYEES | OFFICER_ONLY | SETTLERS,
    co.ADMIN: ANYONE | EMPLOYEES | OFFICER_ONLY | SETTLERS,
    co.HEAD: ANYONE | EMPLOYEES | SETTLERS | MOVERS,
    # Admin staff close what is left of a group that the bot is no longer in, and file one that it owns.
    co.STAFF: ANYONE | EMPLOYEES | SETTLERS | MOVERS | STAFF_ONLY | STANDING_IN,
    co.ROOT: ANYONE | {"控制台"} | SETTLERS | MOVERS | STAFF_ONLY | ROOT_ONLY | STANDING_IN,
}


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry answers with its name instead of doing anything."""

    def named(command: Command) -> Command:
        async def handler(ask: Ask) -> Reply:
            return Reply(f"done {command.name}")

        return replace(command, handler=handler, fields=(), where=Where.ANYWHERE)

    stand_ins: dict[str, tuple[Command, ...]] = {
        name: tuple(named(command) for command in commands) for name, commands in table.BY_NAME.items()
    }
    monkeypatch.setattr(dispatch, "BY_NAME", stand_ins)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("user_id", PERSONS)
@pytest.mark.parametrize("group_id", [co.GROUP, None])
async def test_each_person_may_use_exactly_what_the_contract_gives_them(
    app: App, qq: co.FakeQQ, user_id: int, group_id: int | None
) -> None:
    names = {command.name for command in table.COMMANDS}
    allowed = {name for name in names if await say(app, user_id, name, group_id) == f"done {name}"}
    assert allowed == PERSONS[user_id] & names


def test_every_command_of_the_contract_stands_in_the_permission_table() -> None:
    known = STAFF_ONLY | OFFICER_ONLY | EMPLOYEES | SETTLERS | ROOT_ONLY | ANYONE | MOVERS
    assert {command.name for command in table.COMMANDS} <= known


async def test_a_grant_outside_the_admin_department_gives_no_right(app: App, qq: co.FakeQQ) -> None:
    assert await say(app, co.PLAIN, "状态") == phrases.NEUTRAL


async def test_a_departed_owner_has_no_rights_any_more(app: App, qq: co.FakeQQ) -> None:
    people = [(replace(e, departed_on=app.now().date()) if q == co.OWNER else e, q) for e, q in co.PEOPLE]
    app.registry = co.registry_of(people)
    assert await say(app, co.OWNER, "/备案状态", co.GROUP, hint=Role.OWNER) == phrases.NEUTRAL


async def test_a_role_that_qq_puts_on_a_message_is_checked_against_the_member_list(
    app: App, qq: co.FakeQQ
) -> None:
    assert await say(app, co.PLAIN, "/备案状态", co.GROUP, hint=Role.ADMIN) == phrases.NEUTRAL
    assert qq.readings == 1


async def test_a_demoted_admin_loses_the_right_once_the_stored_role_is_stale(
    app: App, qq: co.FakeQQ, clock: Any
) -> None:
    qq.lists[co.GROUP] = co.members(admins=())
    clock.move(minutes=11)
    assert await say(app, co.ADMIN, "/备案状态", co.GROUP, hint=Role.ADMIN) == phrases.NEUTRAL


async def test_who_is_not_entitled_hears_the_same_line_whether_the_id_exists(app: App, qq: co.FakeQQ) -> None:
    lines = {await say(app, co.TRAINEE, f"同意 {one}") for one in ("J1", "J999999", "B1")}
    lines |= {await say(app, co.OWNER, f"同意 {one}") for one in ("J1", "R7", "J999999999999999999999", "P1")}
    assert lines == {phrases.NEUTRAL}


async def test_help_lists_exactly_what_the_asker_may_use_here(app: App, qq: co.FakeQQ) -> None:
    for user_id in PERSONS:
        text = await say(app, user_id, "帮助", None)
        assert text is not None
        lines = text.splitlines()
        assert len(lines) <= 15
        grouped = [
            line.partition("：")[2].split("、") for line in lines if line.partition("：")[0] in table.THEMES
        ]
        listed = {name for names in grouped for name in names} or {
            found[1] for line in lines[1:-1] if (found := re.match(r"(\S+?)(?: .*)?：", line))
        }
        line = dispatch.Line(co.BOT, user_id, None, "")
        standing = await dispatch.standing_of(app, user_id, None, line.hint)
        assert listed == {command.name for command in usable(table.COMMANDS, standing.who, None)}


async def test_help_explains_one_command_only_to_whom_it_is_for(app: App, qq: co.FakeQQ) -> None:
    assert "豁免" in (await say(app, co.STAFF, "帮助 豁免") or "")
    for word in ("豁免", "无此命令"):
        assert await say(app, co.TRAINEE, f"帮助 {word}") == phrases.HELP_UNKNOWN.format(name=word)


async def test_help_in_a_group_shows_no_example_of_what_nobody_should_write_there(
    app: App, qq: co.FakeQQ
) -> None:
    here = await say(app, co.CLERK, "/帮助 绑定", co.GROUP) or ""
    assert "例：" not in here
    assert "请私聊我用" in here
    assert "例：绑定 张三 1024 0012" in (await say(app, co.CLERK, "帮助 绑定") or "")


@pytest.mark.parametrize("word", ["待班", "备案状太", "群列标", "帮主", "豁勉 123 C1 3 x"])
async def test_suggests_a_command_close_to_a_misspelt_one_in_private(
    app: App, qq: co.FakeQQ, word: str
) -> None:
    for user_id in (co.OWNER, co.STAFF):
        answer = await say(app, user_id, word)
        assert answer is None or answer.startswith("是不是想用")
    assert any([await say(app, user_id, word) for user_id in (co.OWNER, co.STAFF)])


@pytest.mark.parametrize(
    "text",
    [
        "好的",
        "你好",
        "收到",
        "谢谢",
        "我们开会吧",
        "你的",
        "帮忙",
        "同事 都到了吗",
        "今天下午三点开会",
        "？",
        "哈哈哈哈",
    ],
)
async def test_ordinary_talk_gets_no_answer(app: App, qq: co.FakeQQ, text: str) -> None:
    assert await say(app, co.STAFF, text) is None
    assert await say(app, co.STAFF, text, co.GROUP, at=True) is None


async def test_a_misspelt_command_in_a_group_is_silent_unless_it_has_a_slash_or_the_bot_is_addressed(
    app: App, qq: co.FakeQQ
) -> None:
    assert await say(app, co.OWNER, "备案状太", co.GROUP) is None
    assert "备案状态" in (await say(app, co.OWNER, "/备案状太", co.GROUP) or "")
    assert "备案状态" in (await say(app, co.OWNER, "备案状太", co.GROUP, at=True) or "")


async def test_never_suggests_what_the_asker_may_not_use(app: App, qq: co.FakeQQ) -> None:
    assert await say(app, co.TRAINEE, "群列标") is None


@pytest.mark.parametrize("place", [None, co.GROUP])
async def test_a_group_that_is_not_the_askers_is_answered_like_one_that_does_not_exist(
    app: App, qq: co.FakeQQ, place: int | None
) -> None:
    command = "备案状态 群=" if place is None else "/备案状态 群="
    del qq.lists[co.OTHER]
    answers = {await say(app, co.OWNER, f"{command}{number}", place) for number in (co.OTHER, 799999)}
    assert answers == {phrases.NEUTRAL}


@pytest.mark.parametrize("place", [None, co.GROUP])
async def test_an_owner_hears_that_qq_does_not_answer(app: App, qq: co.FakeQQ, place: int | None) -> None:
    qq.down = True
    command = "备案状态" if place is None else "/备案状态"
    assert "没有应答" in (await say(app, co.OWNER, command, place) or "")


async def test_while_paused_only_admin_staff_and_superusers_get_answers(app: App, qq: co.FakeQQ) -> None:
    await modes.pause(app, by=str(co.ROOT))
    assert await say(app, co.OWNER, "帮助") is None
    assert await say(app, co.STAFF, "帮助") is not None
    assert await say(app, co.ROOT, "帮助") is not None


async def test_too_many_commands_a_minute_are_told_once_and_then_ignored(app: App, qq: co.FakeQQ) -> None:
    throttle = dispatch.Throttle()
    line = dispatch.Line(co.BOT, co.OWNER, None, "帮助")
    answers = [await dispatch.answer(app, line, throttle) for _ in range(dispatch.PER_MINUTE + 3)]
    texts = [None if one is None else one[1].text for one in answers]
    assert texts[dispatch.PER_MINUTE :] == [phrases.TOO_MANY, None, None]


@pytest.mark.dialects
async def test_an_owner_of_one_group_needs_not_name_it_in_private(app: App, qq: co.FakeQQ) -> None:
    assert str(co.GROUP) in (await say(app, co.ADMIN, "备案状态") or "")


async def test_an_owner_of_two_groups_is_asked_which(app: App, qq: co.FakeQQ) -> None:
    qq.lists[co.OTHER] = co.members(co.PLAIN, (co.OWNER,), ())
    async with app.database.transaction() as tx:
        await co.seen(app, tx, co.OTHER)
    assert "群=" in (await say(app, co.OWNER, "备案状态") or "")
    assert str(co.OTHER) in (await say(app, co.OWNER, f"备案状态 群={co.OTHER}") or "")


async def test_an_officer_of_one_group_is_nobody_in_another(app: App, qq: co.FakeQQ) -> None:
    assert await say(app, co.OWNER, f"/备案状态 群={co.OTHER}", co.GROUP, hint=Role.OWNER) == phrases.NEUTRAL


async def test_a_failing_handler_is_recorded_and_answered_with_one_plain_line(
    app: App, qq: co.FakeQQ, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(ask: Ask) -> Reply:
        raise ZeroDivisionError

    entry = Command("帮助", frozenset({Who.ANYONE}), "", broken)
    monkeypatch.setattr(dispatch, "BY_NAME", {"帮助": (entry,)})
    assert await say(app, co.STRANGER, "帮助") == phrases.FAILED
    assert "帮助" in caplog.text


def test_names_and_aliases_are_unique_within_one_audience() -> None:
    for name, commands in table.BY_NAME.items():
        if len(commands) > 1:
            told_apart = {
                (command.who, tuple(f.name for f in command.fields if f.required)) for command in commands
            }
            assert len(told_apart) == len(commands), name


def test_every_entry_stands_in_the_readme_table() -> None:
    page = render_commands_table()
    assert all(f"`{command.name}" in page for command in table.COMMANDS)


def test_every_example_is_read_by_its_own_command() -> None:
    from datetime import datetime

    from plugins.commands import parse, words

    for command in table.COMMANDS:
        for example in command.examples:
            name, rest = words.split_name(example)
            assert name in (command.name, *command.aliases), example
            today = datetime(2026, 3, 2, tzinfo=ZONE).date()
            assert not isinstance(parse.read(command, rest, today), parse.Wrong), example
