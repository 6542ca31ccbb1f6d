"""What admin staff hear of a clock that goes wrong and right again while nothing can be said."""

import pytest

from db.tables.work import outbox
from services.app import App
from services.watching import clock_news
from tests import company as co
from tests.conftest import StoppedClock
from tests.services.cases.living import queued

WRONG, RIGHT = -345600.0, 0.0


@pytest.fixture
async def qq(app: App, clock: StoppedClock) -> co.FakeQQ:
    await co.settle_in(app)
    app.settings = app.settings.model_copy(update={"admin_group": 700099})
    made = co.FakeQQ(clock)
    app.gateway = made
    return made


async def goes(app: App, qq: co.FakeQQ, clock: StoppedClock, *skews: float) -> None:
    for seconds in skews:
        qq.skew = seconds
        await clock_news.note_skew(app)
        clock.move(minutes=11)


async def waiting(app: App) -> list[tuple[int | None, bool]]:
    """Return (person, or None for ADMIN_GROUP; whether it says that the clock is right) of what waits."""
    rows = await queued(app, outbox.c.state == "waiting")
    told = [(row.user_id, row.payload["parts"][0]["text"]) for row in rows]
    return sorted(((who, "已与 QQ 一致" in text) for who, text in told), key=str)


EVERYBODY = (co.ROOT, co.STAFF, None)


async def test_wrong_twice_and_right_by_the_time_it_can_be_said_is_not_said(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await goes(app, qq, clock, WRONG, RIGHT, WRONG, RIGHT)

    assert await waiting(app) == []


async def test_who_heard_that_it_is_wrong_hears_once_that_it_is_right(
    app: App, qq: co.FakeQQ, clock: StoppedClock
) -> None:
    await goes(app, qq, clock, WRONG, WRONG + 10, WRONG)
    async with app.database.transaction() as tx:
        await tx.execute(outbox.update().where(outbox.c.user_id != co.STAFF).values(state="done"))
    await goes(app, qq, clock, RIGHT, WRONG, RIGHT)

    assert await waiting(app) == [(co.ROOT, True)]


async def test_that_it_is_wrong_in_the_end_is_said_once(app: App, qq: co.FakeQQ, clock: StoppedClock) -> None:
    await goes(app, qq, clock, WRONG, RIGHT, WRONG)

    assert await waiting(app) == sorted(((who, False) for who in EVERYBODY), key=str)


@pytest.mark.parametrize(
    ("seconds", "apart"),
    [(-3600.0, "60 分钟"), (7500.0, "2 小时"), (-86400.0, "24 小时"), (2697338.0, "31 天")],
)
async def test_how_wrong_it_is_is_said_in_units_that_people_use(
    app: App, qq: co.FakeQQ, clock: StoppedClock, seconds: float, apart: str
) -> None:
    await goes(app, qq, clock, seconds)

    texts = {row.payload["parts"][0]["text"] for row in await queued(app, outbox.c.state == "waiting")}
    assert len(texts) == 1
    assert f"相差约 {apart}。" in texts.pop()
