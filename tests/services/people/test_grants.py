"""Rights of admin staff: whoever gets or loses them hears of it, privately."""

from config.phrases.registry import STAFF
from services.acts import Lane, to_person
from services.app import App
from services.outbox import queue
from services.people import grants
from services.sender import bookkeeping
from services.sender.bookkeeping import Route
from tests import company as co
from tests.conftest import StoppedClock


async def test_who_is_granted_or_loses_the_rights_is_told(app: App) -> None:
    await co.settle_in(app)
    for change, word in ((grants.grant, "已获授权"), (grants.revoke, "授权已收回")):
        before = len(await co.sent(app))
        assert (await change(app, "A005", by=co.ROOT)).ok
        assert not (await change(app, "A005", by=co.ROOT)).ok
        [(group_id, to, text)] = (await co.sent(app))[before:]
        assert (group_id, to) == (None, co.CLERK)
        assert word in text


async def test_a_grant_that_could_not_be_said_before_it_was_taken_back_is_never_said(
    app: App, clock: StoppedClock
) -> None:
    await co.settle_in(app)
    route = Route(co.BOT, [co.GROUP], [co.GROUP])
    await grants.grant(app, "A005", by=co.ROOT)
    [note] = await bookkeeping.claim(app, Lane.MESSAGE, route)
    # The connection broke before it left: it waits a second, and what is newer doesn't.
    await bookkeeping.put_back(app, note, seconds=1.0)
    await grants.revoke(app, "A005", by=co.ROOT)

    said: list[str] = []
    for _ in range(2):
        claimed = await bookkeeping.claim(app, Lane.MESSAGE, route)
        said += [
            row.payload["parts"][0]["text"][:10] for row in await bookkeeping.begin(app, claimed, co.BOT)
        ]
        clock.move(seconds=2)

    assert said == ["您好，您办理行政部事"]


async def test_what_an_older_version_had_to_say_of_rights_is_said(app: App) -> None:
    await co.settle_in(app)
    async with app.database.transaction() as tx:
        await queue(app, tx, to_person(co.CLERK, STAFF["you_granted"], purpose="rights"))
    claimed = await bookkeeping.claim(app, Lane.MESSAGE, Route(co.BOT, [co.GROUP], [co.GROUP]))

    assert len(await bookkeeping.begin(app, claimed, co.BOT)) == 1
