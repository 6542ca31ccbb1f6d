"""What people ask and hear: of themselves, of one another, and of what was settled already."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from db.queries.groups import filings
from db.tables.identities import identities
from regulation.claims.identity import Identity
from regulation.model import Member
from services.app import App
from services.filing import hand_in
from services.filing.hand_in import Wish
from services.inbox import listing
from services.people import registry
from services.reports import scheduled
from tests import company as co
from tests.plugins.commands.test_dispatch import say
from tests.services.inbox.asking import ask_to_join
from tests.services.stories import add_penalty, overdue_case

WISH = Wish("市场部日常沟通", "市场部")


async def asked(app: App, user_id: int, text: str, group_id: int | None = None) -> str:
    return await say(app, user_id, text, group_id) or ""


async def test_an_owner_sees_what_the_groups_are_answerable_for_an_admin_the_departed(
    app: App, qq: co.FakeQQ
) -> None:
    gone = await overdue_case(app, code="L1", user_id=co.GONE, employee_no="A007", reason="departed", data={})
    outside = await overdue_case(app, code="M2", user_id=co.PLAIN, reason="out_of_scope", data={})
    card = await overdue_case(app, user_id=co.TRAINEE, employee_no="A006")
    owner, admin = await asked(app, co.OWNER, "我的"), await asked(app, co.ADMIN, "我的")
    assert "您作为群主、管理员要负责的 2 件" in owner
    assert f"V{gone.id} 离职未退群 周芳 · 市场部群（{co.GROUP}）：请移出" in owner
    assert (f"V{outside.id}" in owner, f"V{outside.id}" in admin) == (True, False)
    assert f"V{gone.id}" in admin
    assert f"V{card.id}" not in owner + admin
    assert "周芳" not in await asked(app, co.PLAIN, "我的")


async def test_a_fine_is_appealed_by_its_own_number_by_whom_it_is_for(app: App, qq: co.FakeQQ) -> None:
    case = await overdue_case(app, code="L1", user_id=co.GONE, employee_no="A007")
    fine = await add_penalty(app, case)
    assert "没有这一项" in await asked(app, co.PLAIN, f"申诉 P{fine} 不是我")
    assert f"已收到您对 V{case.id} 的申诉" in await asked(app, co.OWNER, f"申诉 P{fine} 当时已不是群主")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("违规 郑平", "郑平：1 件"),
        ("违规 A009", "郑平：1 件"),
        (f"违规 {co.PLAIN}", "郑平：1 件"),
        ("违规 人=郑平 条款=C1", "条款 C1 群名片 · 郑平：1 件"),
        ("违规 郑", "没有叫“郑”的员工，相近的：A009 郑平 采购部"),
        (f"违规 {co.STRANGER}", f"QQ {co.STRANGER}（没有绑定员工）：1 件"),
        ("罚单 王强", "罚单 王强：1 张"),
        ("罚单 郑平", "罚单 郑平：没有"),
        ("罚单 王", "A002 王强"),
        ("员工 总", "相近的：A008 吴总 采购部；A001 张总 市场部"),
        ("员工 无此人", "名册里没有“无此人”"),
        (f"员工 {co.STRANGER}", f"QQ {co.STRANGER} 没有绑定任何员工"),
    ],
)
async def test_a_person_goes_by_name_number_or_qq(app: App, qq: co.FakeQQ, text: str, answer: str) -> None:
    await add_penalty(app, await overdue_case(app))
    await overdue_case(app, code="M1", user_id=co.STRANGER, employee_no=None, reason="no_identity")
    assert answer in await asked(app, co.STAFF, text)


async def test_several_cases_are_waived_with_one_reason(app: App, qq: co.FakeQQ) -> None:
    cases = [await overdue_case(app, user_id=one, employee_no=None) for one in (30001, 30002, 30003)]
    said = await asked(app, co.STAFF, f"免除 V{cases[0].id} V{cases[2].id} V999 已当面说明")
    assert f"V{cases[0].id} 已免除" in said
    assert f"V{cases[2].id} 已免除" in said
    assert "没有这一项" in said
    assert f"V{cases[1].id} 已撤销" in await asked(app, co.STAFF, f"撤销 V{cases[1].id}-V{cases[1].id} 记错")


async def test_a_second_change_of_filing_keeps_what_the_first_changed(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    await hand_in.change(app, co.GROUP, by=co.OWNER, purpose="市场部全体通知")
    await hand_in.change(app, co.GROUP, by=co.OWNER, scope="市场部,采购部")
    again = await hand_in.change(app, co.GROUP, by=co.OWNER)
    assert "没有新的变动" in again.text
    async with app.database.reading() as tx:
        row = await filings.waiting_row(tx, co.GROUP)
    assert row is not None
    assert (row.purpose, row.scope.departments) == ("市场部全体通知", ("市场部", "采购部"))


@pytest.fixture
async def two_qqs(app: App, qq: co.FakeQQ) -> int:
    """郑平 has a second QQ, in the same group as the first."""
    second = 29009
    qq.lists[co.GROUP].append(Member(second))
    async with app.database.transaction() as tx:
        bound = {"user_id": second, "employee_no": "A009", "method": "admin", "verified_at": co.AS_OF}
        await tx.execute(insert(identities).values(**bound))
        await co.seen(app, tx, co.GROUP)
        await registry.bump(tx)
    await registry.refresh(app)
    assert app.registry.identities[second] == Identity(second, "A009", "admin", co.AS_OF)
    return second


async def test_somebody_with_two_qqs_is_in_a_group_once(app: App, two_qqs: int) -> None:
    assert "所在的群 2 个" in await asked(app, co.PLAIN, "我的")
    card = await asked(app, co.STAFF, "员工 郑平")
    assert "在 2 个群：市场部群、采购部群" in card
    said = await asked(app, co.STAFF, "离职 A009")
    assert said.count("市场部群") == 1


async def test_staff_see_the_whole_qq_that_a_command_needs(app: App, two_qqs: int) -> None:
    card = await asked(app, co.STAFF, "员工 郑平")
    assert str(two_qqs) in card
    assert "已解绑" in await asked(app, co.STAFF, f"解绑 {two_qqs}")


async def test_the_inbox_lists_what_the_asker_may_settle_and_every_count_agrees(
    app: App, qq: co.FakeQQ
) -> None:
    await ask_to_join(app, row=6)
    await ask_to_join(app, co.STRANGER + 1)
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    assert [line[:2] for line in (await asked(app, co.OWNER, "待办")).splitlines()[1:-1]] == ["J2"]
    assert "J1 须由行政部办理。" in await asked(app, co.OWNER, "待办 J1")
    staff = await asked(app, co.STAFF, "待办")
    assert staff.startswith("待您办理 2 项")
    assert "您的待办：2 项" in await asked(app, co.STAFF, "状态")
    daily = (await scheduled.daily(app, app.now())).text
    assert "行政部待办 2 项" in daily
    assert "另有 1 项等部门主管办理" in daily


async def test_a_reminder_counts_what_the_list_shows(app: App, qq: co.FakeQQ) -> None:
    await ask_to_join(app, asked_at=app.now() - timedelta(days=3))
    await ask_to_join(app, co.STRANGER + 1)
    await listing.remind_waiting(app)
    [(_, _, text)] = [one for one in await co.sent(app) if one[1] == co.OWNER]
    assert "您有 2 项待办" in text
    assert (await asked(app, co.OWNER, "待办")).startswith("待您办理 2 项")


async def test_who_settled_a_step_and_asks_again_hears_when_and_how(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await asked(app, co.HEAD, "同意 B1")
    for text in ("同意 B1", "待办 B1"):
        assert await asked(app, co.HEAD, text) == "B1 您已于 10:00 同意，不用再办了。现在等行政部批准。"
    assert (
        await asked(app, co.BUYER_HEAD, "待办 B1")
        == "没有这一项，或不归您办理。发送“帮助”可以看到您能用的命令。"
    )
    await ask_to_join(app)
    await asked(app, co.OWNER, "驳回 J1 认不出")
    assert "J1 您已于 10:00 驳回" in await asked(app, co.OWNER, "待办 J1")
    qq.lists[co.GROUP] = [
        replace(one, role=co.Role.MEMBER) for one in qq.lists[co.GROUP] if one.user_id != co.ADMIN
    ]
    assert "J1 您已于 10:00 驳回" in await asked(app, co.OWNER, "驳回 J1")


async def test_a_head_who_was_asked_hears_what_became_of_it(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await hand_in.file(app, co.GROUP, replace(WISH, purpose="另一个说法的用途"), by=co.OWNER)
    assert await asked(app, co.HEAD, "同意 B1") == (
        "B1 已由 王强 于 10:00 撤回，不用再办了。这个群现在等您办的是 B2。"
    )
    assert "没有这一项" in await asked(app, co.BUYER_HEAD, "同意 B1")


async def test_the_same_filing_again_is_no_second_one(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    again = await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    assert again.text == "B1 已经提交过，内容一样，正等部门主管（张总）审核，不用再提交。"
    assert (await asked(app, co.HEAD, "同意 B1")).startswith("B1 已同意")
    again = await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    assert again.text == "B1 已经提交过，内容一样，正等行政部批准，不用再提交。"


async def test_what_is_in_review_needs_no_doing_and_what_is_contested_no_second_word(
    app: App, qq: co.FakeQQ
) -> None:
    filing = await overdue_case(app, code="F1", user_id=None, employee_no=None, reason="in_review", data={})
    assert f"V{filing.id} 未备案 · 市场部群（{co.GROUP}）：备案已提交，等审核，不用再办" in await asked(
        app, co.OWNER, "我的"
    )
    case = await overdue_case(app)
    assert f"申诉 V{case.id} 理由" in await asked(app, co.PLAIN, "我的")
    await asked(app, co.PLAIN, f"申诉 V{case.id} 当天出差")
    assert "7 天内发送" not in await asked(app, co.PLAIN, "我的")


async def test_a_dissolved_discussion_group_is_said_to_be(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, kind="讨论组", issue="怎么定价")
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER, route="upgrade")
    done = "已关闭讨论组备案（备案2025-0001）。群要由群主自己解散。"
    assert await asked(app, co.OWNER, f"解散 群={co.GROUP}") == done
    for name in ("解散", "延期 2026-05-01 还差评审"):
        word = name.split()[0]
        said = await asked(app, co.OWNER, f"{name} 群={co.GROUP}")
        assert said == f"本群的讨论组备案（备案2025-0001）已经关闭了，不用再{word}。"
    assert "备案：已关闭（备案2025-0001）" in await asked(app, co.OWNER, f"备案状态 群={co.GROUP}")
