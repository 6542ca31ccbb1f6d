"""The whole road of a wave of join requests: event, answer, who came in, the look that it holds, the card.

The bare bot walks it as far as it goes: it answers, and hears who came in.
"""

import asyncio
import time
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.engine import make_url

from bench.scene import company
from bench.scene.bare import TOKEN
from bench.scene.bots import POLICY, Bot, bare, ours
from bench.scene.company import Size
from bench.scene.qq import Account
from bench.scene.requests import Requests, at_once, steadily
from db.tables.groups import memberships
from db.tables.work import outbox

WAVE = 240
# Asked while what follows the wave is being done: they must not wait for it.
SECONDS, RATE = 5.0, 10
PATIENCE = 90.0
# Cards as fast as they go: QQ's own pace would be all that is measured.
POLICY_OF_ROAD = POLICY + "[pace]\ncard_seconds = 0.02\nverify_seconds = 1.0\n"
Numbers = dict[str, float]


async def our_road(folder: Path, url: str, size: Size) -> Numbers:
    """Walk it with our bot on a prepared SQLite database."""
    engine = create_engine(make_url(url).set(drivername="sqlite"))
    try:
        async with ours(folder, url, POLICY_OF_ROAD) as bot:
            return await _walk(bot, size, engine)
    finally:
        engine.dispose()


async def bare_road(folder: Path, size: Size) -> Numbers:
    """Walk it with the bot that says yes to everybody."""
    async with bare("approve", folder) as bot:
        return await _walk(bot, size, None)


async def _walk(bot: Bot, size: Size, engine: Engine | None) -> Numbers:
    requests = Requests()
    async with Account(bot.url, TOKEN, company.member_lists(size)) as account:
        await bot.quiet()
        begun = time.perf_counter()
        throughput = await at_once(account, requests, WAVE)
        meanwhile = await steadily(account, requests, SECONDS, RATE)
        found = {"throughput": throughput, "slowest asked meanwhile": max(meanwhile) * 1000}
        if engine is not None:
            found["left undone"] = await _end(engine, WAVE + len(meanwhile), begun + PATIENCE)
            found["all done and read back after"] = time.perf_counter() - begun
    return found


async def _end(engine: Engine, asked: int, until: float) -> int:
    """Wait until all that follows so many requests is done; return how much of it is not by then."""
    left = asked
    while left and time.perf_counter() < until:
        await asyncio.sleep(0.2)
        left = await asyncio.to_thread(_left, engine, asked)
    return left


def _left(engine: Engine, asked: int) -> int:
    """Return how many entries, answers and cards are not stored as done yet."""
    acts = ("answer_request", "set_card")
    inside = (memberships.c.user_id >= company.qq_of(0), memberships.c.gone_at.is_(None))
    with engine.connect() as connection:
        entered = connection.execute(select(func.count()).select_from(memberships).where(*inside))
        done = connection.execute(
            select(func.count()).where(outbox.c.state == "done", outbox.c.kind.in_(acts))
        )
        return 3 * asked - entered.scalar_one() - done.scalar_one()
