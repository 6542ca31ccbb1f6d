"""Requests to join as the bench asks them: one by one, at a steady rate, all at once."""

import asyncio
import time

from bench.scene import company
from bench.scene.qq import Account, group_id

GROUPS = 500
PEOPLE = 10_000


class Requests:
    """Asks to join, each from another person; only groups and people `first`, `first + step` …"""

    def __init__(self, first: int = 0, step: int = 1) -> None:
        self._next, self._step = first, step

    def one(self, account: Account) -> tuple[str, str]:
        """Return the flag and the frame of the next request, as that account hears of it."""
        n = self._next
        self._next += self._step
        group, user = group_id(n % GROUPS), company.qq_of(n)
        flag = f"{group}:{user}"
        frame = account.event(
            "request", request_type="group", sub_type="add", group_id=group, user_id=user, flag=flag,
            comment=company.comment_of(n % PEOPLE),
        )  # fmt: skip
        return flag, frame


async def one_by_one(account: Account, requests: Requests, count: int) -> list[float]:
    """Ask, wait for the answer, ask again; return each delay in seconds."""
    found: list[float] = []
    for _ in range(count):
        flag, frame = requests.one(account)
        begun = time.perf_counter()
        await account.send(frame)
        found.append(await account.answer_to(flag) - begun)
        await asyncio.sleep(0.1)
    return found


async def steadily(account: Account, requests: Requests, seconds: float, rate: int) -> list[float]:
    """Ask `rate` times a second; return each delay in seconds."""
    asked: dict[str, float] = {}
    begun = time.perf_counter()
    for n in range(round(seconds * rate)):
        await asyncio.sleep(max(0.0, begun + n / rate - time.perf_counter()))
        flag, frame = requests.one(account)
        asked[flag] = time.perf_counter()
        await account.send(frame)
    return [await account.answer_to(flag) - at for flag, at in asked.items()]


async def at_once(account: Account, requests: Requests, count: int) -> float:
    """Ask all at once; return how many answers a second came."""
    made = [requests.one(account) for _ in range(count)]
    begun = time.perf_counter()
    await account.send_all(frame for _, frame in made)
    last = max([await account.answer_to(flag) for flag, _ in made])
    return count / (last - begun)
