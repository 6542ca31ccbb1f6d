"""Who looks lets go first what is urgent, and not for ever."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import Integer, column, func, literal, select
from sqlalchemy.engine import make_url

from db.engine import Database, Transaction
from db.scheduling.calm import Aside, Calm
from db.threads import Threads


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database]:
    """An empty database."""
    made = Database(f"sqlite+aiosqlite:///{tmp_path / 'calm.db'}")
    yield made
    await made.close()


def _stepping(aside: Aside, order: list[str]) -> threading.Thread:
    def look() -> None:
        aside.step()
        order.append("look")

    thread = threading.Thread(target=look)
    thread.start()
    return thread


def test_a_look_waits_until_nothing_urgent_is_under_way() -> None:
    calm, order = Calm(), list[str]()
    with calm.broken():
        with calm.broken():
            thread = _stepping(Aside(calm, patience=600), order)
        order.append("urgent")
    thread.join()
    assert order == ["urgent", "look"]


def test_a_look_without_patience_left_goes_on() -> None:
    calm, order = Calm(), list[str]()
    with calm.broken():
        _stepping(Aside(calm, patience=0.01), order).join()
        order.append("urgent")
    assert order == ["look", "urgent"]


def test_a_look_that_nothing_hurries_goes_on_at_once() -> None:
    calm, order = Calm(), list[str]()
    _stepping(Aside(calm, patience=600), order).join()
    assert order == ["look"]


def test_who_makes_a_long_list_steps_aside_in_the_middle_of_it() -> None:
    begun, hurried, waiting = threading.Event(), threading.Event(), threading.Event()
    order = list[str]()

    class Watched(Calm):
        def came(self, seconds: float) -> bool:
            waiting.set()
            return super().came(seconds)

    def look() -> None:
        for n in Aside(calm, patience=600).among(range(1000)):
            if n == 0:
                begun.set()
                hurried.wait(600)
        order.append("look")

    calm = Watched()
    thread = threading.Thread(target=look)
    thread.start()
    assert begun.wait(600)
    with calm.broken():
        hurried.set()
        assert waiting.wait(10)
        order.append("urgent")
    thread.join()
    assert order == ["urgent", "look"]


async def test_a_look_begins_once_nothing_urgent_is_under_way() -> None:
    calm, order = Calm(), list[str]()

    async def look() -> None:
        await calm.come(patience=600)
        order.append("look")

    with calm.broken():
        looking = asyncio.create_task(look())
        await asyncio.sleep(0)
        order.append("urgent")
    await looking
    assert order == ["urgent", "look"]


async def test_a_look_that_waited_to_begin_has_no_patience_left_for_what_follows() -> None:
    waited = list[float]()

    class Counting(Calm):
        def came(self, seconds: float) -> bool:
            waited.append(seconds)
            return super().came(0)

    calm = Counting()
    with calm.broken():
        aside = await calm.come(patience=0.02)
        aside.step()
        Aside(calm, patience=0.02).step()
    # But for what the event loop's own clock can't tell apart.
    assert [seconds for seconds in waited if seconds > 0.01] == [0.02]


async def test_sqlite_steps_aside_in_the_middle_of_a_long_statement(tmp_path: Path) -> None:
    steps = 0

    class Counting(Aside):
        def step(self) -> None:
            nonlocal steps
            steps += 1

    async def look(tx: Transaction) -> tuple[int, int]:
        before = steps
        numbers = select(literal(1).label("n")).cte(recursive=True)
        numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 300_000))
        return (
            await tx.execute(select(func.max(column("n", Integer))).select_from(numbers))
        ).scalar_one(), before

    threads = Threads(make_url(f"sqlite+aiosqlite:///{tmp_path / 'long.db'}"), is_sqlite=True)
    found, before = await threads.look(look, Counting(Calm()))
    during = steps - before
    # What comes next on this connection is nobody's look.
    await threads.run(look, writes=False, durable=True)
    await threads.close()
    assert found == 300_000
    assert during > 3
    assert steps == before + during


async def test_a_look_beside_who_writes_steps_aside(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm, come = list[bool](), Calm.come

    async def told(self: Calm) -> Aside:
        calm.append(self.is_now)
        return await come(self)

    async def look(tx: Transaction) -> int:
        return (await tx.execute(select(literal(1)))).scalar_one()

    monkeypatch.setattr(Calm, "come", told)
    async with database.transaction():
        assert await database.look(look) == 1
    assert await database.look(look) == 1
    assert calm == [False, True]
