"""When the bot may sleep: a poll of every second costs a year 31 million looks at nothing.

While nothing happens and nothing is due in the database, no poll of the bot's comes to its end. Whatever
happens on the wire, is due, or is done by people stirs it; then every poll runs at its own pace again, until
it has been quiet for some seconds.
"""

import asyncio
from collections.abc import Callable

QUIET_SECONDS = 0.4
# What is due and doesn't get done (paused, outside working hours, offline) is looked at ever more seldom:
# so many looks without progress, so many seconds to the next one.
_PATIENCE = ((30, 1.0), (40, 20.0), (50, 180.0), (10**9, 1800.0))


class Rest:
    """`due()`: in how many seconds something is due in the bot's database, and how much waits there."""

    def __init__(self, due: Callable[[], tuple[float, int]]) -> None:
        self._due = due
        self._until = self._clock_until = 0.0
        self._stirred = asyncio.Event()

    def stir(self, seconds: float = QUIET_SECONDS) -> None:
        """Let the bot be awake for some seconds from now."""
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)
        self._stirred.set()

    def strike(self, seconds: float = QUIET_SECONDS) -> None:
        """Let the bot be awake, and mind what only the clock calls for."""
        self._clock_until = max(self._clock_until, asyncio.get_running_loop().time() + seconds)
        self.stir(seconds)

    @property
    def minds_clock(self) -> bool:
        """Tell whether jobs that only the clock calls for run now."""
        return asyncio.get_running_loop().time() < self._clock_until

    def traffic(self) -> None:
        """A frame went over the wire."""
        self.stir()

    @property
    def asleep(self) -> bool:
        """Tell whether no poll may come to its end now."""
        return asyncio.get_running_loop().time() >= self._until

    async def within(self, event: asyncio.Event, seconds: float) -> bool:
        """Stand in for `plugins.gateway.cancellation.within`: wait for an event, `seconds` or longer."""
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            while self.asleep and not event.is_set():
                self._stirred.clear()
                waiting = [asyncio.ensure_future(one.wait()) for one in (event, self._stirred)]
                try:
                    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for one in waiting:
                        one.cancel()
        return event.is_set()

    async def conduct(self) -> None:
        """Wake the bot when something is due."""
        loop, looks, waited = asyncio.get_running_loop(), 0, 0
        while True:
            if not self.asleep:
                await asyncio.sleep(self._until - loop.time() + 0.001)
                continue
            due, waiting = self._due()
            looks = looks + 1 if due <= 0 and waiting == waited else 0
            waited = waiting
            if due <= 0:
                due = next(seconds for most, seconds in _PATIENCE if looks < most)
            self._stirred.clear()
            try:
                async with asyncio.timeout(due + 0.01):
                    await self._stirred.wait()
            except TimeoutError:
                self.stir(0.4)
