"""`下一页`: how each asker's last list goes on. In memory, forgotten after a while."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.app import App

MINUTES = 30
_MOST = 1000
More = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Kept:
    more: More
    until: datetime


class _Pages(dict[int, _Kept]):
    """What gives each asker's next page."""


def remember(app: App, asker: int, more: More) -> None:
    """Keep what gives this asker's next page."""
    kept, now = app.memory(_Pages), app.now()
    if len(kept) >= _MOST:
        for key in [key for key, one in kept.items() if one.until <= now]:
            del kept[key]
    kept[asker] = _Kept(more, now + timedelta(minutes=MINUTES))


def forget(app: App, asker: int) -> None:
    """The list is at its end."""
    app.memory(_Pages).pop(asker, None)


async def following(app: App, asker: int) -> str | None:
    """Return this asker's next page, or None when there is none (any more)."""
    kept = app.memory(_Pages).pop(asker, None)
    if kept is None or kept.until <= app.now():
        return None
    return await kept.more()


def paged(app: App, asker: int, lines: list[str], size: int, foot: str) -> str:
    """Return the first `size` lines of a finished list; `下一页` gives the others. `foot` ends each page."""
    if len(lines) <= size:
        forget(app, asker)
        return "\n".join(lines)
    rest = lines[size:]

    async def more() -> str:
        return paged(app, asker, rest, size, foot)

    remember(app, asker, more)
    return "\n".join([*lines[:size], foot])
