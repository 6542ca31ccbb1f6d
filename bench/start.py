"""Start and idle memory, beside a bare NoneBot bot. `python -m bench.start [REPEATS]`"""

import asyncio
import sys
import tempfile
from pathlib import Path

from bench.bots import bare, ours
from bench.company import Size, write
from bench.figures import Figure, show


async def measure_async(repeats: int) -> list[Figure]:
    """Start both in turn, ours on a database that is up to date."""
    seconds: list[tuple[float, float]] = []
    memory: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        await write(url, Size(people=100, groups=0))
        for _ in range(repeats + 1):
            async with bare("message", folder) as base:
                before, held = base.seconds_to_listen, base.rss()
            async with ours(folder, url) as bot:
                await bot.quiet()
                seconds.append((bot.seconds_to_listen, before))
                memory.append((bot.rss(), held))
    # The first start fills the page cache and writes what Python compiles.
    return [
        Figure("start to listening", "s", *_columns(seconds[1:]), "≤ 3×"),
        Figure("idle memory", "MiB", *_columns(memory[1:])),
    ]


def _columns(pairs: list[tuple[float, float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return tuple(mine for mine, _ in pairs), tuple(base for _, base in pairs)


def measure(repeats: int = 5) -> list[Figure]:
    """Measure."""
    return asyncio.run(measure_async(repeats))


if __name__ == "__main__":
    show(measure(int((sys.argv[1:] or ["5"])[0])))
