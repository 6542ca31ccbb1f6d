"""The inbox: mine, oldest first; settled once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from config.phrases import commands as command_phrases
from db.queries.cases import batches
from db.queries.joining import requests
from db.queries.people import identities as identity_rows
from db.tables.cases import cases, penalties
from regulation.actions import Remove
from regulation.duties import Code
from regulation.policy import Mode
from services.app import App
from services.cases.settling import waivers
from services.groups import modes
from services.inbox import listing, settle
from services.joining import early_admission, rounds
from services.joining.heard import Heard
from services.people import registry
from services.ports import UnreachableError
from tests import company as co
from tests.services.inbox.asking import ask_to_join
from tests.services.stories import overdue_case


async def names(app: App, user_id: int) -> list[str]:
    async with app.database.reading() as tx:
        return [item.name for item in await listing.mine(app, tx, user_id)]


async def test_a_join_request_awaits_owner_admins_and_admin_staff(app: App, qq: co.FakeQQ) -> None:
    await ask_to_join(app)
    for user_id in (co.OWNER, co.ADMIN, co.STAFF, co.ROOT):
        assert await names(app, user_id) == ["J1"]
    for user_id in (co.HEAD, co.PLAIN, co.CLERK, co.STRANGER):
        assert await names(app, user_id) == []


async def test_a_possible_impersonation_is_listed_for_staff_who_alone_settle_it(
    app: App, qq: co.FakeQQ
) -> None:
    await ask_to_join(app, row=6)
    assert (await names(app, co.OWNER), await names(app, co.STAFF)) == ([], ["J1"])
    [answer] = await settle.settle(app, [("J", 1)], approve=True, by=co.OWNER)
    assert not answer.ok
    assert "行政部" in answer.text


async def test_lists_the_longest_waiting_first_in_pages(app: App, qq: co.FakeQQ, clock: Any) -> None:
    for user_id in range(30001, 30014):
        await ask_to_join(app, user_id)
        clock.move(minutes=1)
    async with app.database.reading() as tx:
        items = await listing.mine(app, tx, co.OWNER)
    first, second = (listing.page_of(app, items, page).splitlines() for page in (1, 2))
    assert [line.split()[0] for line in first[1:-1]] == [f"J{n}" for n in range(1, 11)]
    assert [line.split()[0] for line in second[1:-1]] == ["J11", "J12", "J13"]


async def test_a_line_shows_what_a_human_needs_and_hints_at_names_in_the_comment(
    app: App, qq: co.FakeQQ
) -> None:
    await ask_to_join(app)
    async with app.database.reading() as tx:
        [item] = await listing.mine(app, tx, co.OWNER)
    line = listing.line_of(app, item)
    assert all(word in line for word in ("J1", "市场部群", str(co.STRANGER), "市场部 张总", "成员范围"))


async def test_settles_once_and_tells_the_second_who_and_when(app: App, qq: co.FakeQQ) -> None:
    await ask_to_join(app)
    [first] = await settle.settle(app, [("J", 1)], approve=True, by=co.OWNER)
    [second] = await settle.settle(app, [("J", 1)], approve=False, by=co.STAFF)
    assert first.ok
    assert not second.ok
    assert "王强" in second.text
    assert "10:00" in second.text


@pytest.mark.dialects
async def test_a_stranger_to_an_item_hears_the_same_whether_it_exists_or_is_settled(
    app: App, qq: co.FakeQQ
) -> None:
    await ask_to_join(app)
    before = await settle.settle(app, [("J", 1), ("J", 2), ("R", 5)], approve=True, by=co.PLAIN)
    await settle.settle(app, [("J", 1)], approve=True, by=co.OWNER)
    after = await settle.settle(app, [("J", 1)], approve=True, by=co.PLAIN)
    assert [answer.text for answer in (*before, *after)] == [command_phrases.NEUTRAL] * 2


async def test_whoever_gave_the_office_up_a_moment_ago_can_no_longer_settle(
    app: App, qq: co.FakeQQ, clock: Any
) -> None:
    await ask_to_join(app)
    qq.lists[co.GROUP] = co.members(owner=co.ADMIN, admins=(), plain=(co.OWNER,))
    clock.move(seconds=30)
    [answer] = await settle.settle(app, [("J", 1)], approve=True, by=co.OWNER)
    assert answer.text == command_phrases.NEUTRAL
    [answer] = await settle.settle(app, [("J", 1)], approve=True, by=co.ADMIN)
    assert answer.ok


async def test_nothing_is_settled_by_office_while_qq_does_not_say_who_holds_it(
    app: App, qq: co.FakeQQ
) -> None:
    await ask_to_join(app)
    qq.down = True
    with pytest.raises(UnreachableError):
        await settle.settle(app, [("J", 1)], approve=True, by=co.OWNER)
    assert await names(app, co.OWNER) == ["J1"]
    answers = await settle.settle(app, [("J", 1), ("J", 999)], approve=True, by=co.PLAIN)
    assert [answer.text for answer in answers] == [command_phrases.NEUTRAL]


async def test_a_request_of_somebody_gone_is_refused_as_binding_is(app: App, qq: co.FakeQQ) -> None:
    await ask_to_join(app, row=6, employee_no="A007")
    [answer] = await settle.settle(app, [("J", 1)], approve=True, by=co.STAFF)
    assert not answer.ok
    assert "已离职" in answer.text
    assert await names(app, co.STAFF) == ["J1"]
    async with app.database.reading() as tx:
        assert await identity_rows.get(tx, co.STRANGER) is None
    [answer] = await settle.settle(app, [("J", 1)], approve=False, by=co.STAFF)
    assert answer.ok


@pytest.mark.parametrize("row", [0, 1, 2, 3, 4])
async def test_a_proof_nobody_looked_at_is_not_called_wrong(app: App, qq: co.FakeQQ, row: int) -> None:
    await ask_to_join(app, row=row)
    async with app.database.reading() as tx:
        [item] = await listing.mine(app, tx, co.STAFF)
    assert "对不上" not in item.what
    assert "核对" in item.what


async def test_a_right_proof_in_an_unfiled_group_is_said_to_be_unread(app: App, qq: co.FakeQQ) -> None:
    heard = Heard(co.BOT, co.GROUP, co.STRANGER, "市场部 王强 A002 0012", "f1")
    verdict = await rounds.hear(app, heard)
    assert verdict is not None
    assert verdict.row == 2
    async with app.database.reading() as tx:
        [item] = await listing.mine(app, tx, co.STAFF)
    assert "群未备案，还没有核对身份" in item.what


async def test_early_admission_awaits_the_head_of_the_owners_department(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    text = (await early_admission.propose(app, "A006", co.GROUP, "新项目", by=co.OWNER)).text
    assert "E1" in text
    assert await names(app, co.HEAD) == ["E1"]
    assert await names(app, co.STAFF) == []
    [(group_id, to, said)] = await co.sent(app)
    assert (group_id, to) == (co.GROUP, co.HEAD)
    assert "孙丽" in said


async def test_early_admission_takes_a_name_that_only_one_person_has(app: App, qq: co.FakeQQ) -> None:
    await co.filed(app)
    assert "E1" in (await early_admission.propose(app, "孙丽", co.GROUP, "新项目", by=co.OWNER)).text
    assert "请写工号" in (await early_admission.propose(app, "孙", co.GROUP, "新项目", by=co.OWNER)).text


@pytest.mark.dialects
async def test_several_penalties_are_settled_by_a_range(app: App, qq: co.FakeQQ) -> None:
    async with app.database.transaction() as tx:
        await tx.execute(insert(cases).values(_case(app)))
        for number in (1, 2, 3):
            await tx.execute(insert(penalties).values(_penalty(app, number)))
    assert await names(app, co.STAFF) == ["P1", "P2", "P3"]
    assert await names(app, co.OWNER) == []
    answers = await settle.settle(app, [("P", 1), ("P", 2)], approve=True, by=co.STAFF)
    assert any(answer.ok for answer in answers)
    assert await names(app, co.STAFF) == ["P3"]


def _case(app: App) -> dict[str, Any]:
    return {
        "code": "C1",
        "group_id": co.GROUP,
        "subject": "1",
        "status": "overdue",
        "reason": "x",
        "data": {},
        "opened_at": app.now(),
        "seen_at": app.now(),
    }


def _penalty(app: App, number: int) -> dict[str, Any]:
    return {
        "case_id": 1,
        "breach": f"b{number}",
        "code": "C1",
        "group_id": co.GROUP,
        "liable": f"A00{number}",
        "liable_user_id": co.OWNER,
        "liable_employee_no": "A002",
        "amount": "10.00",
        "state": "proposed",
        "proposed_at": app.now(),
    }


async def test_one_item_is_shown_with_what_the_verdict_rests_on(app: App, qq: co.FakeQQ) -> None:
    await ask_to_join(app, inputs={"registry": 7, "name": "张总", "digits": "****"}, clause="四.1.3")
    async with app.database.reading() as tx:
        [item] = await listing.mine(app, tx, co.OWNER)
        grounds = await listing.grounds_of(tx, item)
    assert all(word in grounds for word in ("四.1.3", "不在本群备案的成员范围内", "名册第 7 版", "张总"))


@pytest.mark.dialects
@pytest.mark.parametrize(
    ("approve", "column", "said"), [(False, "settled_as", "reject"), (True, "verdict", "approve")]
)
async def test_what_the_head_says_of_an_early_admission_answers_the_waiting_request(
    app: App, qq: co.FakeQQ, approve: bool, column: str, said: str
) -> None:
    await co.filed(app)
    request_id = await ask_to_join(app, co.TRAINEE, row=9, employee_no="A006")
    await early_admission.propose(app, "A006", co.GROUP, "新项目", by=co.OWNER)
    await settle.settle(app, [("E", 1)], approve=approve, by=co.HEAD)
    async with app.database.reading() as tx:
        row = await requests.get(tx, request_id)
    assert row is not None
    assert (row.state, getattr(row, column)) == ("answering", said)


async def test_the_reason_why_a_batch_was_dropped_stands_in_the_trail(app: App, qq: co.FakeQQ) -> None:
    case = await overdue_case(app, code="L1")
    async with app.database.transaction() as tx:
        out = Remove(co.GROUP, co.PLAIN, case.id, Code.L1)
        times = {"made_at": app.now(), "expires_at": app.now() + timedelta(hours=1)}
        batch_id = await batches.add(tx, **times, why="many", removals=[out])
    [answer] = await settle.settle(app, [("R", batch_id)], approve=False, by=co.STAFF, reason="名册有误")
    assert answer.ok
    assert (await co.trail_of(app, f"R{batch_id}"))[0]["detail"]["reason"] == "名册有误"


@pytest.mark.parametrize(
    ("who", "row", "said"),
    [(co.STRANGER, 5, "身份还没有核实"), (co.BUYER_HEAD, 8, "成员范围"), (co.HEAD, 10, "")],
)
async def test_whoever_lets_somebody_in_hears_why_they_would_have_to_leave_again(
    app: App, qq: co.FakeQQ, who: int, row: int, said: str
) -> None:
    await co.filed(app)
    await registry.load(app)
    request_id = await ask_to_join(app, who, row=row)
    [answer] = await settle.settle(app, [("J", request_id)], approve=True, by=co.STAFF)
    assert answer.ok
    assert said in answer.text.removeprefix("好的，J1 已同意，正在答复 QQ。")
    assert bool(said) == (answer.text != "好的，J1 已同意，正在答复 QQ。")


@pytest.mark.parametrize("how", ["waived", "observed"])
async def test_nor_is_anybody_said_to_have_to_leave_who_will_not(app: App, qq: co.FakeQQ, how: str) -> None:
    await co.filed(app)
    await registry.load(app)
    if how == "waived":
        await waivers.waive(app, co.STRANGER, Code.M1, 5, "供应商", by=co.STAFF)
    else:
        await modes.set_group_mode(app, co.GROUP, Mode.OBSERVE, by="10000")
    await ask_to_join(app, row=5)
    [answer] = await settle.settle(app, [("J", 1)], approve=True, by=co.STAFF)
    assert answer.text == "好的，J1 已同意，正在答复 QQ。"
