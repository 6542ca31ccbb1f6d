"""Who is told of what waits: once when it comes, once a working day, admin staff after three."""

from typing import Any

from services.acts import Lane
from services.app import App
from services.inbox import listing
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co
from tests.services.inbox.asking import ask_to_join


async def test_the_owner_is_told_of_a_new_request_with_a_fallback_that_says_nothing(
    app: App, qq: co.FakeQQ
) -> None:
    request_id = await ask_to_join(app)
    for _ in range(2):
        async with app.database.transaction() as tx:
            await listing.announce(app, tx, "J", request_id)
    [(group_id, to, text)] = await co.sent(app)
    assert (group_id, to) == (co.GROUP, co.OWNER)
    assert "J1" in text


async def test_reminds_once_a_working_day_inside_hours(app: App, qq: co.FakeQQ, clock: Any) -> None:
    await ask_to_join(app)
    assert await listing.remind_waiting(app) == 0
    clock.move(hours=12)
    assert await listing.remind_waiting(app) == 0
    clock.move(hours=12)
    assert await listing.remind_waiting(app) == 1
    assert await listing.remind_waiting(app) == 0
    [(_, to, text)] = await co.sent(app)
    assert to == co.OWNER
    assert "1 项" in text
    clock.move(days=1)
    assert await listing.remind_waiting(app) == 1


async def test_what_could_not_be_said_for_days_is_said_once_as_it_is(
    app: App, qq: co.FakeQQ, clock: Any
) -> None:
    await ask_to_join(app)
    for _ in range(3):
        clock.move(days=1)
        assert await listing.remind_waiting(app) == 1
    route = Route(co.BOT, [co.GROUP], [co.GROUP])
    begun = []
    while claimed := await bookkeeping.claim(app, Lane.MESSAGE, route, limit=5):
        begun += await bookkeeping.begin(app, claimed, co.BOT)
    assert [row.payload["parts"][0]["text"] for row in begun if row.payload["purpose"] == "remind"] == [
        "您有 1 项待办，最早的 J1 已等 3 天。发送“待办”查看。"
    ]


async def test_never_reminds_on_a_day_off(app: App, qq: co.FakeQQ, clock: Any) -> None:
    await ask_to_join(app)
    clock.move(days=5)
    assert await listing.remind_waiting(app) == 0


async def test_escalates_to_admin_staff_after_three_working_days_once(
    app: App, qq: co.FakeQQ, clock: Any
) -> None:
    await ask_to_join(app)
    for _ in range(8):
        clock.move(days=1)
        await listing.remind_waiting(app)
    told = [text for _, to, text in await co.sent(app) if to == co.STAFF]
    assert len(told) == 1
    assert "J1" in told[0]
    assert "王强" in told[0]
