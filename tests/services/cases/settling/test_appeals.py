"""Appeals: only by the person concerned, in time; they freeze, and undo or go on."""

import pytest

from db.queries.cases import penalties as rows
from db.queries.cases import timelines as case_rows
from services import trail
from services.app import App
from services.cases.settling import appeals, penalties
from tests.company import GROUP, OWNER, PLAIN, ROOT, STAFF, TRAINEE, sent, settle_in
from tests.conftest import StoppedClock
from tests.services.stories import add_penalty, overdue_case


async def _case(app: App, case_id: int):
    async with app.database.reading() as tx:
        found = await case_rows.get(tx, case_id)
    assert found is not None
    return found


async def _state(app: App, penalty_id: int) -> str:
    async with app.database.reading() as tx:
        row = await rows.get(tx, penalty_id)
    assert row is not None
    return row.state


async def test_an_appeal_freezes_case_and_penalty_and_tells_admin_staff(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    number = await add_penalty(app, case)
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")).ok
    assert (await _case(app, case.id)).frozen
    assert await _state(app, number) == "appealed"
    told = {user_id: text for _, user_id, text in await sent(app)}
    assert "S1" in told[STAFF]
    assert "已改好" in told[ROOT]


async def test_somebody_else_gets_the_line_of_an_id_that_does_not_exist(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    other = await appeals.appeal(app, case.id, by=TRAINEE, reason="不服")
    nobody = await appeals.appeal(app, 999, by=TRAINEE, reason="不服")
    assert not other.ok
    assert other.text == nobody.text


async def test_a_liable_person_may_appeal(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    await add_penalty(app, case)
    assert (await appeals.appeal(app, case.id, by=OWNER, reason="当时不是群主")).ok


async def test_refuses_an_appeal_after_seven_days(app: App, clock: StoppedClock):
    await settle_in(app)
    case = await overdue_case(app)
    clock.move(days=7)
    late = await appeals.appeal(app, case.id, by=PLAIN, reason="才看到")
    assert not late.ok
    assert "7 天" in late.text


@pytest.mark.dialects
async def test_only_one_appeal_waits_and_a_decided_one_is_final(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")
    assert "正在处理" in (await appeals.appeal(app, case.id, by=PLAIN, reason="再说一次")).text
    await appeals.settle(app, 1, uphold=False, by=ROOT, reason="没改")
    assert "已有结论" in (await appeals.appeal(app, case.id, by=PLAIN, reason="再说一次")).text


@pytest.mark.dialects
async def test_upheld_dismisses_the_case_and_waives_its_penalties(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    number = await add_penalty(app, case, liable="A009", liable_user_id=PLAIN, liable_employee_no="A009")
    await penalties.settle(app, [number], approve=True, by=ROOT, reason="")
    await penalties.pay(app, number, by=ROOT)
    await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")
    answer = await appeals.settle(app, 1, uphold=True, by=ROOT, reason="属实")
    assert "退款" in answer.text
    assert (await _case(app, case.id)).closed_as == "dismissed"
    assert await _state(app, number) == "to_refund"


async def test_refused_goes_on_as_before_and_has_the_group_planned_anew(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    proposed = await add_penalty(app, case)
    confirmed = await add_penalty(app, case, liable="A003", liable_employee_no="A003", liable_user_id=20003)
    await penalties.settle(app, [confirmed], approve=True, by=ROOT, reason="")
    await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")
    await appeals.settle(app, 1, uphold=False, by=ROOT, reason="没有改")
    assert not (await _case(app, case.id)).frozen
    assert [await _state(app, proposed), await _state(app, confirmed)] == ["proposed", "confirmed"]
    async with app.database.reading() as tx:
        from db.queries.groups import last_seen

        assert GROUP in await last_seen.due(tx, app.now())


async def test_an_appeal_is_settled_once(app: App):
    await settle_in(app)
    case = await overdue_case(app)
    await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")
    assert (await appeals.settle(app, 1, uphold=True, by=ROOT, reason="")).ok
    assert not (await appeals.settle(app, 1, uphold=False, by=ROOT, reason="")).ok


async def test_all_of_it_leaves_the_timeline_unbroken(app: App):
    await settle_in(app)
    case = await overdue_case(app, status="closed", closed_at=app.now(), closed_as="removed")
    await add_penalty(app, case)
    await appeals.appeal(app, case.id, by=PLAIN, reason="误移")
    answer = await appeals.settle(app, 1, uphold=True, by=ROOT, reason="")
    assert "重新申请" in answer.text
    assert (await trail.verify(app)).misfit is None
