"""Looks at groups: what is marked after a look began stays marked; it is judged by the registry as committed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from db.queries.groups import last_seen as groups
from db.tables.cases import cases
from services.app import App
from services.cases import audit, enforcing
from services.people import registry, staff
from services.ports import Reading
from tests.company import GROUP, PEOPLE, PLAIN, FakeQQ, filed, members, settle_in

pytestmark = pytest.mark.dialects


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    made = await settle_in(app)
    await filed(app, scope={"everyone": True, "departments": [], "employee_nos": []})
    await registry.load(app)
    made.lists[GROUP] = members(plain=[PLAIN, PEOPLE[0][1]])
    return made


def another_process(app: App) -> App:
    """Return a process beside ours: the same database, a registry of its own in memory."""
    return App(app.settings, app.policy, app.database, app.phone_key, app.clock, registry=app.registry)


async def codes_about(app: App, user_id: int) -> list[str]:
    async with app.database.reading() as tx:
        return list((await tx.execute(select(cases.c.code).where(cases.c.user_id == user_id))).scalars())


async def due(app: App) -> list[int]:
    async with app.database.reading() as tx:
        return await groups.due(tx, app.now())


async def test_a_departure_of_another_process_counts_at_once(app: App, qq: FakeQQ) -> None:
    await staff.depart(another_process(app), "A009", app.now().date(), by="10000")

    await enforcing.run(app, [GROUP])

    assert "L1" in await codes_about(app, PLAIN)


async def test_the_last_stored_reading_is_judged_by_the_registry_as_committed(app: App, qq: FakeQQ) -> None:
    await audit.audit_group(app, GROUP)
    await staff.depart(another_process(app), "A009", date(2026, 3, 1), by="10000")

    await audit.audit_stored(app, GROUP)

    assert "L1" in await codes_about(app, PLAIN)


async def test_what_is_marked_while_a_group_is_judged_stays_marked(
    app: App, qq: FakeQQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = qq.read_members

    async def marked_meanwhile(group_id: int, *, max_age: float = 5.0) -> Reading:
        reading = await read(group_id, max_age=max_age)
        async with app.database.transaction() as tx:
            await groups.look_no_later(tx, [group_id], app.now() + timedelta(hours=3))
        return reading

    monkeypatch.setattr(qq, "read_members", marked_meanwhile)
    await enforcing.run(app, [GROUP])

    assert await due(app) == []
    app.clock.move(hours=4)  # pyright: ignore[reportAttributeAccessIssue]
    assert await due(app) == [GROUP]


async def test_a_look_that_nobody_ended_is_due_again(app: App, qq: FakeQQ) -> None:
    async with app.database.transaction() as tx:
        await groups.take(tx, [GROUP], app.now() + enforcing.LEASE)
    assert await due(app) == []

    app.clock.move(minutes=6)  # pyright: ignore[reportAttributeAccessIssue]
    assert await due(app) == [GROUP]
    await enforcing.run(app, [GROUP])
    assert await due(app) == []
