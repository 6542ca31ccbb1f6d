"""Join decisions: how long from event to answer, and how many a second, beside a bare bot that says yes.

Every verdict of ours is in the database before QQ hears of it. `python -m bench.joins [REPEATS] [URL]`.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench import company
from bench.bare import TOKEN
from bench.bots import Bot, bare, ours
from bench.company import Size
from bench.figures import Figure, show
from bench.qq import Account, group_id

GROUPS = 500
PEOPLE = 10_000
RATE = 50
SIZE = Size(PEOPLE, GROUPS, bound=0)


class Requests:
    """Asks to join, each from another person."""

    def __init__(self) -> None:
        self._next = 0

    def one(self) -> tuple[str, str]:
        """Return the flag and the frame of the next request."""
        n = self._next
        self._next += 1
        group, user = group_id(n % GROUPS), company.qq_of(n)
        flag = f"{group}:{user}"
        frame = Account.event(
            "request", request_type="group", sub_type="add", group_id=group, user_id=user, flag=flag,
            comment=company.comment_of(n % PEOPLE),
        )  # fmt: skip
        return flag, frame


async def one_by_one(account: Account, requests: Requests, count: int) -> list[float]:
    """Ask, wait for the answer, ask again; return each delay in seconds."""
    found: list[float] = []
    for _ in range(count):
        flag, frame = requests.one()
        begun = time.perf_counter()
        await account.send(frame)
        found.append(await account.answer_to(flag) - begun)
        await asyncio.sleep(0.1)
    return found


async def steadily(account: Account, requests: Requests, seconds: float) -> list[float]:
    """Ask `RATE` times a second; return each delay in seconds."""
    asked: dict[str, float] = {}
    begun = time.perf_counter()
    for n in range(round(seconds * RATE)):
        await asyncio.sleep(max(0.0, begun + n / RATE - time.perf_counter()))
        flag, frame = requests.one()
        asked[flag] = time.perf_counter()
        await account.send(frame)
    return [await account.answer_to(flag) - at for flag, at in asked.items()]


async def at_once(account: Account, requests: Requests, count: int) -> float:
    """Ask all at once; return how many answers a second came."""
    made = [requests.one() for _ in range(count)]
    begun = time.perf_counter()
    await account.send_all(frame for _, frame in made)
    last = max([await account.answer_to(flag) for flag, _ in made])
    return count / (last - begun)


def lists() -> dict[int, list[dict[str, object]]]:
    """Return the groups: nobody in yet but the owner and us."""
    return company.member_lists(SIZE)


async def round_of(bot: Bot, *, count: int, seconds: float) -> dict[str, float]:
    """Measure one bot once."""
    requests = Requests()
    async with Account(bot.url, TOKEN, lists()) as account:
        await bot.quiet()
        await one_by_one(account, requests, 30)
        alone = await one_by_one(account, requests, 100)
        await bot.quiet()
        steady = await steadily(account, requests, seconds)
        await bot.quiet()
        throughput = await at_once(account, requests, count)
    return {
        "p50": statistics.median(alone) * 1000,
        "p50 at 50/s": statistics.median(steady) * 1000,
        "p99 at 50/s": sorted(steady)[int(len(steady) * 0.99) - 1] * 1000,
        "throughput": throughput,
    }


async def measure_async(repeats: int, url: str | None = None) -> list[Figure]:
    """Measure both bots in turn, `repeats` times."""
    mine: list[dict[str, float]] = []
    base: list[dict[str, float]] = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            address = url or f"sqlite+aiosqlite:///{folder / 'bench.db'}"
            await company.write(address, SIZE)
            async with ours(folder, address) as bot:
                mine.append(await round_of(bot, count=600, seconds=10))
            async with bare("approve", folder) as bot:
                base.append(await round_of(bot, count=600, seconds=10))
        sys.stderr.write(f"{mine[-1]} {base[-1]}\n")
    return [
        Figure(
            f"join decisions: {name}",
            "1/s" if name == "throughput" else "ms",
            tuple(one[name] for one in mine),
            tuple(one[name] for one in base),
            {"p50": "≤ 3×", "p99 at 50/s": "≤ 50 ms", "throughput": "≥ 0.5×"}.get(name, ""),
        )
        for name in mine[0]
    ]


def measure(repeats: int = 5) -> list[Figure]:
    """Measure with SQLite."""
    return asyncio.run(measure_async(repeats))


if __name__ == "__main__":
    given = [*sys.argv[1:], "3", ""]
    show(asyncio.run(measure_async(int(given[0]), given[1] if len(sys.argv) > 2 else None)))
