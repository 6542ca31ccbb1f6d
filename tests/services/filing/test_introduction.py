"""The bot says who it is when it enters a group, and speaks to nobody at night."""

from datetime import datetime

import pytest
from sqlalchemy import select

from db.tables.base import ZONE
from db.tables.work import outbox
from services.app import App
from services.cases import enforcing
from services.people.roles import tell_admin_staff
from services.watching import alerts, members
from tests import company as co
from tests.conftest import StoppedClock

NEW = 800001


async def enter(app: App) -> co.FakeQQ:
    """Let the bot be invited into a group nobody filed, and do what that hastens."""
    qq = await co.settle_in(app)
    qq.lists[NEW], qq.names[NEW] = co.members(), "新群"
    await members.look_soon(app, NEW)
    await enforcing.run(app, [NEW])
    return qq


async def said(app: App) -> list[tuple[str, int | None, datetime]]:
    columns = (outbox.c.kind, outbox.c.group_id, outbox.c.not_before)
    async with app.database.reading() as tx:
        return [tuple(row) for row in await tx.rows(select(*columns).order_by(outbox.c.id))]


async def test_introduces_itself_at_once_on_entering_a_group(app: App) -> None:
    await enter(app)
    assert ("send_group", NEW, app.now()) in await said(app)
    assert ("send_private", NEW, app.now()) in await said(app)


async def test_introduces_itself_once(app: App) -> None:
    await enter(app)
    await enforcing.run(app, [NEW])
    assert [kind for kind, *_ in await said(app)].count("send_group") == 1


@pytest.mark.parametrize(("hour", "morning"), [(23, 3), (4, 2)])
async def test_at_night_it_speaks_in_no_group_and_to_nobody(
    hour: int, morning: int, app: App, clock: StoppedClock
) -> None:
    clock.time = clock.time.replace(hour=hour)
    await enter(app)
    async with app.database.transaction() as tx:
        await tell_admin_staff(app, tx, "一件事", public="一件事")
    found = await said(app)
    assert len(found) >= 3
    assert {at for *_, at in found} == {datetime(2026, 3, morning, 9, 0, tzinfo=ZONE)}


async def test_on_a_day_off_it_speaks_by_day(app: App, clock: StoppedClock) -> None:
    clock.move(days=5)
    await enter(app)
    assert {at for *_, at in await said(app)} == {app.now()}


async def test_what_is_wrong_with_the_bot_is_told_at_night_too(app: App, clock: StoppedClock) -> None:
    await co.settle_in(app)
    clock.time = clock.time.replace(hour=23)
    await alerts.tell(app, "账号下线了", key="offline")
    assert {at for *_, at in await said(app)} == {app.now()}
