"""What hears whoever asks for what is so already, names a thing of another kind, or writes a field wrongly."""

import pytest

from plugins.commands import dispatch
from plugins.commands.model import Reply
from services.app import App
from tests import company as co
from tests.plugins.commands.test_dispatch import say
from tests.services.stories import add_penalty, overdue_case


async def replied(app: App, text: str) -> Reply:
    found = await dispatch.answer(app, dispatch.Line(co.BOT, co.STAFF, None, text), dispatch.Throttle())
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("同意 Q", "请写待办里的编号，例如：同意 J12"),
        ("驳回 abc", "请写待办里的编号，例如：驳回 J12 请改用本人 QQ 申请"),
        ("待办 Q", "后面的“Q”看不懂。例：待办 J12"),
        ("撤销导入 Q3", "请写导入编号，例如：撤销导入 I7"),
        ("撤销 Q1", "请写违规编号，例如：撤销 V12 名册有误"),
        ("免除 V1 P1 已说明", "请写违规编号，例如：免除 V12 已当面说明"),
        ("已缴 V9", "请写罚单编号，例如：已缴 P3"),
        ("申诉 Q1 看错了", "请写违规或罚单编号，例如：申诉 V12 当天出差，名片已改好"),
        (
            "豁免 20009 Z9 30 出差",
            "“条款”请写条款号或名称，如 C1 或 群名片。例：豁免 123456789 C1 30 长期出差",
        ),
        ("豁免 20009 C1 三十 出差", "“天数”请写数字，如 30。例：豁免 123456789 C1 30 长期出差"),
        ("解绑 张三", "“QQ”请写 QQ 号，5–11 位数字。例：解绑 123456789"),
        ("抽查 复核", "还差“月份”。例：抽查 复核 2026-11"),
        ("绑定 张三 A001", "“QQ”请写 QQ 号，5–11 位数字。例：绑定 123456789 1024"),
        ("导出 违规 13月", "看不懂“13月”：月份请写 2026-03，或 上月、本周"),
        ("帮助 会餐", "没有“会餐”这个命令，或不归您用。发送“帮助”可以看到您能用的命令。"),
    ],
)
async def test_a_field_written_wrongly_is_answered_with_how_to_write_it(
    app: App, qq: co.FakeQQ, text: str, answer: str
) -> None:
    assert await say(app, co.STAFF, text) == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            f"备案 用途=讨论新版方案 范围=市场部 截止=2026-05-01 群={co.GROUP}",
            "“截止”只用于类型=讨论组：请补写 类型=讨论组，或去掉“截止”。",
        ),
        (
            f"备案 用途=讨论新版方案 范围=市场部 类型=QQ群 议题=怎么定价 群={co.GROUP}",
            "“议题”只用于类型=讨论组：请补写 类型=讨论组，或去掉“议题”。",
        ),
        (f"抽查 3 群={co.GROUP}", "写了“群”，“3”就用不上了，请去掉一个。例：抽查 3"),
        ("待办 2 J12", "写了“编号”，“2”就用不上了，请去掉一个。例：待办 J12"),
        ("违规 V12 本月", "写了“编号”，“本月”就用不上了，请去掉一个。例：违规 V12"),
        ("违规 V12 部门=市场部", "写了“编号”，“市场部”就用不上了，请去掉一个。例：违规 V12"),
    ],
)
async def test_a_field_that_would_count_for_nothing_is_said_to(
    app: App, qq: co.FakeQQ, text: str, answer: str
) -> None:
    assert await say(app, co.ROOT, text) == answer


async def test_a_period_that_makes_no_difference_is_said_to(app: App, qq: co.FakeQQ) -> None:
    assert "不分时段" in (await say(app, co.STAFF, "导出 名册 上月") or "")
    assert "不分时段" not in (await say(app, co.STAFF, "导出 违规 上月") or "")


@pytest.mark.parametrize(
    ("filed", "general", "paused", "answer"),
    [
        (True, "执行", False, "现在按“提醒”，群模式“提醒”与总模式“执行”取较宽松的一个。"),
        (True, "观察", True, "现在按“观察”，群模式“提醒”与总模式“观察”取较宽松的一个。现在暂停中"),
        (False, "执行", False, "现在按“观察”，还没有备案，备案批准前只观察。"),
    ],
)
async def test_a_groups_mode_is_said_with_what_makes_it_so(
    app: App, qq: co.FakeQQ, filed: bool, general: str, paused: bool, answer: str
) -> None:
    if filed:
        await co.filed(app)
    await say(app, co.STAFF, f"模式 提醒 群={co.GROUP}")
    await say(app, co.STAFF, f"模式 {general}")
    if paused:
        await say(app, co.STAFF, "暂停")
    said = await say(app, co.STAFF, f"模式 群={co.GROUP}") or ""
    assert said.startswith(f"群 市场部群（{co.GROUP}）：{answer}")


async def test_the_mode_of_a_group_that_was_never_given_one_is_the_companys(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    assert "群模式“执行”（公司默认）" in (await say(app, co.STAFF, f"模式 群={co.GROUP}") or "")
    assert await say(app, co.STAFF, "模式 群=799999") == "没有找到这个群：群里要先有我。"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("模式 提醒", "总模式本来就是“提醒”。"),
        (
            f"模式 提醒 群={co.GROUP}",
            f"群 市场部群（{co.GROUP}）本来就是“提醒”。这个群还没有备案，备案批准前只观察。",
        ),
        (
            "豁免 20009 C1 30 出差",
            "郑平（QQ 20009），C1（群名片）：已有同样的豁免，所有群，到 2026-04-01 为止。",
        ),
        ("绑定 20009 A009", "QQ 20009 本来就绑定郑平（A009），不用再绑。"),
    ],
)
async def test_what_is_so_already_is_said_to_be(app: App, qq: co.FakeQQ, text: str, answer: str) -> None:
    assert await say(app, co.STAFF, text) != answer
    assert await say(app, co.STAFF, text) == answer


async def test_a_fine_paid_twice_or_never_to_be_refunded_is_said_so(app: App, qq: co.FakeQQ) -> None:
    fine = await add_penalty(app, await overdue_case(app), state="confirmed")
    assert await say(app, co.STAFF, f"已退 P{fine}") == f"P{fine} 现在是“已确认”，不能登记退款。"
    await say(app, co.STAFF, f"已缴 P{fine}")
    assert await say(app, co.STAFF, f"已缴 P{fine}") == f"P{fine} 已经登记缴款过了。"


async def test_a_group_hears_how_much_was_done_and_not_that_something_was(app: App, qq: co.FakeQQ) -> None:
    case = await overdue_case(app)
    fines = [await add_penalty(app, case, liable_user_id=one, liable=str(one)) for one in (20002, 20003)]
    assert (await replied(app, f"同意 P{fines[0]}-P{fines[1]}")).public == "已办理 2 项"
    assert (await replied(app, f"已退 P{fines[0]}")).public == "没有办成"
    assert (await replied(app, f"已缴 P{fines[0]} P{fines[1]}")).public == "已登记"
    assert (await replied(app, "撤销 V999")).public == "没有办成"
    assert (await replied(app, "抽查 复核 2026-02")).public is None
