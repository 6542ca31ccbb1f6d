"""How often a join request waits for PostgreSQL, which may be far away."""

from collections.abc import Generator, Sequence
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

import pytest
from psycopg import Connection
from psycopg.pq import Trace
from sqlalchemy import event
from sqlalchemy.pool import Pool

from db.queries.work.outbox import OutboxRow
from regulation.join_gate import Decision
from services.app import App
from services.joining import rounds
from services.joining.heard import Heard
from tests import company as co
from tests.services.joining.test_proofs import COMMENT, a_company_with_somebody_new

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)


@pytest.fixture
def said(tmp_path: Path) -> Generator[IO[str]]:
    """All that the driver and PostgreSQL say to each other from here on, by libpq's own account."""
    with (tmp_path / "said").open("w+") as file:

        def follow(driver: Any, *_: Any) -> None:
            if isinstance(driver, Connection):
                driver.pgconn.trace(file.fileno())
                driver.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

        def leave(driver: Any, *_: Any) -> None:
            if isinstance(driver, Connection):
                driver.pgconn.untrace()

        event.listen(Pool, "checkout", follow)
        event.listen(Pool, "checkin", leave)
        yield file
        event.remove(Pool, "checkout", follow)
        event.remove(Pool, "checkin", leave)


class Quick(co.FakeQQ):
    """Does at once what it is told to."""

    acted: Sequence[OutboxRow] = ()

    def acts_now(self, account: int) -> bool:
        return True

    def act(self, rows: Sequence[OutboxRow]) -> None:
        self.acted = rows


async def test_a_request_waits_five_times(app: App, said: IO[str]) -> None:
    """For BEGIN, what its verdict rests on, its own row, the ledger's end, and the rest with the commit."""
    await a_company_with_somebody_new(app)
    app.gateway = quick = Quick(app.clock)
    # Its connection is open by now.
    await rounds.hear(app, Heard(co.BOT, co.GROUP, 39001, "你好", "0"))
    said.seek(0, SEEK_END)
    before = said.tell()
    verdict = await rounds.hear(app, Heard(co.BOT, co.GROUP, 31001, COMMENT, "1"))
    assert verdict is not None
    assert verdict.answer is Decision.APPROVE
    assert [row.user_id for row in quick.acted] == [31001]
    said.seek(before)
    assert [line.split()[2] for line in said if line.startswith("B")].count("ReadyForQuery") == 5
