"""A QQ that is another employee's by now: what was held against its former holder is none of the new one's."""

from collections.abc import Mapping

import pytest

from db.queries.cases import penalties as rows
from regulation.penalties import PenaltyState
from services.app import App
from services.cases import own_matters
from services.cases.settling import appeals, dismissals, penalties
from services.console import cases as pages
from services.console import fines as fine_pages
from services.console.sessions import Visitor
from services.inbox import items as listing
from services.people import grants, own_record, registry
from services.people.roles import Who
from tests.company import CLERK, PLAIN, ROOT, STAFF, STRANGER, FakeQQ, sent, settle_in
from tests.conftest import StoppedClock
from tests.services.cases.living import send
from tests.services.stories import add_penalty, overdue_case

NEW_QQ = 30009


@pytest.fixture(autouse=True)
async def company(app: App) -> None:
    await settle_in(app)
    await registry.load(app)


async def moved(app: App, *, reached: bool = True) -> None:
    """郑平's QQ becomes 钱多's; `reached`: they have another one."""
    if reached:
        assert (await grants.bind_by_staff(app, NEW_QQ, "A009", by=ROOT)).ok
    assert (await grants.bind_by_staff(app, PLAIN, "A005", by=ROOT)).ok


async def fined(app: App) -> tuple[int, int]:
    """郑平 has an overdue case and a fine that was confirmed: (case, fine)."""
    case = await overdue_case(app)
    fine = await add_penalty(app, case, liable="A009", liable_user_id=PLAIN, liable_employee_no="A009")
    assert (await penalties.settle(app, [fine], approve=True, by=ROOT, reason="")).ok
    return case.id, fine


async def told(app: App, word: str) -> Mapping[int, str]:
    return {to: text for _, to, text in await sent(app) if to is not None and word in text}


async def test_the_new_holder_sees_and_contests_nothing_of_the_former_one(app: App) -> None:
    case_id, fine = await fined(app)
    await moved(app)

    mine = (await own_record.mine(app, PLAIN)).text
    assert f"V{case_id}" not in mine
    assert f"P{fine}" not in mine
    assert not (await appeals.appeal(app, case_id, by=PLAIN, reason="不是我")).ok
    me = Visitor(1, PLAIN, "钱多", frozenset({Who.EMPLOYEE}))
    assert await pages.story(app, case_id, me) is None
    assert (await fine_pages.page(app, of=me, below=None)).lines == []
    listed = await pages.page(app, pages.own(app, me), below=None)
    assert listed.count == 0


async def test_the_former_holder_sees_and_contests_it_by_another_qq(app: App) -> None:
    case_id, fine = await fined(app)
    await moved(app)

    mine = (await own_record.mine(app, NEW_QQ)).text
    assert f"V{case_id}" in mine
    assert f"P{fine}" in mine
    assert (await appeals.appeal(app, case_id, by=NEW_QQ, reason="已改好")).ok


@pytest.mark.parametrize("reached", [True, False])
async def test_what_becomes_of_a_fine_is_told_to_whoever_owes_it(app: App, reached: bool) -> None:
    _, fine = await fined(app)
    await moved(app, reached=reached)
    assert (await penalties.pay(app, fine, by=ROOT)).ok
    assert (await dismissals.dismiss(app, 1, by=ROOT, reason="记错了")).ok

    assert ROOT in await told(app, "退")
    assert (NEW_QQ in await told(app, f"P{fine}")) is reached
    assert sum(to == PLAIN for _, to, _ in await sent(app)) == 1


async def test_staff_who_hold_the_qq_now_may_settle_what_the_former_holder_owes(app: App) -> None:
    case = await overdue_case(app)
    fine = await add_penalty(app, case, liable="A009", liable_user_id=PLAIN, liable_employee_no="A009")
    assert (await grants.bind_by_staff(app, PLAIN, "A004", by=ROOT)).ok

    async with app.database.reading() as tx:
        assert not await own_matters.is_own(app, tx, STAFF, case=case)
        found = await listing.find(app, tx, "P", fine)
    assert found is not None
    assert STAFF in found.settlers


async def test_the_decision_is_told_to_whoever_appealed_by_another_qq_of_theirs(app: App) -> None:
    case = await overdue_case(app)
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")).ok
    await moved(app)
    assert (await appeals.settle(app, 1, uphold=True, by=ROOT, reason="")).ok

    assert {to for _, to, text in await sent(app) if "申诉成立" in text} == {NEW_QQ}


