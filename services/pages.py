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
    app: App
    more: More
    until: datetime


_kept: dict[int, _Kept] = {}


def remember(app: App, asker: int, more: More) -> None:
    """Keep what gives this asker's next page."""
    if len(_kept) >= _MOST:
        now = app.now()
        for key in [key for key, one in _kept.items() if one.until <= now]:
            del _kept[key]
    _kept[asker] = _Kept(app, more, app.now() + timedelta(minutes=MINUTES))


def forget(asker: int) -> None:
    """The list is at its end."""
    _kept.pop(asker, None)


async def following(app: App, asker: int) -> str | None:
    """Return this asker's next page, or None when there is none (any more)."""
    kept = _kept.pop(asker, None)
    if kept is None or kept.app is not app or kept.until <= app.now():
        return None
    return await kept.more()


def paged(app: App, asker: int, lines: list[str], size: int, foot: str) -> str:
    """Return the first `size` lines of a finished list; `下一页` gives the others. `foot` ends each page."""
    if len(lines) <= size:
        forget(asker)
        return "\n".join(lines)
    rest = lines[size:]

    async def more() -> str:
        return paged(app, asker, rest, size, foot)

    remember(app, asker, more)
    return "\n".join([*lines[:size], foot])
