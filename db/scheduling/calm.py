"""Who only looks steps aside while somebody in QQ waits: threads share one interpreter, and it serves one."""

import asyncio
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

# So long a look waits in all: a wave of requests makes pages slow, but not endless.
_PATIENCE = 0.1
# So many rows of a list are made between two steps: a fifth of a millisecond's work.
_MANY = 64
# Steps of SQLite's own machine between two: half a millisecond's.
_STEPS = 50_000
T = TypeVar("T")


class Calm:
    """Whether nothing urgent is under way. The event loop says so; threads wait for it."""

    def __init__(self) -> None:
        self._under_way = 0
        self._calm = threading.Event()
        self._calm.set()
        self._waiting: list[asyncio.Future[None]] = []

    @contextmanager
    def broken(self) -> Generator[None]:
        """Have those who look step aside until the block ends."""
        self._under_way += 1
        self._calm.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._calm.set()
                for one in self._waiting:
                    if not one.done():
                        one.set_result(None)
                self._waiting.clear()

    @property
    def is_now(self) -> bool:
        """Tell whether there is nothing urgent."""
        return self._calm.is_set()

    def came(self, seconds: float) -> bool:
        """Wait for it, so long at most; return whether it came."""
        return self._calm.wait(seconds)

    async def come(self, patience: float = _PATIENCE) -> "Aside":
        """Wait for it on the event loop, so many seconds at most; return what a look has left of them."""
        begun = time.monotonic()
        if not self.is_now:
            coming = asyncio.get_running_loop().create_future()
            self._waiting.append(coming)
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await coming
        return Aside(self, patience - (time.monotonic() - begun))


class Aside:
    """One look's stepping aside."""

    def __init__(self, calm: Calm, patience: float = _PATIENCE) -> None:
        self._calm = calm
        self._left = patience

    def step(self) -> None:
        """Let go first what is urgent."""
        if self._left <= 0 or self._calm.is_now:
            return
        begun = time.monotonic()
        self._calm.came(self._left)
        self._left -= time.monotonic() - begun

    def among(self, items: Iterable[T]) -> Iterator[T]:
        """Yield each of many, and step aside every so often."""
        for n, one in enumerate(items):
            if n % _MANY == 0:
                self.step()
            yield one

    @contextmanager
    def within(self, driver: Any) -> Generator[None]:
        """Have SQLite step aside in the middle of a long statement too: it would keep a core busy."""
        pauses = hasattr(driver, "set_progress_handler")
        if pauses:
            driver.set_progress_handler(self.step, _STEPS)
        try:
            yield
        finally:
            if pauses:
                driver.set_progress_handler(None, 0)
