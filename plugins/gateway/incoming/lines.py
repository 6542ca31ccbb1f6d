"""Lines in which events wait for their turn: each kind has its own, with a bound on what is under way and
what waits. So no kind holds up another, and none fills the memory; what finds its line full is shed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nonebot.log import logger

from services.metrics import Tally

Event = dict[str, Any]
# Longer than any act takes that is still under way: uploading a file has two minutes.
PATIENCE = 300.0


class Kind(StrEnum):
    """What an event is to us that waits for its turn; talk never does, see `talk`."""

    REQUEST = "request"
    NOTICE = "notice"
    COMMAND = "command"
    FILE = "file"
    META = "meta"


@dataclass(frozen=True, slots=True)
class Bound:
    """How many events of a kind are handled at once, and how many may wait for that."""

    at_once: int
    waiting: int


BOUNDS: Mapping[Kind, Bound] = {
    # Decided together in rounds: the more at once, the less each costs.
    Kind.REQUEST: Bound(100, 2000),
    Kind.NOTICE: Bound(20, 2000),
    # Answers leave three a second: what waits longer than some twenty nobody waits for.
    Kind.COMMAND: Bound(10, 60),
    # Each may be as large as a roster gets.
    Kind.FILE: Bound(1, 20),
    Kind.META: Bound(2, 20),
}


def kind_of(data: Mapping[str, Any]) -> Kind | None:
    """Return in which line an event waits; None where nobody handles it."""
    if data["post_type"] == "message":
        return Kind.FILE if data.get("message_type") == "private" and _has_file(data) else Kind.COMMAND
    if data["post_type"] == "notice" and data.get("notice_type") == "offline_file":
        return Kind.FILE
    return {"request": Kind.REQUEST, "notice": Kind.NOTICE, "meta_event": Kind.META}.get(data["post_type"])


def _has_file(data: Mapping[str, Any]) -> bool:
    message = data["message"]
    if isinstance(message, str):
        return "[CQ:file," in message
    return any(one["type"] == "file" for one in message)


class Lines:
    """The lines of one connection. `handle` does one event; `shed` is told what found no room.

    Tasks are kept in `tasks`, which are more than ours: whoever ends the process ends them.
    """

    def __init__(
        self,
        handle: Callable[[Event], Awaitable[None]],
        shed: Callable[[Kind, Event], None],
        tasks: set["asyncio.Task[Any]"],
        tally: Tally,
    ) -> None:
        self._handle = handle
        self._shed = shed
        self._tasks = tasks
        self._tally = tally
        self._under_way = dict.fromkeys(Kind, 0)
        self._waiting: dict[Kind, deque[Event]] = {kind: deque() for kind in Kind}

    def put(self, kind: Kind, event: Event) -> None:
        """Take an event in: handled now, later, or shed."""
        bound, waiting = BOUNDS[kind], self._waiting[kind]
        if self._under_way[kind] < bound.at_once:
            self._begin(kind, event)
        elif len(waiting) < bound.waiting:
            waiting.append(event)
        else:
            self._shed(kind, event)
            return
        self._tally.under_way += 1

    def _begin(self, kind: Kind, event: Event) -> None:
        self._under_way[kind] += 1
        task = asyncio.create_task(self._do(event))
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._done(kind, done))

    async def _do(self, event: Event) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._handle(event)

    def _done(self, kind: Kind, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._under_way[kind] -= 1
        self._tally.under_way -= 1
        if task.cancelled():
            # Only the end of the process cancels.
            return
        if (error := task.exception()) is not None:
            logger.opt(exception=error).error(f"handling an event failed: {type(error).__name__}")
        if self._waiting[kind]:
            self._begin(kind, self._waiting[kind].popleft())
