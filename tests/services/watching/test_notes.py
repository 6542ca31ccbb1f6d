"""What staff hear once an hour, or once a day, at most: counted from when it was said, not from when it was made."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from db.tables.work import outbox, switches
from services import outbox as acts
from services.app import App
from services.cases.settling import penalties
from services.filing import owner_notice
from services.joining import join_notices
from services.people import identities
from services.watching import alerts
from tests.company import BOT, GROUP, OTHER, OWNER, PLAIN, ROOT, STAFF, STRANGER, FakeQQ, sent
from tests.conftest import StoppedClock
from tests.services.cases.living import send
from tests.services.stories import overdue_case

Told = Callable[[App], Awaitable[Any]]


async def undelivered(app: App) -> None:
    """A message to somebody failed."""
    async with app.database.transaction() as tx:
        await acts.queue(app, tx, join_notices.to_person(PLAIN, "一"))
        failed = update(outbox).where(outbox.c.user_id == PLAIN, outbox.c.state == "waiting")
        await tx.execute(failed.values(state="dead", result="不是好友"))
    await alerts.tell_undelivered(app)


async def resumed(app: App) -> None:
    await alerts.tell(app, "恢复发送", key="breaker")


async def wave(app: App) -> None:
    async with app.database.transaction() as tx:
        await join_notices.wave(app, tx, GROUP, 30)


async def fines(app: App) -> None:
    case = await overdue_case(app, subject=str(app.now()))
    async with app.database.transaction() as tx:
        await penalties._tell_staff(app, tx, case, [1])  # pyright: ignore[reportPrivateUsage]


async def second_qq(app: App) -> None:
    async with app.database.transaction() as tx:
        person = app.registry.by_no["A009"]
        await identities._second_qq(app, tx, STRANGER, person, ())  # pyright: ignore[reportPrivateUsage]


async def heard(app: App) -> int:
    return sum(user_id == ROOT for _, user_id, _ in await sent(app))


@pytest.mark.dialects
@pytest.mark.parametrize("tell", [undelivered, wave, fines])
async def test_what_waits_for_the_morning_is_followed_by_its_next_an_hour_after_that(
    app: App, qq: FakeQQ, clock: StoppedClock, tell: Told
) -> None:
    clock.move(hours=10)
    made: list[int] = []
    for hours in (0, 2, 10):
        clock.move(hours=hours)
        await tell(app)
        made.append(await heard(app))
    assert made == [1, 1, 1]

    clock.move(hours=3)
    await send(app, qq)
    for minutes in (1, 58, 1):
        clock.move(minutes=minutes)
        await tell(app)
        made.append(await heard(app))
    assert made[3:] == [1, 1, 2]


@pytest.mark.parametrize("tell", [undelivered, resumed, wave, fines, second_qq])
async def test_what_nobody_could_be_told_silences_nothing(
    app: App, qq: FakeQQ, clock: StoppedClock, tell: Told
) -> None:
    qq.deaf = {ROOT, STAFF}
    await tell(app)
    await send(app, qq)
    clock.move(minutes=1)
    await tell(app)

    assert await heard(app) == 2


@pytest.mark.parametrize("tell", [undelivered, resumed, wave, fines, second_qq])
@pytest.mark.parametrize("deaf", [ROOT, STAFF])
async def test_what_one_of_several_heard_was_said(
    app: App, qq: FakeQQ, clock: StoppedClock, tell: Told, deaf: int
) -> None:
    qq.deaf = {deaf}
    await tell(app)
    await send(app, qq)
    clock.move(minutes=59)
    await tell(app)

    assert await heard(app) == 1


async def test_a_wave_in_another_group_is_another_note(app: App, qq: FakeQQ) -> None:
    await wave(app)
    async with app.database.transaction() as tx:
        await join_notices.wave(app, tx, OTHER, 30)

    assert await heard(app) == 2


async def test_notes_of_long_ago_are_forgotten(app: App, qq: FakeQQ, clock: StoppedClock) -> None:
    await second_qq(app)
    async with app.database.reading() as tx:
        kept = [key for (key,) in await tx.rows(select(switches.c.key))]
    assert str(STRANGER) not in str(kept)
    assert "A009" not in str(kept)
    clock.time += acts.NOTES_KEPT + timedelta(seconds=1)
    await acts.forget_notes(app)

    async with app.database.reading() as tx:
        assert await tx.rows(select(switches.c.key)) == []


async def to_file(app: App) -> bool:
    async with app.database.transaction() as tx:
        return await owner_notice.tell_owner_to_file(app, tx, GROUP, to=OWNER)


@pytest.mark.dialects
async def test_who_is_to_file_hears_so_a_day_after_they_heard_it_last(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    clock.move(hours=12)
    assert await to_file(app)
    for _ in range(2):
        clock.move(hours=4)
        assert not await to_file(app)

    clock.move(hours=4)
    assert len(await send(app, qq)) == 1
    clock.move(hours=23)
    assert not await to_file(app)
    clock.move(hours=1)
    assert await to_file(app)


async def test_an_account_that_comes_and_goes_is_told_of_again_once_that_was_said(
    app: App, qq: FakeQQ, clock: StoppedClock
) -> None:
    for _ in range(3):
        clock.move(hours=2)
        await alerts.went_offline(app, BOT, "账号下线")
        await alerts.came_online(app, BOT)
    assert await heard(app) == 1

    await send(app, qq)
    clock.move(hours=2)
    await alerts.went_offline(app, BOT, "账号下线")
    assert await heard(app) == 2
