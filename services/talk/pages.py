"""Lists, a page at a time; and `下一页`: how each asker's last list goes on, in memory, for a while."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from config.phrases import reports as say
from services.app import App

MINUTES = 30
_MOST = 1000
More = Callable[[], Awaitable[str]]
Row = TypeVar("Row")


class _Stored(Protocol):
    @property
    def id(self) -> int: ...


Stored = TypeVar("Stored", bound=_Stored)


def cut(found: Sequence[Stored], size: int) -> tuple[Sequence[Stored], int | None]:
    """Return a page of rows of which one more was asked for, and what the next begins under: None, none."""
    return found[:size], found[size - 1].id if len(found) > size else None


def nth(rows: Sequence[Row], number: int, size: int) -> tuple[Sequence[Row], int, int]:
    """Return a page of rows, its number and how many pages there are; beyond the last is the last."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(number, 1), pages)
    return rows[(number - 1) * size : number * size], number, pages


def where(number: int, pages: int, command: str) -> str:
    """Return which page of how many this is, and how to ask for the next; "" where it is the only one."""
    if pages < 2:
        return ""
    turn = say.LIST_TURN.format(command=command, next=number + 1) if number < pages else ""
    return say.LIST_PAGE.format(page=number, pages=pages) + turn


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
