"""Start and idle memory, beside a bare bot; and what sources of the registry add where they are set."""

import asyncio
import tempfile
from pathlib import Path

from bench.page.figures import Figure
from bench.scene.bots import POLICY, Bot, bare, ours
from bench.scene.company import Size, write

_SOURCES = '[sources.scim]\nenabled = true\n[sources.folder]\npath = "{folder}"\n'
# Seconds to listening, and MiB at rest.
_Seen = tuple[float, float]


async def measure_async(repeats: int) -> list[Figure]:
    """Start all of them in turn, ours on a database that is up to date."""
    rows: list[tuple[_Seen, _Seen, _Seen]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "hr").mkdir()
        url = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
        await write(url, Size(people=100, groups=0))
        fed = POLICY + _SOURCES.format(folder=folder / "hr")
        for _ in range(repeats + 1):
            async with bare("message", folder) as bot:
                base = bot.seconds_to_listen, bot.rss()
            async with ours(folder, url) as bot:
                mine = await _at_rest(bot)
            async with ours(folder, url, fed) as bot:
                rows.append((base, mine, await _at_rest(bot)))
    # The first start fills the page cache and writes what Python compiles.
    base, mine, more = zip(*rows[1:], strict=True)
    return [
        _figure("start to listening", "s", 0, mine, base, "≤ 3×"),
        _figure("idle memory", "MiB", 1, mine, base),
        _figure("start with folder and SCIM as sources, beside without", "s", 0, more, mine),
        _figure("idle memory with folder and SCIM as sources, beside without", "MiB", 1, more, mine),
    ]


async def _at_rest(bot: Bot) -> _Seen:
    await bot.quiet()
    return bot.seconds_to_listen, bot.rss()


def _figure(
    name: str, unit: str, at: int, mine: tuple[_Seen, ...], base: tuple[_Seen, ...], bound: str = ""
) -> Figure:
    return Figure(name, unit, tuple(one[at] for one in mine), tuple(one[at] for one in base), bound)


def measure(repeats: int) -> list[Figure]:
    """Measure."""
    return asyncio.run(measure_async(repeats))
