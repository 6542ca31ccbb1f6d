"""Groups that only the bot leads, rights that end, and departments with another name."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from db.queries.cases import timelines
from db.tables.groups import filings
from db.tables.work import outbox
from regulation.model import Member, Role
from regulation.policy import DepartmentNames
from services.app import App
from services.cases import audit, enforcing
from services.filing import hand_in, review
from services.joining import invitations, rounds
from services.joining.heard import Heard
from services.people import registry, renaming, roles, staff
from services.people.roles import Who
from services.running import status
from tests import company as co
from tests.company import ADMIN, BOT, HEAD, OWNER, PLAIN, STAFF, FakeQQ, sent
from tests.conftest import StoppedClock
from tests.services.cases.living import imported
from tests.services.nobody_is_wronged.conftest import THIRD, fined, group


@pytest.mark.parametrize("invited", [True, False])
async def test_08_where_the_bot_owns_a_group_without_admins_others_are_asked_to_have_it_filed(
    app: App, qq: FakeQQ, invited: bool
) -> None:
    if invited:
        await invitations.invited(app, BOT, THIRD, HEAD, "flag")
    await group(app, qq, THIRD, [Member(BOT, role=Role.OWNER), Member(PLAIN)], filed=False)
    for _ in range(2):
        await enforcing.run(app, [THIRD])
    asked = [to for _, to, text in await sent(app) if to and "第3群" in text and "备案" in text]
    assert asked == ([HEAD] if invited else [co.ROOT, STAFF])


async def test_08_an_admin_who_filed_for_the_bot_is_no_drift(app: App, qq: FakeQQ) -> None:
    await group(app, qq, THIRD, [Member(BOT, role=Role.OWNER), Member(HEAD, role=Role.ADMIN)], filed=False)
    handed_in = await hand_in.file(app, THIRD, hand_in.Wish("市场部日常沟通", "市场部"), by=HEAD)
    assert handed_in.ok, handed_in.text
    assert (await review.settle(app, 2, approve=True, by=STAFF)).ok
    await audit.audit_group(app, THIRD)
    async with app.database.reading() as tx:
        assert {case.code for case in await timelines.open_of_group(tx, THIRD)} & {"F1", "F2"} == set()


async def test_13_a_superuser_who_departed_has_no_right_and_another_is_asked_for(
    app: App, qq: FakeQQ
) -> None:
    app.settings = app.settings.model_copy(update={"superusers": frozenset({co.ROOT, HEAD})})
    await staff.depart(app, "A001", by="10000")
    async with app.database.reading() as tx:
        assert HEAD not in await roles.admin_staff(app, tx)
        assert await roles.roles_of(app, tx, HEAD) & {Who.SUPERUSER, Who.ADMIN_STAFF, Who.HEAD} == set()
    assert f"张总（QQ {HEAD}）" in (await status.report(app)).text


async def test_01_a_renamed_department_loses_nobody_refuses_nobody_and_costs_nobody(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    """`departments.renamed`, then the roster with the new name: a year in which nothing happened."""
    await group(app, qq, THIRD, co.members(owner=HEAD, plain=(OWNER,)))
    async with app.database.transaction() as tx:
        scope = {"everyone": False, "departments": ["市场部"], "employee_nos": []}
        await tx.execute(update(filings).where(filings.c.group_id == THIRD).values(scope=scope))
    await renaming.take_up(app, app.policy.departments)
    names = DepartmentNames(renamed={"市场部": "市场营销中心"})
    app.policy = replace(app.policy, departments=names)
    await registry.load(app)
    assert await renaming.take_up(app, names) is None
    await imported(
        app,
        ("A001", "张总", "市场营销中心", "正式", str(HEAD), ""),
        ("A002", "王强", "市场营销中心", "正式", str(OWNER), ""),
        ("A003", "李雷", "市场营销中心/华东组", "正式", str(ADMIN), ""),
    )
    asks = Heard(BOT, THIRD, co.TRAINEE, "", "flag-1")
    for _ in range(5):
        await enforcing.run(app, [THIRD])
        clock.move(days=1)
    async with app.database.reading() as tx:
        assert {case.code for case in await timelines.open_of_group(tx, THIRD)} & {"M2", "T1"} == set()
        kinds = set((await tx.execute(select(outbox.c.kind))).scalars())
    assert "remove" not in kinds
    assert await fined(app) == []
    verdict = await rounds.hear(app, replace(asks, user_id=ADMIN))
    assert verdict is None or verdict.row == 10