@pytest.mark.parametrize("uphold", [True, False])
@pytest.mark.parametrize("bound", [True, False])
async def test_a_decision_that_reaches_nobody_is_told_to_nobody(app: App, bound: bool, uphold: bool) -> None:
    case = await overdue_case(app)
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")).ok
    assert (await grants.unbind_by_staff(app, PLAIN, by=ROOT)).ok
    if bound:
        assert (await grants.bind_by_staff(app, PLAIN, "A005", by=ROOT)).ok
    answer = await appeals.settle(app, 1, uphold=uphold, by=ROOT, reason="")

    assert answer.ok
    assert "没能告诉" in answer.text
    assert not [text for _, to, text in await sent(app) if to == PLAIN]


async def test_an_appeal_names_whoever_made_it_and_undoes_what_they_owe(app: App) -> None:
    case_id, fine = await fined(app)
    assert (await appeals.appeal(app, case_id, by=PLAIN, reason="已改好")).ok
    await moved(app)
    async with app.database.reading() as tx:
        found = await listing.find(app, tx, "S", 1)
    assert found is not None
    assert "郑平" in found.what
    assert "钱多" not in found.what
    assert "P1" in (await appeals.settle(app, 1, uphold=True, by=ROOT, reason="")).text
    async with app.database.reading() as tx:
        row = await rows.get(tx, fine)
    assert row is not None
    assert row.state is PenaltyState.WAIVED


async def test_whoever_made_an_appeal_settles_it_by_no_other_qq_and_the_new_holder_may(app: App) -> None:
    owed = await overdue_case(app)
    assert (await appeals.appeal(app, owed.id, by=PLAIN, reason="已改好")).ok
    assert (await grants.bind_by_staff(app, NEW_QQ, "A009", by=ROOT)).ok
    assert (await grants.bind_by_staff(app, PLAIN, "A004", by=ROOT)).ok
    async with app.database.reading() as tx:
        found = await listing.find(app, tx, "S", 1)
    assert found is not None
    assert NEW_QQ not in found.settlers
    assert STAFF in found.settlers
    assert (await appeals.settle(app, 1, uphold=False, by=STAFF, reason="")).ok


async def test_the_new_holder_appeals_for_themselves_though_the_former_one_did(app: App) -> None:
    case = await overdue_case(app)
    owed = await add_penalty(app, case, liable="A005", liable_user_id=CLERK, liable_employee_no="A005")
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")).ok
    assert (await appeals.settle(app, 1, uphold=False, by=ROOT, reason="")).ok
    await moved(app)

    again = await appeals.appeal(app, case.id, by=NEW_QQ, reason="再说一次")
    assert "已有结论" in again.text
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason=f"P{owed} 不该我")).ok


async def test_an_answer_that_waits_for_the_morning_goes_to_no_new_holder(
    app: App, clock: StoppedClock
) -> None:
    case = await overdue_case(app)
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="已改好")).ok
    assert (await appeals.settle(app, 1, uphold=False, by=ROOT, reason="")).ok
    await moved(app)
    assert isinstance(app.gateway, FakeQQ)
    done = await send(app, app.gateway)

    assert PLAIN not in {row.user_id for row in done if row.payload.get("purpose") == "appeal"}


async def test_staff_whose_qq_is_nobodys_by_now_are_not_asked_about_themselves(app: App) -> None:
    case = await overdue_case(app, user_id=ROOT, employee_no="A001")
    fine = await add_penalty(app, case, liable="A001", liable_user_id=ROOT, liable_employee_no="A001")
    assert app.registry.employee_of(ROOT) is None
    async with app.database.reading() as tx:
        found = await listing.find(app, tx, "P", fine)
        assert await own_matters.is_own(app, tx, ROOT, case=case)
    assert found is not None
    assert ROOT not in found.settlers


async def test_what_was_held_against_a_qq_of_nobodys_is_theirs_whose_it_is_now(app: App) -> None:
    case = await overdue_case(app, user_id=STRANGER, subject=str(STRANGER), employee_no=None)
    fine = await add_penalty(
        app, case, liable=str(STRANGER), liable_user_id=STRANGER, liable_employee_no=None
    )
    assert (await appeals.appeal(app, case.id, by=STRANGER, reason="已改好")).ok
    assert (await grants.bind_by_staff(app, STRANGER, "A009", by=ROOT)).ok

    for qq in (PLAIN, STRANGER):
        assert f"V{case.id}" in (await own_record.mine(app, qq)).text
        me = Visitor(1, qq, "郑平", frozenset({Who.EMPLOYEE}))
        assert await pages.story(app, case.id, me) is not None
    assert f"P{fine}" in (await appeals.settle(app, 1, uphold=True, by=ROOT, reason="")).text
    assert STRANGER in await told(app, "申诉成立")
