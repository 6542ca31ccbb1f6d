"""What a handler raises stays inside, and is logged."""

import pytest
from nonebot.log import logger

from plugins.edge import guarded


async def test_a_mistake_is_logged_with_its_type_and_ends_there() -> None:
    lines: list[str] = []
    sink = logger.add(lambda message: lines.append(str(message)), format="{message}")

    @guarded
    async def takes_a_message() -> str:
        raise LookupError("no such thing")

    try:
        assert await takes_a_message() is None
    finally:
        logger.remove(sink)
    assert "takes_a_message failed: LookupError" in lines[0]


async def test_what_it_returns_and_a_cancellation_pass_through() -> None:
    @guarded
    async def answers(n: int) -> int:
        if n < 0:
            raise KeyboardInterrupt
        return n + 1

    assert await answers(1) == 2
    with pytest.raises(KeyboardInterrupt):
        await answers(-1)
