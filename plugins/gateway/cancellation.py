"""Waiting that can always be cancelled: Python 3.11's `asyncio.wait_for` may swallow a cancellation
that arrives together with what it waits for, and a loop around it then runs for ever.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

PATIENCE = 1.0


async def within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, `seconds` at most; return whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


async def end_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended; one that swallows it is cancelled again, then left."""
    for _ in range(3):
        running = {task for task in tasks if not task.done()}
        if not running:
            return
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=PATIENCE / 3)
