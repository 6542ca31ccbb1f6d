"""Doing together what came in together."""

import asyncio
from collections.abc import Sequence

import pytest

from db.batching import Batch


class Work:
    """Doubles numbers; refuses a whole batch that has a negative one in it."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.batches.append(list(items))
        await asyncio.sleep(0)
        if min(items) < 0:
            raise ValueError("negative")
        return [2 * item for item in items]


async def test_what_comes_at_once_is_done_at_once_and_no_more_than_the_limit() -> None:
    work = Work()
    batch = Batch(work, limit=3)
    assert await asyncio.gather(*(batch.do(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert work.batches == [[0, 1, 2], [3, 4]]


async def test_one_bad_item_fails_nobody_else() -> None:
    work = Work()
    batch = Batch(work)
    found = await asyncio.gather(*(batch.do(n) for n in (1, -1, 3)), return_exceptions=True)
    assert (found[0], found[2]) == (2, 6)
    assert isinstance(found[1], ValueError)
    assert work.batches == [[1, -1, 3], [1], [-1], [3]]


async def test_lingering_collects_what_comes_a_little_later() -> None:
    work = Work()
    batch = Batch(work, linger=0.05)
    first = asyncio.create_task(batch.do(1))
    await asyncio.sleep(0.01)
    assert work.batches == []
    assert await batch.do(2) == 4
    assert await first == 2
    assert work.batches == [[1, 2]]


async def test_later_waits_for_nothing_and_tells_what_failed() -> None:
    work, failed = Work(), list[BaseException]()
    batch = Batch(work, linger=0.01)
    for n in (1, -1):
        batch.later(n, failed.append)
    assert work.batches == []
    await batch.drained()
    await asyncio.sleep(0)
    assert work.batches == [[1, -1], [1], [-1]]
    assert [type(error) for error in failed] == [ValueError]


async def test_nothing_waits_when_it_is_drained() -> None:
    batch = Batch(Work())
    await batch.drained()
    done = [asyncio.ensure_future(batch.do(n)) for n in range(3)]
    await asyncio.sleep(0)
    await batch.drained()
    assert [one.result() for one in done] == [0, 2, 4]


async def test_what_keeps_coming_in_is_not_waited_for() -> None:
    work = Work()
    batch = Batch(work, linger=0.01)
    first = asyncio.ensure_future(batch.do(1))
    going_on = True

    async def keep_coming() -> None:
        while going_on:
            batch.later(2, lambda _: None)
            await asyncio.sleep(0.001)

    feeding = asyncio.create_task(keep_coming())
    await asyncio.sleep(0)
    async with asyncio.timeout(90):
        await batch.drained()
    assert first.result() == 2
    assert not feeding.done()
    going_on = False
    await feeding


async def test_who_gives_up_waiting_stops_nobody() -> None:
    work = Work()
    batch = Batch(work, linger=0.01)
    gone, stays = (asyncio.create_task(batch.do(n)) for n in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone
