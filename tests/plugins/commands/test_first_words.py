"""What hears whoever isn't known yet, or writes a command nearly right."""

import pytest

from config.phrases import commands as phrases
from config.phrases.registry import IDENTITY
from db.queries.people import identities
from plugins.commands import dispatch
from services.app import App
from tests import company as co
from tests.conftest import StoppedClock
from tests.plugins.commands.test_dispatch import say


@pytest.mark.parametrize("group_id", [None, co.GROUP])
@pytest.mark.parametrize(
    "text", ["我的", "名片", "申诉 V1 理由", "待办", "同意 J1", "员工 张总", "违规 V999"]
)
async def test_who_is_not_verified_hears_how_to_be(
    app: App, qq: co.FakeQQ, text: str, group_id: int | None
) -> None:
    slash = "" if group_id is None else "/"
    assert await say(app, co.STRANGER, slash + text, group_id) == phrases.VERIFY_FIRST


async def test_who_has_departed_or_is_known_hears_the_neutral_line(app: App, qq: co.FakeQQ) -> None:
    for user_id in (co.GONE, co.PLAIN):
        assert await say(app, user_id, "员工 张总") == phrases.NEUTRAL


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("绑定褚卫 00214 1214", "“绑定”后面请空一格，例如：绑定 张三 1024 0012"),
        ("绑定 褚卫 00214 13800001214", IDENTITY["whole_number"]),
        ("绑定 褚卫 00214 138-0000-1214", IDENTITY["whole_number"]),
        ("绑定 褚卫 00214", "还差“手机后四位”。例：绑定 张三 1024 0012"),
    ],
)
async def test_a_proof_written_nearly_right_is_helped_and_not_counted(
    app: App, qq: co.FakeQQ, text: str, answer: str
) -> None:
    assert await say(app, co.STRANGER, text) == answer
    async with app.database.reading() as tx:
        assert await identities.attempts_of_qq(tx, co.STRANGER, co.AS_OF) == 0


@pytest.mark.parametrize(
    "text", ["备案汇总", "违规会总", "员工张总", "/绑定褚卫 00214 1214", "/签到", "/晚饭吃什么"]
)
async def test_what_is_no_command_in_a_group_is_met_with_silence(app: App, qq: co.FakeQQ, text: str) -> None:
    for user_id in (co.OWNER, co.STAFF, co.STRANGER):
        assert await say(app, user_id, text, co.GROUP) is None


@pytest.mark.parametrize(
    ("user_id", "text", "name"),
    [
        (co.OWNER, "/群检察", "群检查"),
        (co.OWNER, "／备案状太", "备案状态"),
        (co.STAFF, "/违规会总", "违规汇总"),
        (co.STAFF, "/员工张总", "员工"),
    ],
)
async def test_a_near_miss_with_a_slash_in_a_group_gets_the_nearest_command_of_theirs(
    app: App, qq: co.FakeQQ, user_id: int, text: str, name: str
) -> None:
    assert f"“{name}”" in (await say(app, user_id, text, co.GROUP) or "")
    assert await say(app, co.STRANGER, text, co.GROUP) is None


async def test_a_group_hears_few_hints_a_minute_whoever_asks(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    throttle = dispatch.Throttle()

    async def heard(user_id: int, text: str = "/群检察") -> bool:
        return (
            await dispatch.answer(app, dispatch.Line(co.BOT, user_id, co.GROUP, text), throttle) is not None
        )

    both = [await heard(user_id) for user_id in (co.OWNER, co.ADMIN) * dispatch.HINTS_PER_MINUTE]
    assert both == [True] * dispatch.HINTS_PER_MINUTE + [False] * dispatch.HINTS_PER_MINUTE
    assert await heard(co.OWNER, "/备案状态")
    clock.move(minutes=1)
    assert await heard(co.OWNER)


@pytest.mark.parametrize(
    ("user_id", "text", "name"),
    [
        (co.OWNER, "/备案汇总", "备案"),
        (co.STAFF, "违规会总", "违规汇总"),
        (co.STAFF, "员工张总", "员工"),
        (co.PLAIN, "申诉V", "申诉"),
    ],
)
async def test_a_near_miss_in_private_gets_the_nearest_command(
    app: App, qq: co.FakeQQ, user_id: int, text: str, name: str
) -> None:
    assert f"“{name}" in (await say(app, user_id, text) or "")


@pytest.mark.parametrize(("glued", "parted"), [("帮助绑定", "帮助 绑定"), ("罚单上月", "罚单 上月")])
@pytest.mark.parametrize("group_id", [None, co.GROUP])
async def test_what_can_be_nothing_else_needs_no_space_before_it(
    app: App, qq: co.FakeQQ, glued: str, parted: str, group_id: int | None
) -> None:
    slash = "" if group_id is None else "/"
    answer = await say(app, co.STAFF, slash + parted, group_id)
    assert answer is not None
    assert await say(app, co.STAFF, slash + glued, group_id) == answer


@pytest.mark.parametrize(
    "text", ["帮助我一下", "模式观察", "我的快递到了吗", "状态挺好的", "你好", "谢谢", "收到，明天办"]
)
async def test_ordinary_talk_in_private_is_let_be(app: App, qq: co.FakeQQ, text: str) -> None:
    assert await say(app, co.STAFF, text) is None
