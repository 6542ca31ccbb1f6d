"""100,000 hostile frames at the real bot: does it live, forget nothing and keep nothing?

The frames are those of `simulator.hostile`; memory is compared after a first 5 %, in which what is made once
is made. At the end the account connects anew, and an honest request is asked.
"""

import re
import sys
import time
from pathlib import Path

from bench.page.figures import Figure, figures
from bench.scene.apart import repeated
from simulator import hostile
from tests.journeys import load
from tests.journeys.harness import BOSS, BOT, POLICY, Journey

FRAMES = 100_000
# A superuser, and a head who owns the group.
ENTITLED = (BOSS, 20001)
UNITS = {"frames a second": "1/s", "memory afterwards": "MiB", "served after connecting anew": "s"}
BOUNDS = {
    "memory afterwards": "≤ +20",
    "served after connecting anew": "≤ 20",
    "process alive": "1",
    "connection kept": "1",
}
_COMPLAINT = re.compile(r"\[ERROR\]|\[CRITICAL\]|Traceback")


async def torment(folder: Path, count: int = FRAMES) -> dict[str, float]:
    """Send the frames to a bot of its own, and ask an honest request afterwards."""
    one, two = load.newcomers(2)
    # Many of the frames are readable requests: the honest one shall not be held as one of a wave.
    policy = POLICY.replace("requests_seconds = 3", "requests_seconds = 3600")
    policy += "[join]\nwave_limit = 1000000\n"
    journey = Journey(folder, forked=False, policy=policy, environment={"LOG_LEVEL": "INFO"})
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
        told = await load.metrics(journey)
        assert journey.process is not None
        lines = journey.log.read_text("utf-8", "replace").splitlines()
        complaints = [line for line in lines if _COMPLAINT.search(line)]
        sys.stderr.writelines(f"{line[:300]}\n" for line in complaints[:20])
        return {
            "frames a second": count / took,
            "memory afterwards": load.memory(journey) - before,
            "served after connecting anew": wait,
            "process alive": journey.process.returncode is None,
            "connection kept": same,
            "frames that were nothing": told.get('qungui_dropped_total{reason="unreadable"}', 0.0),
            "errors in the log": len(complaints),
        }
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


def measure(repeats: int) -> list[Figure]:
    """Torment bots, one after the other."""
    return figures("hostile", repeated(torment, repeats), units=UNITS, bounds=BOUNDS)
