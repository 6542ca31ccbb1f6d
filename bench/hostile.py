"""100,000 hostile frames at the real bot: does it live, forget nothing and keep nothing?

Run with `uv run python -m bench.hostile [FRAMES]`. The frames are those of `simulator.hostile`; memory is
compared after a first 5 %, in which what is made once is made. At the end the account connects anew, and an
honest request is asked.
"""

import asyncio
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.page.figures import Figure, show
from simulator import hostile
from tests.journeys import load
from tests.journeys.harness import BOSS, BOT, POLICY, Journey

FRAMES = 100_000
# A superuser, and a head who owns the group.
ENTITLED = (BOSS, 20001)
_COMPLAINT = re.compile(r"\[ERROR\]|\[CRITICAL\]|Traceback")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What it gave: seconds for all frames, memory in MiB above the start, and whether all is well."""

    seconds: float
    memory: float
    wait: float
    alive: bool
    same_connection: bool
    unread: float
    complaints: tuple[str, ...]


async def torment(folder: Path, count: int, database_url: str = "") -> Outcome:
    """Send the frames to a bot of its own, and ask an honest request afterwards."""
    one, two = load.newcomers(2)
    # Many of the frames are readable requests: the honest one shall not be held as one of a wave.
    policy = POLICY.replace("requests_seconds = 3", "requests_seconds = 3600")
    policy += "[join]\nwave_limit = 1000000\n"
    journey = Journey(folder, database_url, forked=False, policy=policy, environment={"LOG_LEVEL": "INFO"})
    try:
        await load.company(journey, (one, two), people=50)
        account = await load.settled(journey)
        await load.answered_in(journey, load.SALES, 51_001, load.proof(one))
        await pour(journey, count // 20, seed=2)
        connections, before, began = account.connections, load.memory(journey), time.monotonic()
        await pour(journey, count, seed=1)
        took = time.monotonic() - began
        same, anew = account.connections == connections, time.monotonic()
        await account.drop()
        await journey.until(lambda: account.connections > connections, "the account to connect anew", 30)
        await load.answered_in(journey, load.SALES, 51_002, load.proof(two))
        wait = time.monotonic() - anew
        figures = await load.metrics(journey)
        assert journey.process is not None
        log = journey.log.read_text("utf-8", "replace")
        return Outcome(
            took,
            load.memory(journey) - before,
            wait,
            journey.process.returncode is None,
            same,
            figures.get('qungui_dropped_total{reason="unreadable"}', 0.0),
            tuple(line for line in log.splitlines() if _COMPLAINT.search(line)),
        )
    finally:
        await journey.close()


async def pour(journey: Journey, count: int, seed: int) -> None:
    """Send hostile frames as fast as the bot takes them, and wait until it is done with them."""
    account = journey.accounts[0]
    for number, frame in enumerate(hostile.frames(count, BOT, (load.SALES,), seed, ENTITLED)):
        if not account.push_raw(frame):
            await journey.until(account.connected.is_set, "the connection to come back", 30)
        if number % 200 == 0:
            await journey.until(lambda: account.unsent < 200, "the bot to keep up", 60)
    await load.barrier(journey)


def measure(repeats: int = 1, frames: int = FRAMES) -> list[Figure]:
    """Torment bots, one after the other."""
    return _figures([_one(frames) for _ in range(repeats)], frames)


def _one(frames: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(torment(Path(folder), frames))


def _figures(found: list[Outcome], frames: int) -> list[Figure]:
    return [
        Figure("hostile: frames a second", "1/s", tuple(frames / o.seconds for o in found)),
        Figure("hostile: memory afterwards", "MiB", tuple(o.memory for o in found), bound="≤ +20"),
        Figure("hostile: served after connecting anew", "s", tuple(o.wait for o in found), bound="≤ 20"),
        Figure("hostile: process alive", "", tuple(float(o.alive) for o in found), bound="1"),
        Figure("hostile: connection kept", "", tuple(float(o.same_connection) for o in found), bound="1"),
        Figure("hostile: frames that were nothing", "", tuple(o.unread for o in found)),
        Figure("hostile: errors in the log", "", tuple(float(len(o.complaints)) for o in found)),
    ]


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else FRAMES
    outcome = _one(asked)
    show(_figures([outcome], asked))
    sys.stdout.write("".join(f"{line[:300]}\n" for line in outcome.complaints[:20]))
