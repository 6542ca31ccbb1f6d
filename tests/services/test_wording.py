"""What people hear, read as they read it: ages, days, sums, and nothing that is not so."""

from datetime import timedelta

import pytest

from db.queries.cases import timelines
from db.queries.cases.spot_checks import Findings, Outcome
from db.queries.groups import last_seen
from db.queries.joining.requests import RequestState
from db.queries.people import employees
from db.queries.work import outbox as outbox_rows
from regulation.actions import Remove
from regulation.duties import Code
from regulation.join_gate import Decision
from services.app import App
from services.cases import batches, escalation, violations
from services.cases.settling import appeals, dismissals
from services.groups import card_help, group_check
from services.imports import apply as imports
from services.imports import undoing
from services.imports.preview import back_line
from services.inbox import listing, settle
from services.joining import consents, early_admission
from services.naming import deadline
from services.people import registry
from services.reports.filters import read_filters
from services.reports.spot_checks.wording import Result, line_of
from services.running import status
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.inbox.asking import ask_to_join
from tests.services.stories import add_penalty, overdue_case


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (timedelta(seconds=10), "刚刚"),
        (timedelta(minutes=5, seconds=50), "已等 5 分钟"),
        (timedelta(minutes=119), "已等 1 小时"),
        (timedelta(days=2, hours=5), "已等 2 天"),
    ],
)
async def test_an_age_is_said_as_it_is(app: App, qq: co.FakeQQ, waited: timedelta, said: str) -> None:
    await ask_to_join(app, asked_at=app.now() - waited)
    async with app.database.reading() as tx:
        (item,) = await listing.mine(app, tx, co.OWNER)
    assert listing.age_of(app, item) == said


def test_a_deadline_at_midnight_is_the_day_before_at_24(clock: StoppedClock) -> None:
    midnight = clock.time.replace(hour=0, minute=0)
    assert deadline(midnight) == "3月1日 24:00"
    assert deadline(clock.time) == "3月2日 10:00"
    assert deadline(None) == ""


async def test_the_right_card_is_the_last_line_alone(app: App, qq: co.FakeQQ) -> None:
    said = (await card_help.right_card_for(app, co.PLAIN, co.GROUP)).text
    assert said.splitlines()[-1] == "采购部-郑平" or said == "您的名片已经是对的：采购部-郑平"
    general = "您的群名片应写成下面这一行，可以复制：\n采购部-郑平"
    assert (await card_help.right_card_for(app, co.PLAIN, None)).text == general


async def test_what_the_bot_settled_by_itself_is_said_so(app: App, qq: co.FakeQQ) -> None:
    await ask_to_join(app, state=RequestState.ANSWERED, verdict=Decision.APPROVE, row=10)
    (said,) = await settle.settle(app, [("J", 1)], approve=True, by=co.OWNER)
    assert "未知" not in said.text
    assert "机器人" in said.text
    assert "自动通过" in said.text


async def test_a_right_appeal_speaks_of_fines_only_where_there_are_some(app: App, qq: co.FakeQQ) -> None:
    bare, fined = (
        await overdue_case(app),
        await overdue_case(app, code="L1", user_id=co.OWNER, employee_no="A002"),
    )
    penalty = await add_penalty(app, fined, state="settled", paid_at=app.now())
    for case in (bare, fined):
        asker = case.user_id or 0
        done = await appeals.appeal(app, case.id, by=asker, reason="看错了")
        assert done.ok
    for number in (1, 2):
        await appeals.settle(app, number, uphold=True, by=co.ROOT, reason="")
    told = {to: text for _, to, text in await co.sent(app) if to is not None and "申诉成立" in text}
    assert told[co.PLAIN] == f"您对 V{bare.id} 的申诉成立：这件事已撤销。"
    assert f"罚单 P{penalty} 作废；已缴 20 元会退给您" in told[co.OWNER]


async def test_a_second_dismissal_says_that_it_was_done(app: App, qq: co.FakeQQ) -> None:
    case = await overdue_case(app)
    assert (await dismissals.dismiss(app, case.id, by=co.ROOT, reason="")).ok
    again = await dismissals.dismiss(app, case.id, by=co.ROOT, reason="")
    assert (again.ok, again.text) == (False, f"V{case.id} 已经撤销过了。")


def test_undoing_an_import_says_what_came_back() -> None:
    assert back_line("roster", {"added": 0, "departed": 13, "errors": 2}) == "13 人的离职已改回在职"


