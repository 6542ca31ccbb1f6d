"""Penalties: proposed once, decided by people, told privately."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from db.queries.cases import penalties as rows
from db.queries.cases import timelines as case_rows
from db.tables.work import outbox
from regulation.model import Finding
from services.app import App
from services.cases.settling import dismissals, penalties
from services.groups.view import load_group, snapshot_of
from services.people import identities, registry
from tests.company import ADMIN, BOT, GONE, GROUP, OWNER, PLAIN, ROOT, FakeQQ, sent, settle_in
from tests.services.stories import add_penalty, in_office, overdue_case, told


async def _snapshot(app: App, qq: FakeQQ):
    reading = await qq.read_members(GROUP)
    async with app.database.reading() as tx:
        return snapshot_of(app, await load_group(app, tx, GROUP), reading)


async def _states(app: App) -> dict[int, str]:
    async with app.database.reading() as tx:
        found = await rows.listed(tx, app.now(), app.now() + timedelta(days=1), awaiting_too=True)
    return {one.id: one.state for one in found}


async def _departed(app: App, *heard: int):
    data = {"name": "周芳", "department": "行政部", "departed_on": "2026-02-01"}
    about = {"user_id": GONE, "employee_no": "A007", "subject": str(GONE), "reason": "departed", "data": data}
    case = await overdue_case(app, code="L1", **about)
    async with app.database.transaction() as tx:
        await in_office(tx, GROUP, case.opened_at, OWNER, ADMIN, BOT)
        await told(tx, case, *(heard or (OWNER, ADMIN, BOT)))
    return case


async def test_proposes_twenty_for_the_owner_and_each_admin_and_never_for_the_bot(app: App):
    qq = await settle_in(app)
    case = await _departed(app)
    seen = await _snapshot(app, qq)
    async with app.database.transaction() as tx:
        assert await penalties.propose_for(app, tx, [case], seen) == 2
        found = await rows.of_case(tx, case.id)
    assert {(one.liable_user_id, one.amount) for one in found} == {
        (OWNER, Decimal("20.00")),
        (ADMIN, Decimal("20.00")),
    }


async def test_proposes_one_breach_once_however_often_it_is_seen(app: App):
    qq = await settle_in(app)
    case = await _departed(app)
    seen = await _snapshot(app, qq)
    async with app.database.transaction() as tx:
        await penalties.propose_for(app, tx, [case], seen)
        assert await penalties.propose_for(app, tx, [case], seen) == 0


@pytest.mark.parametrize("employee_no", [None, "A005"])
async def test_whoever_was_fined_by_name_is_not_fined_again_once_the_qq_is_another_s(
    app: App, employee_no: str | None
):
    qq = await settle_in(app)
    case = await overdue_case(app)
    seen = await _snapshot(app, qq)
    async with app.database.transaction() as tx:
        await told(tx, case, PLAIN)
        assert await penalties.propose_for(app, tx, [case], seen) == 1
        if employee_no is None:
            await identities.unbind(app, tx, PLAIN, str(ROOT))
        else:
            await identities.bind(app, tx, PLAIN, employee_no, "admin", str(ROOT))
    await registry.load(app)
    case = replace(case, employee_no=employee_no)
    async with app.database.transaction() as tx:
        assert await penalties.propose_for(app, tx, [case], seen) == 0


async def test_whoever_was_fined_by_one_qq_is_not_fined_again_by_another(app: App):
    qq = await settle_in(app)
    case = await _departed(app, ADMIN)
    seen = await _snapshot(app, qq)
    await add_penalty(app, case, liable=str(OWNER), liable_employee_no=None)
    async with app.database.transaction() as tx:
        await identities.bind(app, tx, OWNER, "A003", "admin", str(ROOT))
    await registry.load(app)
    async with app.database.transaction() as tx:
        assert await penalties.propose_for(app, tx, [case], seen) == 0


async def test_tells_admin_staff_of_proposals_once_an_hour(app: App):
    qq = await settle_in(app)
    first, second = await _departed(app), await overdue_case(app)
    seen = await _snapshot(app, qq)
    async with app.database.transaction() as tx:
        await told(tx, second, PLAIN)
        for case in (first, second):
            await penalties.propose_for(app, tx, [case], seen)
    said = [text for _, user_id, text in await sent(app) if user_id == ROOT]
    assert len(said) == 1
    assert "P1" in said[0]


async def test_confirming_tells_the_liable_person_privately_with_clause_evidence_and_appeal(app: App):
    await settle_in(app)
    case = await _departed(app)
    number = await add_penalty(app, case)
    answer = await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    assert answer.ok
    assert "P1 已确认：王强 20.00 元" in answer.text
    ((group_id, user_id, text),) = await sent(app)
    assert (group_id, user_id) == (GROUP, OWNER)
    for part in ("20.00 元", "四.1.5A", "周芳", "申诉 V1", "已于 2026-02-01 离职"):
        assert part in text


@pytest.mark.dialects
async def test_the_group_hears_no_detail_when_the_private_note_fails(app: App):
    await settle_in(app)
    number = await add_penalty(app, await _departed(app))
    await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    async with app.database.reading() as tx:
        (payload,) = (await tx.execute(select(outbox.c.payload))).scalars()
    said = "".join(part.get("text", "") for part in payload["fallback"])
    assert "我的" in said
    assert "20" not in said
    assert "V1" not in said


async def test_settles_several_at_once_and_sums_them(app: App):
    await settle_in(app)
    numbers = [
        await add_penalty(app, await overdue_case(app, user_id=n, subject=str(n))) for n in (51, 52, 53)
    ]
    answer = await penalties.settle(app, numbers, approve=True, by=ROOT, reason="")
    assert "共确认 3 张，合计 60.00 元" in answer.text


async def test_confirms_only_once(app: App):
    await settle_in(app)
    number = await add_penalty(app, await _departed(app))
    await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    again = await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    assert not again.ok
    assert "已确认" in again.text
    assert len(await sent(app)) == 1


async def test_rejecting_waives_that_penalty_alone(app: App):
    await settle_in(app)
    case = await _departed(app)
    first = await add_penalty(app, case)
    await add_penalty(app, case, liable="A003", liable_user_id=ADMIN, liable_employee_no="A003")
    await penalties.settle(app, [first], approve=False, by=ROOT, reason="情节轻微")
    assert await _states(app) == {1: "waived", 2: "proposed"}


async def test_a_penalty_is_paid_only_after_it_was_confirmed(app: App):
    await settle_in(app)
    number = await add_penalty(app, await _departed(app))
    assert not (await penalties.pay(app, number, by=ROOT)).ok
    await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    assert (await penalties.pay(app, number, by=ROOT)).ok
    assert await _states(app) == {1: "settled"}


async def test_waiving_a_case_closes_it_and_waives_its_penalties(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    await add_penalty(app, case)
    answer = await dismissals.waive(app, case.id, by=ROOT, reason="已说明")
    assert answer.ok
    async with app.database.reading() as tx:
        after = await case_rows.get(tx, case.id)
    assert after is not None
    assert after.closed_as == "waived"
    assert await _states(app) == {1: "waived"}


async def test_says_until_when_a_case_is_quiet_and_takes_no_day_gone_by_for_one(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    coming = await dismissals.waive(app, case.id, by=ROOT, reason="12月31日 返聘中")
    assert coming.text == f"V{case.id} 已免除，到 2026-12-31 为止不再提。"
    gone = await dismissals.dismiss(app, case.id, by=ROOT, reason="2026-02-01 当天已说明")
    assert gone.text == f"V{case.id} 已撤销。"


@pytest.mark.dialects
async def test_dismissing_works_on_a_case_already_closed(app: App):
    await settle_in(app)
    case = await overdue_case(app, status="closed", closed_at=app.now(), closed_as="corrected")
    await add_penalty(app, case)
    assert (await dismissals.dismiss(app, case.id, by=ROOT, reason="记错")).ok
    async with app.database.reading() as tx:
        after = await case_rows.get(tx, case.id)
    assert after is not None
    assert after.closed_as == "dismissed"
    assert await _states(app) == {1: "waived"}


async def test_an_id_that_does_not_exist_gets_the_same_line_everywhere(app: App):
    await settle_in(app)
    lines = {
        (await dismissals.waive(app, 99, by=ROOT, reason="x")).text,
        (await dismissals.dismiss(app, 99, by=ROOT, reason="x")).text,
        (await penalties.pay(app, 99, by=ROOT)).text,
        (await penalties.settle(app, [99], approve=True, by=ROOT, reason="")).text,
    }
    assert len(lines) == 1


async def _opens(app: App, qq: FakeQQ, *findings: Finding) -> int:
    snapshot = await _snapshot(app, qq)
    async with app.database.transaction() as tx:
        return len(await dismissals.not_settled(app, tx, findings, findings, snapshot))


@pytest.mark.dialects
async def test_what_a_person_waived_or_dismissed_is_not_opened_again_while_it_lasts(app: App):
    qq = await settle_in(app)
    case = await overdue_case(app)
    same = Finding(case.code, GROUP, case.subject, case.reason, case.user_id, case.employee_no, case.data)
    await dismissals.waive(app, case.id, by=ROOT, reason="已说明")
    assert await _opens(app, qq, same) == 0
    assert await _opens(app, qq, replace(same, data={"card": "别的", "right": "采购部-郑平"})) == 1
    await _opens(app, qq)
    assert await _opens(app, qq, same) == 1


async def test_what_a_reading_closed_as_waived_opens_again_when_the_waiver_ends(app: App):
    qq = await settle_in(app)
    case = await overdue_case(app, status="closed", closed_at=app.now(), closed_as="waived")
    same = Finding(case.code, GROUP, case.subject, case.reason, case.user_id, case.employee_no, case.data)
    assert await _opens(app, qq, same) == 1
