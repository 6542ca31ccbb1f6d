"""Somebody with another employee number: what they have to hand over, and their rights, go with them."""

import pytest

from db.ledger import Ledger
from db.queries.people import employees, offices
from services.app import App
from services.people import grants, roles, staff
from tests.company import GONE, PLAIN, ROOT, STAFF, STRANGER
from tests.services.cases.settling.test_renumbered import NEW, OLD, bind, bring, company

pytestmark = pytest.mark.dialects
__all__ = ["company"]


@pytest.mark.parametrize("handed_over", [False, True])
async def test_what_is_to_be_handed_over_goes_along(app: App, handed_over: bool) -> None:
    assert (await staff.transfer(app, OLD, "市场部", by="terminal")).ok
    if handed_over:
        assert (await staff.complete_handover(app, OLD, by="terminal")).ok
    await bind(app, PLAIN, NEW, former=OLD)
    today = app.now().date()
    assert app.registry.by_no[OLD].transfers == ()
    (move,) = app.registry.by_no[NEW].transfers
    assert (move.from_department, move.is_open(today)) == ("采购部", not handed_over)

    await bind(app, PLAIN, OLD)
    assert app.registry.by_no[NEW].transfers == ()
    assert app.registry.by_no[OLD].transfers == (move,)


async def is_staff(app: App, qq: int) -> bool:
    async with app.database.reading() as tx:
        return await roles.is_admin_staff(app, tx, qq)


async def test_rights_go_along_with_whose_they_are_and_nobody_is_given_them_with_the_number(app: App) -> None:
    assert await is_staff(app, STAFF)
    await bind(app, STAFF, "B104", former="A004")
    assert await is_staff(app, STAFF)
    await bind(app, STRANGER, "A004")
    assert not await is_staff(app, STRANGER)
    async with app.database.reading() as tx:
        assert (await Ledger(app.phone_key).verify(tx)).misfit is None

    assert (await grants.unbind_by_staff(app, STRANGER, by=ROOT)).ok
    await bind(app, STAFF, "A004")
    assert await is_staff(app, STAFF)
    async with app.database.reading() as tx:
        assert "B104" not in await offices.granted(tx)


@pytest.mark.parametrize(("by", "along"), [(ROOT, True), (STAFF, False)])
async def test_rights_of_a_number_that_the_qq_never_had_are_a_superusers_to_give(
    app: App, by: int, along: bool
) -> None:
    await bring(app, "B107,周芳,行政部,在职,")
    assert (await grants.unbind_by_staff(app, GONE, by=ROOT)).ok
    answer = await grants.bind_by_staff(app, STRANGER, "B107", by=by, former="A007")
    assert answer.ok
    assert await is_staff(app, STRANGER) is along
    assert ("请超级用户发“授权 B107”" in answer.text) is not along


async def test_who_has_rights_under_both_numbers_has_them_once(app: App) -> None:
    async with app.database.transaction() as tx:
        await employees.grant(tx, "B104", ROOT, app.now())
    await bind(app, STAFF, "B104", former="A004")
    assert await is_staff(app, STAFF)
    async with app.database.reading() as tx:
        assert "A004" not in await offices.granted(tx)
