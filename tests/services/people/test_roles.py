"""Roles are looked up at the moment of their use."""

from dataclasses import replace
from datetime import date
from typing import Any

from regulation.model import Employee
from services.app import App
from services.people import roles as people
from services.people.roles import Who
from services.running import status
from tests import company as co


async def roles(app: App, user_id: int, group_id: int | None = None) -> set[Who]:
    async with app.database.reading() as tx:
        return set(await people.roles_of(app, tx, user_id, group_id)) - {Who.ANYONE}


async def test_names_every_role_a_person_has(app: App, qq: co.FakeQQ) -> None:
    assert await roles(app, co.STRANGER) == set()
    assert await roles(app, co.TRAINEE) == {Who.EMPLOYEE}
    assert await roles(app, co.OWNER, co.GROUP) == {Who.EMPLOYEE, Who.OFFICER}
    assert await roles(app, co.OWNER, co.OTHER) == {Who.EMPLOYEE}
    assert await roles(app, co.HEAD) == {Who.EMPLOYEE, Who.HEAD}
    assert await roles(app, co.STAFF) == {Who.EMPLOYEE, Who.ADMIN_STAFF}
    assert await roles(app, co.ROOT) == {Who.SUPERUSER, Who.ADMIN_STAFF}


async def test_a_departed_grantee_is_no_admin_staff(app: App, qq: co.FakeQQ) -> None:
    async with app.database.reading() as tx:
        assert await people.admin_staff(app, tx) == (co.ROOT, co.STAFF)
    assert await roles(app, co.GONE) == {Who.FORMER}


async def test_an_employee_of_the_admin_department_without_a_grant_is_no_admin_staff(
    app: App, qq: co.FakeQQ
) -> None:
    assert await roles(app, co.CLERK) == {Who.EMPLOYEE}


async def test_a_superuser_who_departed_has_no_right_left(app: App, qq: co.FakeQQ) -> None:
    gone = Employee("A010", "陈超", "信息部", departed_on=date(2026, 3, 2))
    app.registry = co.registry_of([*co.PEOPLE, (gone, co.ROOT)])
    assert await roles(app, co.ROOT) == {Who.FORMER}
    async with app.database.reading() as tx:
        assert await people.admin_staff(app, tx) == (co.STAFF,)
        assert not await people.is_admin_staff(app, tx, co.ROOT)
    text = (await status.report(app)).text
    assert "陈超" in text
    assert "SUPERUSERS" in text


async def test_a_superuser_who_departs_tomorrow_keeps_every_right(app: App, qq: co.FakeQQ) -> None:
    leaving = Employee("A010", "陈超", "信息部", departed_on=date(2026, 3, 3))
    app.registry = co.registry_of([*co.PEOPLE, (leaving, co.ROOT)])
    assert Who.SUPERUSER in await roles(app, co.ROOT)
    assert "SUPERUSERS" not in (await status.report(app)).text


async def test_a_grantee_who_moved_to_another_department_loses_the_right(app: App, qq: co.FakeQQ) -> None:
    moved = [(replace(e, department="采购部") if q == co.STAFF else e, q) for e, q in co.PEOPLE]
    app.registry = co.registry_of(moved)
    assert await roles(app, co.STAFF) == {Who.EMPLOYEE}


async def test_a_fresh_stored_role_serves_without_asking_qq(app: App, qq: co.FakeQQ) -> None:
    assert await people.is_officer_now(app, co.ADMIN, co.GROUP)
    assert qq.readings == 0


async def test_a_stale_stored_role_is_read_again(app: App, qq: co.FakeQQ, clock: Any) -> None:
    clock.move(minutes=11)
    qq.lists[co.GROUP] = co.members(admins=(co.PLAIN,), plain=())
    assert not await people.is_officer_now(app, co.ADMIN, co.GROUP)
    assert await people.is_officer_now(app, co.PLAIN, co.GROUP)


async def test_where_qq_is_silent_the_stored_role_serves(app: App, qq: co.FakeQQ, clock: Any) -> None:
    clock.move(minutes=11)
    qq.down = True
    assert await people.is_officer_now(app, co.ADMIN, co.GROUP)
    assert not await people.is_officer_now(app, co.PLAIN, co.GROUP)


async def test_officers_are_named_owner_first_without_our_own_accounts(app: App, qq: co.FakeQQ) -> None:
    async with app.database.reading() as tx:
        assert await people.officers_of(app, tx, co.GROUP) == (co.OWNER, co.ADMIN)


async def test_admin_staff_are_told_once_per_key(app: App, qq: co.FakeQQ) -> None:
    for _ in range(2):
        async with app.database.transaction() as tx:
            await people.tell_admin_staff(app, tx, "出事了", key="x")
    assert await co.sent(app) == [(None, co.ROOT, "出事了"), (None, co.STAFF, "出事了")]
