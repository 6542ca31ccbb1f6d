"""Threads work off a queue: at most so many, each piece of work once, and whoever asked hears of it."""

import asyncio
import threading

import pytest

from db.scheduling.workers import Workers


async def test_whoever_asked_gets_what_their_work_returned_or_raised():
    workers = Workers(2, "test")
    answers = await asyncio.gather(
        *(workers.do(lambda n=n: 10 // n) for n in (5, 0, 2)), return_exceptions=True
    )
    assert (answers[0], type(answers[1]), answers[2]) == (2, ZeroDivisionError, 5)
    await workers.close()


async def test_as_many_work_at_once_as_there_may_be_and_no_more():
    workers, barrier, seen = Workers(2, "test"), threading.Barrier(2, timeout=60), set[str]()

    def work() -> None:
        seen.add(threading.current_thread().name)
        barrier.wait()

    await asyncio.gather(*(workers.do(work) for _ in range(6)))
    assert seen == {"test-0", "test-1"}
    await workers.close()


async def test_one_after_the_other_needs_one_thread():
    workers = Workers(6, "test")
    assert {await workers.do(lambda: threading.current_thread().name) for _ in range(5)} == {"test-0"}
    await workers.close()


async def test_closing_waits_for_what_was_asked_and_nothing_is_taken_afterwards():
    workers, begun, go = Workers(1, "test"), threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        assert go.wait(60)
        return "done"

    first, second = workers.do(work), workers.do(lambda: "done too")
    assert await asyncio.to_thread(begun.wait, 60)
    closing = asyncio.create_task(workers.close())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="ended"):
        workers.do(lambda: None)
    assert not closing.done()
    go.set()
    await closing
    assert (await first, await second) == ("done", "done too")
