"""Where a handler ends and NoneBot begins: a mistake of ours is logged here, and nowhere else.

NoneBot writes lines about every event it handles, which nobody may read (`config.logs`); so its
modules that do are silent, and what they would say of an exception is said here.
"""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from nonebot.log import logger

P = ParamSpec("P")
R = TypeVar("R")


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
