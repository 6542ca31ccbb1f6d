"""What a crash left in hand, or a living process lost, is looked for by reading; only where there is any is it taken over."""

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from db.queries.work.outbox import OutboxRow
from db.tables.base import ZONE
from db.tables.work import outbox
from services.acts import NOT_DONE, ActKind, Lane, to_group, to_person
from services.app import App
from services.outbox import queue
from services.sender import bookkeeping, takeover
from services.sender.bookkeeping import Route
from services.sender.takeover import Hands
from tests import company as co

ROUTE = Route(co.BOT, [co.GROUP], [co.GROUP])


async def test_where_nobody_left_anything_nothing_is_written(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.database, "transaction", None)

    assert await takeover.take_over(app) == []


async def test_what_nobody_here_has_had_for_a_while_waits_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = await a_claimed_message(app, monkeypatch)

    with app.memory(Hands).holding(claimed), app.memory(Hands).holding(claimed):
        await takeover.take_over(app)
        assert await states(app) == ["claimed"]
    await takeover.take_over(app)

    assert await states(app) == ["waiting"]


def test_what_was_in_hand_between_two_looks_was_not_missed_all_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """At each look it is on its way from one pair of hands to the next."""
    monkeypatch.setattr(takeover, "LOST_SECONDS", 15.0)
    hands, row = Hands(), a_row()

    assert hands.lost([row.id], 0.0) == set()
    with hands.holding([row]):
        pass
    assert hands.lost([row.id], 20.0) == set()
    assert hands.lost([row.id], 40.0) == {row.id}


async def test_what_is_taken_in_hand_while_the_look_waits_for_its_turn_is_left(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = await a_claimed_message(app, monkeypatch)
    looked, lost = asyncio.Event(), Hands.lost

    def look(hands: Hands, *given: Any) -> set[int]:
        looked.set()
        return lost(hands, *given)

    monkeypatch.setattr(Hands, "lost", look)
    with ExitStack() as hands:
        async with app.database.transaction():
            looking = asyncio.create_task(takeover.take_over(app))
            await looked.wait()
            hands.enter_context(app.memory(Hands).holding(claimed))
        await looking

        assert await states(app) == ["claimed"]


async def test_a_claim_that_is_heard_of_after_its_row_was_given_up_has_no_row(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the commit and its being heard of lies a connection that may stall."""
    monkeypatch.setattr(takeover, "LOST_SECONDS", 0.0)
    async with app.database.transaction() as tx:
        await queue(app, tx, to_group(co.GROUP, "一"))
    committed, heard, run = asyncio.Event(), asyncio.Event(), app.database.run

    async def stalls(work: Any, **ways: Any) -> Any:
        found = await run(work, **ways)
        committed.set()
        await heard.wait()
        return found

    with monkeypatch.context() as stalled:
        stalled.setattr(app.database, "run", stalls)
        late = asyncio.create_task(bookkeeping.claim(app, Lane.MESSAGE, ROUTE))
        await committed.wait()
    await takeover.take_over(app)
    again = await bookkeeping.claim(app, Lane.MESSAGE, ROUTE)
    heard.set()

    assert ([row.id for row in again], await late) == ([1], [])


async def test_what_a_crash_left_half_said_keeps_no_later_word_from_being_said(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "LOST_SECONDS", 0.0)
    word = replace(to_person(co.STAFF, "没有生效", purpose=NOT_DONE), key=f"not_done:1:{co.STAFF}")
    async with app.database.transaction() as tx:
        await queue(app, tx, word)
    claimed = await bookkeeping.claim(app, Lane.MESSAGE, ROUTE)
    await bookkeeping.begin(app, claimed, co.BOT)
    await takeover.take_over(app)
    async with app.database.transaction() as tx:
        await queue(app, tx, word)

    assert await states(app) == ["unconfirmed", "waiting"]


def a_row() -> OutboxRow:
    return OutboxRow(
        id=7, kind=ActKind.SEND_GROUP, account=None, group_id=co.GROUP, user_id=None, payload={}, priority=50,
        deadline=None, made_at=datetime(2026, 3, 2, tzinfo=ZONE), acted_at=None, attempts=0,
    )  # fmt: skip


async def a_claimed_message(app: App, monkeypatch: pytest.MonkeyPatch) -> list[OutboxRow]:
    """Return a row that nobody has in hand, as a look would find it."""
    monkeypatch.setattr(takeover, "LOST_SECONDS", 0.0)
    async with app.database.transaction() as tx:
        await queue(app, tx, to_group(co.GROUP, "一"))
    return await bookkeeping.claim(app, Lane.MESSAGE, ROUTE)


async def states(app: App) -> list[str]:
    async with app.database.reading() as tx:
        return [state for (state,) in await tx.rows(select(outbox.c.state))]
