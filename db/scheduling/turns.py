"""Whose turn it is to write: one at a time, and who is urgent waits for one other at most."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turns:
    """Turns of one writer. Those who are urgent go first, but not twice in a row while others wait."""

    def __init__(self) -> None:
        self._taken = False
        self._was_urgent = False
        self._waiting: dict[bool, deque[asyncio.Future[None]]] = {True: deque(), False: deque()}

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False) -> AsyncGenerator[None]:
        """Wait for a turn; it ends with the block."""
        await self._take(urgent)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, urgent: bool) -> None:
        if not self._taken:
            self._taken, self._was_urgent = True, urgent
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[urgent].append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                # It came in the very moment of being cancelled.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        for urgent in (not self._was_urgent, self._was_urgent):
            while self._waiting[urgent]:
                following = self._waiting[urgent].popleft()
                if not following.done():
                    self._was_urgent = urgent
                    following.set_result(None)
                    return
        self._taken = False
