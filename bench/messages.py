"""What an ordinary group message costs: CPU of the bot's process, beside a NoneBot bot that does nothing.

An unchanged right card, 500 groups, 100,000 members known.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bench.page.figures import Figure
from bench.scene import company
from bench.scene.bare import TOKEN
from bench.scene.bots import Bot, bare, ours
from bench.scene.company import Size
from bench.scene.qq import Account, group_id

SIZE = Size(people=100_000, groups=500, per_group=200)
MESSAGES = 1500
# No flood: each message is to be alone, as most are.
RATE = 300
# The other bot's CPU doesn't depend on who is in the groups: it never asks.
EMPTY = Size(people=1, groups=1)


def frames(account: Account) -> Iterator[str]:
    """Yield messages from one member after the other, over all groups."""
    for n in itertools.count():
        group, i = n % SIZE.groups, n // SIZE.groups % SIZE.per_group
        person = group * SIZE.per_group + i
        sender = {
            "user_id": company.qq_of(person), "nickname": f"u{person}", "card": company.card_of(person),
            "sex": "unknown", "age": 0, "area": "", "level": "1", "role": "member", "title": "",
        }  # fmt: skip
        yield account.event(
            "message", message_type="group", sub_type="normal", message_id=n, group_id=group_id(group),
            user_id=company.qq_of(person), anonymous=None, raw_message="大家下午好，周报发群里了", font=0,
            message=[{"type": "text", "data": {"text": "大家下午好，周报发群里了"}}], sender=sender,
        )  # fmt: skip


async def cost(bot: Bot, account: Account, made: Iterator[str]) -> float:
    """Return the CPU of one message, in µs, with all that its process does meanwhile."""
    before = await bot.quiet()
    begun = time.perf_counter()
    for n, frame in enumerate(itertools.islice(made, MESSAGES)):
        await asyncio.sleep(max(0.0, begun + n / RATE - time.perf_counter()))
        await account.send(frame)
    return (await bot.quiet() - before) / MESSAGES * 1e6


async def measure_bot(
    make: AbstractAsyncContextManager[Bot], size: Size, repeats: int
) -> tuple[list[float], float]:
    """Return the cost of a message, `repeats` times, and the memory at the end (MiB)."""
    lists = company.member_lists(size)
    async with make as bot, Account(bot.url, TOKEN, lists) as account:
        made = frames(account)
        await cost(bot, account, made)
        found = [await cost(bot, account, made) for _ in range(repeats)]
        return found, bot.rss()


async def measure_async(repeats: int) -> list[Figure]:
    """Measure ours between two runs of the baseline."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        await company.write(url, SIZE)
        half = repeats // 2
        base, held = await measure_bot(bare("message", folder), EMPTY, half)
        mine, memory = await measure_bot(ours(folder, url), SIZE, repeats)
        base += (await measure_bot(bare("message", folder), EMPTY, repeats - half))[0]
    return [
        Figure("message: ours against one empty on_message", "µs CPU", tuple(mine), tuple(base), "≤ 0.66×"),
        Figure("loaded memory: 100,000 people, 500 groups", "MiB", (memory,), (held,)),
    ]


def measure(repeats: int) -> list[Figure]:
    """Measure."""
    return asyncio.run(measure_async(repeats))
