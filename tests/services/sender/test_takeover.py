"""What a crash left in hand, or a living process lost, is looked for by reading; only where there is any is it taken over."""

import pytest
from sqlalchemy import select

from db.tables.work import outbox
from services.acts import Lane, to_group
from services.app import App
from services.outbox import queue
from services.sender import bookkeeping, takeover
from services.sender.bookkeeping import Route
from services.sender.takeover import Hands
from tests import company as co


async def test_where_nobody_left_anything_nothing_is_written(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.database, "transaction", None)

    assert await takeover.take_over(app) == []


async def test_what_nobody_here_has_had_for_a_while_waits_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "LOST_SECONDS", 0.0)
    async with app.database.transaction() as tx:
        await queue(app, tx, to_group(co.GROUP, "一"))
    claimed = await bookkeeping.claim(app, Lane.MESSAGE, Route(co.BOT, [co.GROUP], [co.GROUP]))

    with app.memory(Hands).holding(claimed), app.memory(Hands).holding(claimed):
        await takeover.take_over(app)
        assert await states(app) == ["claimed"]
    await takeover.take_over(app)

    assert await states(app) == ["waiting"]


async def states(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return [state for (state,) in await tx.rows(select(outbox.c.state))]
