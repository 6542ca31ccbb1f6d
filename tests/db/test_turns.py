"""Who writes next."""

import asyncio

from db.scheduling.turns import Turns


async def order_of(*asked: tuple[str, bool], cancelled: str = "") -> list[str]:
    """Return in which order these get their turn, who all ask while somebody (not urgent) has theirs."""
    turns, done = Turns(), list[str]()

    async def take(name: str, urgent: bool) -> None:
        async with turns.turn(urgent=urgent):
            done.append(name)
            await asyncio.sleep(0)

    async with turns.turn():
        tasks = {name: asyncio.create_task(take(name, urgent)) for name, urgent in asked}
        await asyncio.sleep(0)
        if cancelled:
            tasks[cancelled].cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    return done


async def test_who_is_urgent_goes_before_all_who_wait() -> None:
    assert await order_of(("a", False), ("b", False), ("u", True)) == ["u", "a", "b"]


async def test_nobody_is_kept_waiting_for_ever_by_who_is_urgent() -> None:
    assert await order_of(("a", False), ("u", True), ("v", True), ("b", False)) == ["u", "a", "v", "b"]


async def test_a_turn_that_nobody_wants_any_more_is_passed_on() -> None:
    assert await order_of(("a", False), ("b", False), ("c", False), cancelled="a") == ["b", "c"]


async def test_a_turn_that_comes_as_it_is_cancelled_is_passed_on() -> None:
    turns = Turns()

    async def take() -> None:
        async with turns.turn():
            raise AssertionError("it was cancelled")

    async with turns.turn():
        waiting = asyncio.create_task(take())
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    async with asyncio.timeout(5), turns.turn():
        pass
