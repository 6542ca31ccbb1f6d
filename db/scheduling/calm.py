"""Who only looks steps aside while somebody in QQ waits: threads share one interpreter, and it serves one."""

import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

# So long a look waits in all: a wave of requests makes pages slow, but not endless.
_PATIENCE = 0.1
# So many rows of a list are made between two steps: a fifth of a millisecond's work.
_MANY = 64
T = TypeVar("T")


class Calm:
    """Whether nothing urgent is under way. The event loop says so; threads wait for it."""

    def __init__(self) -> None:
        self._under_way = 0
        self._calm = threading.Event()
        self._calm.set()

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

    @property
    def is_now(self) -> bool:
        """Tell whether there is nothing urgent."""
        return self._calm.is_set()

    def came(self, seconds: float) -> bool:
        """Wait for it, so long at most; return whether it came."""
        return self._calm.wait(seconds)


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
