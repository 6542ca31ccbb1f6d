"""Groups that none of ours is in any more: what was planned there is called off, and old news revives none."""

import pytest

from db.queries.groups import last_seen
from db.tables.work import outbox
from services.acts import ActKind
from services.app import App
from services.cases import brakes, enforcing
from services.people import registry, staff
from services.watching import connected, members
from tests.company import BOT, GROUP, PLAIN, FakeQQ, filed, settle_in
from tests.conftest import StoppedClock
from tests.services.cases.living import queued


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    """A group where 郑平, who left today, is about to be removed."""
    made = await settle_in(app)
    await filed(app)
    await registry.load(app)
    await staff.depart(app, "A009", app.now().date(), by="10000")
    return made


async def to_remove(app: App) -> list[int | None]:
    waiting = await queued(app, outbox.c.state == "waiting", outbox.c.kind == ActKind.REMOVE.value)
    return [row.user_id for row in waiting]


async def counted(app: App) -> int:
    async with app.database.reading() as tx:
        return len(await brakes.counted(app, tx))


async def test_a_removal_that_nobody_can_do_any_more_counts_against_no_brake(app: App, qq: FakeQQ) -> None:
    await enforcing.run(app, [GROUP])
    assert (await to_remove(app), await counted(app)) == ([PLAIN], 1)

    await members.group_gone(app, GROUP, BOT)

    assert (await to_remove(app), await counted(app)) == ([], 0)


async def test_it_is_planned_anew_once_we_are_back(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    await enforcing.run(app, [GROUP])
    await members.group_gone(app, GROUP, BOT)
    clock.move(days=1)

    await connected.compare_groups(app, BOT)
    await enforcing.run_due(app)

    assert await to_remove(app) == [PLAIN]


async def test_what_is_planned_in_other_groups_stays(app: App, qq: FakeQQ) -> None:
    await enforcing.run(app, [GROUP])

    async with app.database.transaction() as tx:
        await last_seen.put(tx, GROUP + 7, first_seen_at=app.now(), account=BOT)
    await members.group_gone(app, GROUP + 7, BOT)

    assert await to_remove(app) == [PLAIN]
