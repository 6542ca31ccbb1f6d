"""Every group is read each night, or as soon as it can be after that."""

import asyncio

import pytest

from db.queries.groups import last_seen as group_rows
from services.app import App
from services.cases import enforcing
from services.ports import Reading
from services.running import job_log
from services.watching import connected
from tests.company import GROUP, OTHER, STRANGER, FakeQQ, filed, members, settle_in
from tests.conftest import StoppedClock
from tests.services.cases.living import queued


@pytest.fixture
async def qq(app: App) -> FakeQQ:
    made = await settle_in(app)
    await filed(app, GROUP)
    return made


async def unread(app: App) -> list[int]:
    """Return the groups that weren't judged just now."""
    async with app.database.reading() as tx:
        rows = await group_rows.get_many(tx)
    return [g for g, row in rows.items() if row.audited_at != app.now()]


async def test_a_night_that_a_stop_cut_short_is_made_good(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    asked, read = asyncio.Event(), qq.read_members

    async def slow(group_id: int, *, max_age: float = 5.0) -> Reading:
        asked.set()
        await asyncio.Event().wait()
        return await read(group_id, max_age=max_age)

    clock.move(days=1)
    qq.read_members = slow
    night = asyncio.create_task(job_log.once_a_day(app, "nightly_audit", connected.nightly))
    await asked.wait()
    night.cancel()
    await asyncio.wait([night])
    qq.read_members = read
    assert not await job_log.once_a_day(app, "nightly_audit", connected.nightly)
    clock.move(hours=2)

    await connected.missed(app)

    assert await unread(app) == []


async def test_what_was_read_last_night_is_not_read_by_day(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    clock.move(hours=24)
    await connected.missed(app)

    assert qq.readings == 0


async def test_a_night_in_which_no_group_could_be_read_accuses_nobody_and_is_made_good(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    qq.lists[GROUP] = members(plain=[STRANGER])
    clock.move(days=1)
    qq.down = True
    await connected.nightly(app)
    await enforcing.run_due(app)
    assert await unread(app) == [GROUP, OTHER]
    assert await queued(app) == []
    qq.down = False
    clock.move(minutes=2)

    await enforcing.run_due(app)

    assert await unread(app) == []
    assert await queued(app)
