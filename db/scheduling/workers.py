"""A few threads that work off one queue: docs/decisions/0023."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

R = TypeVar("R")
_Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Workers:
    """Threads, made when they are needed, at most so many."""

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0
        self._closed = False

    def do(self, work: Callable[[], R]) -> "asyncio.Future[R]":
        """Have `work` called in a thread; return what will hold its result or error, for nobody to cancel."""
        if self._closed:
            raise RuntimeError("these threads have ended")
        loop = asyncio.get_running_loop()
        done: asyncio.Future[R] = loop.create_future()
        self._under_way += 1
        if self._under_way > len(self._threads) < self._most:
            name = f"{self._name}-{len(self._threads)}"
            self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
            self._threads[-1].start()
        self._jobs.put((loop, done, work))
        return done

    @property
    def have_ended(self) -> bool:
        """Tell whether they take no more work."""
        return self._closed

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            loop, done, work = job
            error, result = None, None
            try:
                result = work()
            except BaseException as raised:  # whoever waits gets it
                error = raised
            # A loop that has closed has nobody left who waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._end, done, result, error)
            # Nothing is held until the next job comes.
            del job, loop, done, work, error, result

    def _end(self, done: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
        self._under_way -= 1
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    async def close(self) -> None:
        """End the threads, once what has begun or waits is done."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)


async def hop(
    workers: Workers, work: Callable[..., R], *given: Any, undo: Callable[[R], Any] | None = None
) -> R:
    """Run `work` in a thread. Cancelled meanwhile, however often, wait for its end first: two threads never
    share a connection; `undo` then gets what it returned, in the thread too.
    """
    done = workers.do(partial(work, *given))
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await _end_of(done)
        if undo is not None and done.exception() is None:
            undoing = partial(undo, done.result())
            ends = asyncio.to_thread(undoing) if workers.have_ended else workers.do(undoing)
            await _end_of(undone := asyncio.ensure_future(ends))
            undone.result()
        raise


async def _end_of(done: "asyncio.Future[Any]") -> None:
    while not done.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait({done})


def finish(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    work.close()
    raise RuntimeError("a transaction in a thread may await nothing but its statements")
