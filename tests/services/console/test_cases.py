"""A case's page offers what would be done, and nothing that would be refused."""

from collections.abc import Sequence

from services.app import App
from services.cases.settling import appeals, dismissals
from services.console import cases
from services.console.sessions import Visitor
from services.people.roles import Who
from tests.company import CLERK, PLAIN, STAFF, settle_in
from tests.conftest import StoppedClock
from tests.services.stories import add_penalty, overdue_case


async def offered(app: App, case_id: int, user_id: int = STAFF, who: Who = Who.ADMIN_STAFF) -> Sequence[str]:
    story = await cases.story(app, case_id, Visitor(1, user_id, "", frozenset({who, Who.EMPLOYEE})))
    assert story is not None
    return story.acts


async def test_an_open_case_may_be_waived_and_dismissed(app: App) -> None:
    await settle_in(app)
    case = await overdue_case(app)
    assert await offered(app, case.id) == ("免除", "撤销", "豁免")


async def test_what_was_dismissed_is_not_offered_to_be_dismissed(app: App) -> None:
    await settle_in(app)
    case = await overdue_case(app)
    await dismissals.dismiss(app, case.id, by=STAFF, reason="名册有误")
    assert await offered(app, case.id) == ("豁免",)
    assert not (await dismissals.dismiss(app, case.id, by=STAFF, reason="再来")).ok


async def test_what_was_corrected_may_be_dismissed_and_waived_while_a_fine_stands(app: App) -> None:
    await settle_in(app)
    now = app.now()
    case = await overdue_case(app, status="closed", closed_as="corrected", closed_at=now)
    assert await offered(app, case.id) == ("撤销", "豁免")
    await add_penalty(app, case)
    assert await offered(app, case.id) == ("免除", "撤销", "豁免")


async def test_nobody_is_offered_to_settle_what_is_their_own(app: App) -> None:
    await settle_in(app)
    case = await overdue_case(app, user_id=STAFF, subject=str(STAFF), employee_no="A004")
    assert await offered(app, case.id) == ()
    assert await offered(app, case.id, CLERK) == ("免除", "撤销", "豁免")


async def test_who_is_no_staff_is_offered_nothing(app: App) -> None:
    await settle_in(app)
    case = await overdue_case(app)
    assert await offered(app, case.id, PLAIN, Who.EMPLOYEE) == ()


async def may_appeal(app: App, case_id: int) -> bool:
    story = await cases.story(app, case_id, Visitor(1, PLAIN, "", frozenset({Who.EMPLOYEE})))
    assert story is not None
    return story.may_appeal


async def test_an_appeal_is_offered_once_and_for_seven_days(app: App, clock: StoppedClock) -> None:
    await settle_in(app)
    case, late = await overdue_case(app), await overdue_case(app, code="M2")
    assert await may_appeal(app, case.id)
    assert (await appeals.appeal(app, case.id, by=PLAIN, reason="名片没有错")).ok
    assert not await may_appeal(app, case.id)
    clock.move(days=7)
    assert not await may_appeal(app, late.id)


async def test_what_was_dismissed_needs_no_appeal_unless_a_fine_stands(app: App) -> None:
    await settle_in(app)
    case = await overdue_case(app)
    await dismissals.dismiss(app, case.id, by=STAFF, reason="名册有误")
    assert not await may_appeal(app, case.id)
    assert "已经撤销" in (await appeals.appeal(app, case.id, by=PLAIN, reason="没有错")).text
    await add_penalty(app, case, liable="A009", liable_user_id=PLAIN, liable_employee_no="A009")
    assert await may_appeal(app, case.id)