async def test_an_import_never_applied_needs_no_undoing(app: App, qq: co.FakeQQ) -> None:
    roster = "工号,姓名,部门\nN1,新人甲,市场部".encode()
    made = await imports.preview_file(app, roster, "a.csv", by="10000", source="chat")
    assert isinstance(made, imports.Preview)
    said = await undoing.undo_import(app, made.id, by="10000")
    assert said.text == f"I{made.id} 只预览过，没有生效，不用撤销。"
    assert (await imports.apply_import(app, made.id, by="10000")).ok
    for answer in (f"导入 I{made.id} 已撤销：新增的 1 人已去掉。", f"I{made.id} 已经撤销过了，不用再撤销。"):
        assert (await undoing.undo_import(app, made.id, by="10000")).text == answer


@pytest.mark.parametrize("word", ["10月", "第三季度", "上个月"])
async def test_a_period_that_is_not_understood_is_answered_with_how_to_write_one(
    app: App, qq: co.FakeQQ, word: str
) -> None:
    async with app.database.reading() as tx:
        said = await read_filters(app, tx, {}, [word], ("条款", "时段", "状态", "群", "部门"))
    assert not isinstance(said, str) or said == f"看不懂“{word}”：月份请写 2026-03，或 上月、本周"


async def test_what_was_asked_of_qq_is_said_in_words(app: App, qq: co.FakeQQ) -> None:
    async with app.database.transaction() as tx:
        await outbox_rows.count_effect(tx, "NapCat", "send_group_msg", "ok", 9)
        await outbox_rows.count_effect(tx, "NapCat", "set_group_card", "ok", 2)
        await outbox_rows.count_effect(tx, "NapCat", "set_group_card", "ineffective", 1)
    lines = ((await status.report(app)).text).splitlines()
    assert "发群消息 9 次，都正常" in lines
    assert "改群名片 3 次：正常 2，没有生效 1" in lines


def test_a_spot_check_names_what_it_found() -> None:
    found = Result(3, co.GROUP, "技术部群", Outcome.FINDINGS, Findings({"C1": 1, "M1": 2}), 3)
    assert line_of(found) == "C3 技术部群 3 项：群名片 1、身份未核实 2，与上次相同"


async def test_nobody_who_has_left_is_let_in_early(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    async with app.database.transaction() as tx:
        made = await early_admission.ask(app, tx, "A003", co.GROUP, reason="", asked_by=None)
        await employees.change(tx, "A003", departed_on=app.now().date())
        await registry.bump(tx)
    await registry.refresh(app)
    said = await consents.settle(app, made, approve=True, by=co.HEAD)
    assert not said.ok
    assert "已离职，不能提前入群" in said.text


@pytest.mark.parametrize(
    ("people", "said"), [((1, 2, 3), "3 人"), ((1, 1, 2), "2 人（共 3 人次）"), ((1,), "1 人")]
)
def test_a_batch_counts_people_and_says_where_somebody_is_in_several_groups(
    people: tuple[int, ...], said: str
) -> None:
    removals = [Remove(co.GROUP + n, user_id, n, Code.L1) for n, user_id in enumerate(people)]
    assert batches.how_many(removals) == said


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("member", "群「市场部群」：机器人还不是管理员，改不了名片也移不了人。请把机器人设为管理员。"),
        ("admin", "群「市场部群」：有群名片没能改成（没有生效），请让本人手动修改。"),
        (None, "群「市场部群」：有群名片没能改成（没有生效），请让本人手动修改。"),
    ],
)
async def test_the_bot_is_called_no_admin_only_where_the_last_reading_shows_it(
    app: App, qq: co.FakeQQ, role: str | None, said: str
) -> None:
    async with app.database.transaction() as tx:
        await last_seen.put(tx, co.GROUP, name="市场部群", bot_role=role)
        await escalation.card_failed(app, tx, co.GROUP, "没有生效")
    assert [text for _, _, text in await co.sent(app)] == [said]


async def test_an_old_roster_is_why_a_group_is_not_judged(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await co.filed(app)
    clock.move(days=60)
    said = (await group_check.check(app, co.GROUP)).text
    assert said == "群「市场部群」这次不能下结论：名册太旧，等新的名册。请稍后再试。"


async def test_a_story_tells_what_was_seen_again_and_who_was_reminded_in_words(
    app: App, qq: co.FakeQQ
) -> None:
    case = await overdue_case(app)
    seen = {"card": "财务部-郑平", "right": "采购部-郑平"}
    async with app.database.transaction() as tx:
        again = {"reason": "wrong_department", "seen": seen}
        await timelines.add_event(tx, case.id, app.now(), "seen", again)
        await timelines.add_event(tx, case.id, app.now(), "reminded", {"to": f"群 {co.GROUP}", "result": ""})
    lines = (await violations.story(app, case.id)).text.splitlines()
    assert lines[-2:] == [
        "3月2日 10:00 再次看到：群名片「财务部-郑平」的部门不对，应为「采购部-郑平」",
        "3月2日 10:00 已提醒 群里的人（送达）",
    ]
