"""A QQ that lists requests as a test says, and what became of those that were asked."""

from collections.abc import Iterable

from sqlalchemy import select

from db.tables.requests import join_requests
from services.app import App
from services.joining import rounds
from services.joining.heard import Heard
from services.ports import Pending, PendingRequest
from tests import company as co
from tests.conftest import StoppedClock


class Listing(co.FakeQQ):
    """A QQ that lists what the test says: `listed`, the last one again and again."""

    listed: tuple[Pending, ...] = (Pending(),)
    trusts = True

    def trusts_flags(self, account: int) -> bool:
        return self.trusts

    async def pending_requests(self, account: int) -> Pending:
        first, *others = self.listed
        if others:
            self.listed = tuple(others)
        return first


async def asked(app: App, clock: StoppedClock, *flags: str) -> None:
    """Let people ask to join an unfiled group, a minute apart, in this order; all of them wait."""
    for flag in flags:
        await rounds.hear(app, Heard(co.BOT, co.GROUP, 31000 + int(flag), "你好", flag))
        clock.move(minutes=1)


async def states(app: App) -> dict[str, str]:
    async with app.database.reading() as tx:
        rows = await tx.rows(select(join_requests.c.flag, join_requests.c.state))
    return {row.flag: row.state for row in rows}


def listed(flags: Iterable[str], *, sure: bool = True) -> tuple[PendingRequest, ...]:
    return tuple(PendingRequest(co.GROUP, 31000 + int(flag), "你好", flag, sure=sure) for flag in flags)
