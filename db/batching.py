"""Doing what came in together at once: the more there is, the less each costs."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batch(Generic[T, R]):
    """Hands `work` all that waits, up to `limit` at a time, one batch after the other.

    `work` returns one result for each item, in their order. Where it raises, every item of the
    batch is tried alone, so that one bad item fails nobody else's. `linger`: seconds that each
    batch waits for more to come, where nobody waits for the results.
    """

    def __init__(
        self,
        work: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        limit: int = 100,
        *,
        linger: float = 0.0,
    ) -> None:
        self._work = work
        self._limit = limit
        self._linger = linger
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._in_hand: list[tuple[T, asyncio.Future[R]]] = []
        self._draining: asyncio.Task[None] | None = None

    async def do(self, item: T) -> R:
        """Return what `work` made of `item`; raises what it raised."""
        return await self._add(item)

    def later(self, item: T, failed: Callable[[BaseException], None]) -> None:
        """Have `work` done with an item, and don't wait; `failed` is told what it raised."""
        self._add(item).add_done_callback(partial(_ended, failed))

    async def drained(self) -> None:
        """Wait until all is done that was here when this was called, whatever comes in meanwhile."""
        if under_way := [done for _, done in (*self._in_hand, *self._waiting) if not done.done()]:
            await asyncio.wait(under_way)

    def _add(self, item: T) -> asyncio.Future[R]:
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        return done

    async def _drain(self) -> None:
        while self._waiting:
            if self._linger and len(self._waiting) < self._limit:
                await asyncio.sleep(self._linger)
            part = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
            self._in_hand = part
            if not await self._try(part, alone=len(part) == 1):
                for one in part:
                    await self._try([one], alone=True)
            self._in_hand = []

    async def _try(self, part: list[tuple[T, asyncio.Future[R]]], *, alone: bool) -> bool:
        try:
            results = await self._work([item for item, _ in part])
        except Exception as error:
            if alone and not part[0][1].done():
                part[0][1].set_exception(error)
            return alone
        for (_, done), result in zip(part, results, strict=True):
            if not done.done():
                done.set_result(result)
        return True


def _ended(failed: Callable[[BaseException], None], done: asyncio.Future[R]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        failed(error)
