"""When the bot may sleep: a poll of every second costs a year 31 million looks at nothing.

While nothing happens and nothing is due in the database, no poll of the bot's comes to its end. Whatever
happens on the wire, is due, or is done by people stirs it; then every poll runs at its own pace again, until
it has been quiet for some seconds.
"""

import asyncio
from collections.abc import Callable

QUIET_SECONDS = 1.2
# What is due and doesn't get done (paused, outside working hours, offline) is looked at ever more seldom.
_PATIENCE = ((20.0, 1.0), (120.0, 20.0), (900.0, 180.0), (float("inf"), 1800.0))


class Rest:
    """`due()`: in how many seconds something is due in the bot's database."""

    def __init__(self, due: Callable[[], float]) -> None:
        self._due = due
        self._until = 0.0
        self._traffic = 0.0
        self._stirred = asyncio.Event()

    def stir(self, seconds: float = QUIET_SECONDS) -> None:
        """Let the bot be awake for some seconds from now."""
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)
        self._stirred.set()

    def traffic(self) -> None:
        """A frame went over the wire."""
        self._traffic = asyncio.get_running_loop().time()
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
        loop = asyncio.get_running_loop()
        while True:
            if not self.asleep:
                await asyncio.sleep(self._until - loop.time() + 0.001)
                continue
            due = self._due()
            if due <= 0:
                idle = loop.time() - self._traffic
                due = next(seconds for patience, seconds in _PATIENCE if idle < patience)
            self._stirred.clear()
            try:
                async with asyncio.timeout(due + 0.01):
                    await self._stirred.wait()
            except TimeoutError:
                self.stir(1.2)
