"""Filing a group, from the owner's word to the number: every step, once, by whoever is entitled."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from config.phrases import commands as command_phrases
from db.queries.groups import filings
from db.queries.groups import last_seen as group_rows
from regulation.model import FilingState, Kind
from services.app import App
from services.filing import closing, hand_in, review, standing
from services.filing.hand_in import Wish
from services.inbox import settle
from services.people import staff
from tests import company as co

WISH = Wish("市场部日常沟通", "市场部")
TALK = Wish("讨论新版方案", "市场部,采购部", Kind.DISCUSSION, "新版怎么定价", date(2026, 4, 1))


async def state(app: App, group_id: int = co.GROUP) -> FilingState:
    async with app.database.reading() as tx:
        return (await filings.filing_facts(tx, [group_id])).get(group_id, filings.Standing()).state


async def approve(app: App, filing_id: int, *reviewers: int) -> None:
    for by in reviewers:
        assert (await review.settle(app, filing_id, approve=True, by=by)).ok


async def test_goes_to_the_head_then_to_admin_staff_and_gets_its_number(app: App, qq: co.FakeQQ) -> None:
    handed_in = await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    assert handed_in.ok
    assert "张总" in handed_in.text
    assert await state(app) is FilingState.WITH_HEAD
    await approve(app, 1, co.HEAD)
    assert await state(app) is FilingState.WITH_ADMIN
    settled = await review.settle(app, 1, approve=True, by=co.STAFF)
    assert "备案2026-0001" in settled.text
    async with app.database.reading() as tx:
        filed = await filings.approved(tx, co.GROUP)
        group = await group_rows.get(tx, co.GROUP)
    assert filed is not None
    assert (filed.name, filed.owner_id, filed.admin_ids) == ("市场部群", co.OWNER, frozenset({co.ADMIN}))
    assert group is not None
    assert (group.mode, group.look_at) == ("执行", app.now())
    said = await co.sent(app)
    assert any(to is None and "备案2026-0001" in text for _, to, text in said)
    assert any(to == co.OWNER and "备案2026-0001" in text for _, to, text in said)


async def test_the_head_is_asked_what_the_regulation_asks_with_groups_that_serve_already(
    app: App, qq: co.FakeQQ
) -> None:
    await co.filed(app, co.OTHER, name="市场部老群")
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    [(_, _, text)] = [one for one in await co.sent(app) if one[1] == co.HEAD]
    assert "有必要吗" in text
    assert "市场部老群" in text


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (replace(WISH, purpose="聊天"), "用途"),
        (replace(WISH, scope="市厂部"), "是不是“市场部"),
        (replace(WISH, scope="市场部,工号:Z9"), "工号:Z9"),
        (replace(TALK, issue=""), "议题"),
        (replace(TALK, ends_on=None), "截止"),
        (replace(TALK, ends_on=date(2026, 7, 1)), "90 天以内。例：截止=2026-04-01"),
        (replace(WISH, established_on=date(2027, 1, 1)), "成立"),
    ],
)
async def test_says_what_is_missing_before_anything_is_handed_in(
    app: App, qq: co.FakeQQ, wish: Wish, says: str
) -> None:
    refused = await hand_in.file(app, co.GROUP, wish, by=co.OWNER)
    assert not refused.ok
    assert says in refused.text
    assert await state(app) is FilingState.NONE


async def test_the_owner_needs_an_identity_first(app: App, qq: co.FakeQQ) -> None:
    qq.lists[co.GROUP] = co.members(owner=co.STRANGER)
    refused = await hand_in.file(app, co.GROUP, WISH, by=co.ADMIN)
    assert "绑定" in refused.text


async def test_a_head_who_owns_the_group_does_not_review_himself(app: App, qq: co.FakeQQ) -> None:
    qq.lists[co.GROUP] = co.members(owner=co.HEAD)
    await hand_in.file(app, co.GROUP, WISH, by=co.HEAD)
    assert await state(app) is FilingState.WITH_ADMIN


async def test_nobody_else_takes_a_heads_step_but_a_superuser(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    for by in (co.STAFF, co.BUYER_HEAD, co.OWNER, co.STRANGER):
        answers = await settle.settle(app, [("B", 1)], approve=True, by=by)
        assert [answer.text for answer in answers] == [command_phrases.NEUTRAL]
        assert not (await review.settle(app, 1, approve=True, by=by)).ok
    await approve(app, 1, co.ROOT)
    assert await state(app) is FilingState.WITH_ADMIN


async def test_a_returned_filing_can_be_handed_in_again(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await review.settle(app, 1, approve=False, by=co.HEAD, reason="已有市场部老群")
    assert await state(app) is FilingState.RETURNED
    assert any("已有市场部老群" in text for _, to, text in await co.sent(app) if to == co.OWNER)
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    assert await state(app) is FilingState.WITH_HEAD


async def test_handing_in_again_withdraws_what_was_on_its_way(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    again = await hand_in.file(app, co.GROUP, replace(WISH, scope="全员"), by=co.ADMIN)
    assert "B1 已撤回" in again.text
    assert not (await review.settle(app, 1, approve=True, by=co.HEAD)).ok


async def test_what_waits_for_a_head_who_left_goes_to_admin_staff_when_handed_in_again(
    app: App, qq: co.FakeQQ
) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await staff.depart(app, "A001", by=str(co.ROOT))
    assert (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)).ok
    assert await state(app) is FilingState.WITH_ADMIN


async def test_what_waits_for_a_head_who_left_is_admin_staffs_to_approve(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await staff.depart(app, "A001", by=str(co.ROOT))
    [answer] = await settle.settle(app, [("B", 1)], approve=True, by=co.BUYER_HEAD)
    assert answer.text == command_phrases.NEUTRAL
    [answer] = await settle.settle(app, [("B", 1)], approve=True, by=co.STAFF)
    assert answer.ok
    assert await state(app) is FilingState.APPROVED


async def test_the_same_prolongation_again_is_no_second_one(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, TALK, by=co.OWNER)
    await approve(app, 1, co.HEAD, co.STAFF)
    asked = (co.GROUP, date(2026, 4, 20))
    assert (await hand_in.prolong(app, *asked, "还没谈完", by=co.OWNER)).ok
    assert "B2 已经提交过" in (await hand_in.prolong(app, *asked, "还没谈完", by=co.OWNER)).text
    assert "B2 已撤回" in (await hand_in.prolong(app, *asked, "等总部答复", by=co.OWNER)).text


async def test_of_two_reviewers_at_the_same_moment_exactly_one_wins(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await approve(app, 1, co.HEAD)
    both = await asyncio.gather(
        *(settle.settle(app, [("B", 1)], approve=True, by=by) for by in (co.STAFF, co.ROOT))
    )
    answers = [answer for [answer] in both]
    assert sorted(answer.ok for answer in answers) == [False, True]
    loser = next(answer.text for answer in answers if not answer.ok)
    assert "10:00" in loser


async def test_numbers_go_on_after_those_of_a_register(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, co.OTHER, number="备案2026-0041")
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await approve(app, 1 + 1, co.HEAD, co.STAFF)
    async with app.database.reading() as tx:
        filed = await filings.approved(tx, co.GROUP)
    assert filed is not None
    assert filed.number == "备案2026-0042"


async def test_the_admin_group_needs_no_filing(app: App, qq: co.FakeQQ) -> None:
    app.settings = app.settings.model_copy(update={"admin_group": co.GROUP})
    assert "不需要" in (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)).text


async def test_a_change_goes_to_admin_staff_alone_and_keeps_the_number(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    qq.names[co.GROUP] = "市场一部群"
    qq.lists[co.GROUP] = co.members(admins=(co.ADMIN, co.PLAIN), plain=())
    assert (await hand_in.change(app, co.GROUP, by=co.OWNER)).ok
    async with app.database.reading() as tx:
        waiting = await filings.waiting_row(tx, co.GROUP)
    assert waiting is not None
    assert waiting.state == "with_admin"
    assert await state(app) is FilingState.APPROVED
    await approve(app, waiting.id, co.STAFF)
    async with app.database.reading() as tx:
        filed = await filings.approved(tx, co.GROUP)
    assert filed is not None
    assert (filed.name, filed.number) == ("市场一部群", "备案2025-0001")
    assert filed.admin_ids == {co.ADMIN, co.PLAIN}


@pytest.mark.parametrize(("named", "there"), [([co.ADMIN], (co.ADMIN,)), (None, ())])
async def test_a_change_of_nothing_is_not_handed_in(
    app: App, qq: co.FakeQQ, named: list[int] | None, there: tuple[int, ...]
) -> None:
    await co.filed(app, admin_ids=named)
    qq.lists[co.GROUP] = co.members(admins=there)
    assert not (await hand_in.change(app, co.GROUP, by=co.OWNER)).ok


@pytest.mark.dialects
async def test_a_discussion_group_is_prolonged_once_by_its_head(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, kind="讨论组", issue="定价", ends_on=date(2026, 3, 10))
    asked = await hand_in.prolong(app, co.GROUP, date(2026, 4, 1), "还差评审", by=co.OWNER)
    assert asked.ok
    await approve(app, 2, co.HEAD)
    async with app.database.reading() as tx:
        filed = await filings.approved(tx, co.GROUP)
    assert filed is not None
    assert filed.ends_on == date(2026, 4, 1)
    assert "张总 部门主管同意" in (await standing.status_of(app, co.GROUP)).text
    said = await co.sent(app)
    assert any("延期（到 2026-04-01）已批准" in text for _, to, text in said if to == co.OWNER)
    assert not (await hand_in.prolong(app, co.GROUP, date(2026, 5, 1), "再来", by=co.OWNER)).ok


@pytest.mark.parametrize("until", [date(2026, 3, 10), date(2026, 3, 1), date(2026, 8, 1)])
async def test_a_prolongation_must_be_later_and_within_ninety_days(
    app: App, qq: co.FakeQQ, until: date
) -> None:
    await co.filed(app, kind="讨论组", issue="定价", ends_on=date(2026, 3, 10))
    assert not (await hand_in.prolong(app, co.GROUP, until, "x", by=co.OWNER)).ok


async def test_an_upgrade_takes_the_whole_route_and_a_new_number(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app, kind="讨论组", issue="定价", ends_on=date(2026, 3, 10))
    assert (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER, route="upgrade")).ok
    await approve(app, 2, co.HEAD, co.STAFF)
    async with app.database.reading() as tx:
        filed = await filings.approved(tx, co.GROUP)
    assert filed is not None
    assert (filed.kind, filed.number, filed.ends_on) == (Kind.QQ_GROUP, "备案2026-0001", None)


async def test_upgrade_dissolve_and_prolong_are_for_discussion_groups_only(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    assert not (await hand_in.file(app, co.GROUP, WISH, by=co.OWNER, route="upgrade")).ok
    assert not (await closing.dissolve(app, co.GROUP, by=co.OWNER)).ok
    assert not (await hand_in.prolong(app, co.GROUP, date(2026, 4, 1), "x", by=co.OWNER)).ok


async def test_dissolving_closes_filing_and_cases(app: App, qq: co.FakeQQ) -> None:
    from db.queries.cases import timelines

    await co.filed(app, kind="讨论组", issue="定价", ends_on=date(2026, 2, 10))
    async with app.database.transaction() as tx:
        await timelines.add(tx, [case_row(app, "D2")])
    assert (await closing.dissolve(app, co.GROUP, by=co.OWNER)).ok
    assert await state(app) is FilingState.CLOSED
    async with app.database.reading() as tx:
        assert await timelines.open_of_group(tx, co.GROUP) == []


def case_row(app: App, code: str, **values: Any) -> dict[str, Any]:
    row = {"code": code, "group_id": co.GROUP, "subject": "group", "user_id": None, "employee_no": None}
    row |= {"department": "", "status": "open", "reason": "x", "data": {}, "opened_at": app.now()}
    return row | {"seen_at": app.now(), "due_at": None, "previous_id": None, "frozen": False} | values


async def test_the_state_shows_every_step_and_tells_the_group_one_line(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, WISH, by=co.OWNER)
    await approve(app, 1, co.HEAD, co.STAFF)
    answer = await standing.status_of(app, co.GROUP)
    assert all(word in answer.text for word in ("王强 提交", "张总 部门主管同意", "赵敏 行政部批准"))
    assert answer.public is not None
    assert "王强" not in answer.public
    assert "备案2026-0001" in answer.public


async def test_cq_codes_in_a_purpose_stay_what_they_are(app: App, qq: co.FakeQQ) -> None:
    await hand_in.file(app, co.GROUP, replace(WISH, purpose="[CQ:at,qq=all]"), by=co.OWNER)
    [(_, _, text)] = [one for one in await co.sent(app) if one[1] == co.HEAD]
    assert "[CQ:at,qq=all]" in text
