"""Every group is read each night, or as soon as it can be after that."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from db.queries.groups import last_seen as group_rows
from services.app import App
from services.cases import enforcing
from services.ports import Reading
from services.running import job_log
from services.watching import connected
from tests.company import BOT, GROUP, OTHER, STRANGER, FakeQQ, filed, members, settle_in
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


async def stored_long_ago(app: App) -> None:
    """Have every group's last reading be of two days ago."""
    then = app.now() - timedelta(days=2)
    async with app.database.transaction() as tx:
        for group_id in (GROUP, OTHER):
            await group_rows.put(tx, group_id, audited_at=then, complete_at=then, look_at=None)


async def made_good(app: App, clock: StoppedClock) -> None:
    """What was missed is read once our account has been connected for a while."""
    await connected.missed(app)
    clock.move(minutes=10)
    await connected.missed(app)


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

    await made_good(app, clock)

    assert await unread(app) == []


async def test_what_was_read_last_night_is_not_read_by_day(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    clock.move(hours=24)
    await made_good(app, clock)

    assert qq.readings == 0


async def test_what_connecting_reads_is_not_read_twice(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    clock.move(days=2)
    for minutes in (0, 9):
        clock.move(minutes=minutes)
        await asyncio.gather(connected.missed(app), connected.on_connect(app, BOT))
        assert qq.readings == len(qq.lists)
        qq.readings = 0
        await stored_long_ago(app)
    await connected.on_disconnect(app, BOT)
    await made_good(app, clock)

    assert qq.readings == len(qq.lists)


async def test_of_what_was_missed_each_group_is_looked_up_anew_before_it_is_read(
    app: App, qq: FakeQQ, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = qq.read_members

    async def elsewhere_too(group_id: int, *, max_age: float = 5.0) -> Reading:
        """Somebody has all groups read meanwhile."""
        qq.read_members = read
        await connected.read_all(app, [GROUP, OTHER])
        return await read(group_id, max_age=max_age)

    monkeypatch.setattr(connected, "SPREAD", 1)
    clock.move(days=2)
    await connected.missed(app)
    clock.move(minutes=10)
    qq.read_members = elsewhere_too
    await connected.missed(app)

    assert qq.readings == 3


async def test_a_list_that_was_not_whole_at_night_is_read_again_by_day(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    read = qq.read_members

    async def partial(group_id: int, *, max_age: float = 5.0) -> Reading:
        reading = await read(group_id, max_age=max_age)
        return replace(reading, complete=False, why_incomplete="名单不全")

    for _ in range(2):
        clock.move(days=1)
        qq.read_members = partial
        await connected.nightly(app)
    qq.read_members = read
    clock.move(hours=1)
    await made_good(app, clock)

    async with app.database.reading() as tx:
        rows = await group_rows.get_many(tx)
    assert {row.unknown_because for row in rows.values()} == {None}


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
