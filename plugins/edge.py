"""Where a handler ends and NoneBot begins: a mistake of ours is logged here, and nowhere else.

Requests and notices don't go through NoneBot at all: `Takers` says who has them (docs/decisions/0015).

NoneBot writes lines about every event it handles, which nobody may read (`config.logs`); so its
modules that do are silent, and what they would say of an exception is said here.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from nonebot import get_driver
from nonebot.drivers import Driver
from nonebot.log import logger

from plugins.fields import Fields
from services.app import App

P = ParamSpec("P")
R = TypeVar("R")
Taker = Callable[[App, int, Fields], Awaitable[None]]


class Takers(dict[str, Taker]):
    """The handlers that get events straight from the socket, by post type; the others go through NoneBot."""


def guarded(handler: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R | None]]:
    """Log what a handler raises, with its type and place; it then returns None."""

    @functools.wraps(handler)
    async def guard(*args: P.args, **kwargs: P.kwargs) -> R | None:
        try:
            return await handler(*args, **kwargs)
        except Exception as error:
            logger.opt(exception=error).error(f"{handler.__name__} failed: {type(error).__name__}")
            return None

    return guard


def running_driver() -> Driver | None:
    """Return NoneBot's driver; None where a plugin is imported without NoneBot (tests, tools)."""
    try:
        return get_driver()
    except ValueError:
        return None
