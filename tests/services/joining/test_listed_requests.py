"""What a list of requests proves: implementations list only the newest, settled ones among them."""

from collections.abc import Iterable

import pytest
from sqlalchemy import select

from db.tables.requests import join_requests
from plugins.gateway.profiles.base import SHORT, listing
from plugins.gateway.profiles.napcat import read_pending
from services.app import App
from services.joining import rounds
from services.joining import waiting as joining
from services.joining.heard import Heard
from services.ports import Pending, PendingRequest
from tests import company as co
from tests.conftest import StoppedClock

pytestmark = pytest.mark.dialects


class Listing(co.FakeQQ):
    """A QQ that lists what the test says."""

    listed = Pending()

    async def pending_requests(self, account: int) -> Pending:
        return self.listed


@pytest.fixture
async def qq(app: App) -> Listing:
    found = await co.settle_in(app)
    made = Listing(found.clock, found.lists, found.names)
    app.gateway = made  # pyright: ignore[reportAttributeAccessIssue]
    return made


async def asked(app: App, clock: StoppedClock, *flags: str) -> None:
    """Let people ask to join an unfiled group, a minute apart, in this order; all of them wait."""
    for flag in flags:
        await rounds.hear(app, Heard(co.BOT, co.GROUP, 31000 + int(flag), "你好", flag))
        clock.move(minutes=1)


async def states(app: App) -> dict[str, str]:
    async with app.database.reading() as tx:
        rows = await tx.rows(select(join_requests.c.flag, join_requests.c.state))
    return {row.flag: row.state for row in rows}


def waiting(flags: Iterable[str]) -> list[PendingRequest]:
    return [PendingRequest(co.GROUP, 31000 + int(flag), "你好", flag) for flag in flags]


async def test_a_request_that_a_short_list_lacks_was_settled_by_a_human(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1", "2")
    qq.listed = Pending(waiting(["2"]), short=True)
    await joining.recover(app, co.BOT)
    assert await states(app) == {"1": "elsewhere", "2": "waiting"}


async def test_a_request_that_fell_off_a_long_list_still_waits(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1", "2", "3")
    qq.listed = Pending(waiting(["3", "2"]), short=False)
    await joining.recover(app, co.BOT)
    assert set((await states(app)).values()) == {"waiting"}


async def test_a_long_list_settles_what_it_shows_as_settled_or_lacks_between_what_it_shows(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1", "2", "3", "4")
    qq.listed = Pending(waiting(["4", "1"]), settled=["2"], short=False)
    await joining.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting", "2": "elsewhere", "3": "elsewhere", "4": "waiting"}


async def test_requests_found_in_a_list_are_stored_in_the_order_they_were_asked(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    qq.listed = Pending(waiting(["3", "2", "1"]), short=False)
    await joining.recover(app, co.BOT)
    async with app.database.reading() as tx:
        stored = await tx.rows(select(join_requests.c.flag).order_by(join_requests.c.id))
    assert [flag for (flag,) in stored] == ["1", "2", "3"]


@pytest.mark.parametrize("count", [SHORT - 1, SHORT])
def test_a_list_tells_what_is_settled_and_whether_it_may_be_cut(count: int) -> None:
    rows = [{"request_id": n, "group_id": 1, "invitor_uin": 5, "checked": n > 1} for n in range(1, count + 1)]
    answers = [{"join_requests": rows, "invited_requests": None}, None]
    found = listing(read_pending(answers), answers)
    assert [one.flag for one in found] == ["1"]
    assert found.settled == {str(n) for n in range(2, count + 1)}
    assert found.short is (count < SHORT)


async def test_what_is_asked_while_a_list_is_gone_through_still_waits(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    clock.move(minutes=1)

    async def slowly(account: int) -> Pending:
        await asked(app, clock, "1")
        return Pending()

    qq.pending_requests = slowly  # pyright: ignore[reportAttributeAccessIssue]
    await joining.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting"}


async def test_what_a_list_lacks_proves_nothing_while_another_list_is_missing(
    app: App, qq: Listing, clock: StoppedClock
) -> None:
    await asked(app, clock, "1", "2", "3", "4")
    qq.listed = Pending(waiting(["1", "4"]), settled=["3"], short=False, whole=False)
    await joining.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting", "2": "waiting", "3": "elsewhere", "4": "waiting"}
    qq.listed = Pending(waiting(["1", "4"]), settled=["3"], short=False)
    await joining.recover(app, co.BOT)
    assert await states(app) == {"1": "waiting", "2": "elsewhere", "3": "elsewhere", "4": "waiting"}
