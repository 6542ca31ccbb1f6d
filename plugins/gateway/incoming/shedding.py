"""Events for which there was no room: made good where they can be, and said once the burst is over."""

import asyncio
from collections import Counter
from typing import Any

from nonebot.log import logger

from config.phrases import gateway as say
from plugins.fields import number
from plugins.gateway.incoming.lines import Event, Kind
from services.app import App
from services.watching import alerts, members

QUIET_SECONDS = 3.0
# More groups than any account can be in.
MOST_GROUPS = 10_000


class Shedding:
    """What was shed in this process since it was last said."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._shed: Counter[Kind] = Counter()
        self._groups: set[int] = set()
        self._telling: asyncio.Task[None] | None = None

    def shed(self, kind: Kind, event: Event) -> None:
        """Count an event that nothing is done about; have looked up later what it would have told."""
        self._shed[kind] += 1
        self._app.tally.drop(f"shed_{kind}")
        if kind is Kind.REQUEST:
            # The list of waiting requests has it, too.
            self._app.hastened.add("requests")
            self._app.work_news.set()
        elif kind is Kind.NOTICE and len(self._groups) < MOST_GROUPS:
            self._groups.add(number(event.get("group_id")) or 0)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def stop(self) -> None:
        """Say no more."""
        if self._telling is not None:
            self._telling.cancel()

    async def _tell(self) -> None:
        while self._shed:
            await asyncio.sleep(QUIET_SECONDS)
            told, groups = self._shed, self._groups - {0}
            self._shed, self._groups = Counter(), set()
            try:
                await self._make_good(told, groups)
            except Exception as error:  # a task's edge: what was shed is in the log in any case
                logger.opt(exception=error).error(f"after shedding: {type(error).__name__}")

    async def _make_good(self, told: "Counter[Kind]", groups: set[int]) -> None:
        logger.warning("no room for " + ", ".join(f"{count} × {kind}" for kind, count in told.items()))
        for group_id in sorted(groups):
            await members.look_soon(self._app, group_id)
        if words := in_words(told):
            await alerts.tell(self._app, words, key="shed")


def in_words(told: "Counter[Any]") -> str:
    """Return what admin staff are told of these; '' where none of them is lost to anybody."""
    parts = [say.SHED_KINDS[kind].format(n=count) for kind, count in told.items() if kind in say.SHED_KINDS]
    return say.SHED.format(what="、".join(parts)) if parts else ""
