"""A long stretch of ordinary work in which everything goes wrong a little: is anything lost, wrong, or kept?

The real bot in a process of its own on SQLite, the simulator beside it: 50 messages and 5 join requests a
second, a departure every ten seconds, and one in a hundred calls and events struck by each kind of fault;
who was let in leaves again after a minute, so that the company stays as large as it is. Afterwards QQ's own
record is compared with what each request should have brought and with the database.

An answer that QQ would not take, however often it was tried, is handed to people, who are told: the
contract says so, and it is counted apart from what is lost.
"""

import asyncio
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from bench.page.figures import Figure, Numbers, figures
from bench.scene.apart import repeated
from bench.scene.askers import EXPECTED, Asker, askers, faults
from db.tables.identities import identities
from db.tables.requests import join_requests
from db.tables.work import outbox
from simulator.qq.traffic import flood
from tests.journeys import load
from tests.journeys.harness import BOSS, BOT, POLICY, Journey

SECONDS = 1800.0
MESSAGES, REQUESTS, FAULTS = 50, 5, 0.01
DEPARTURE_SECONDS = 10.0
SETTLE_SECONDS = 180.0
STAY_SECONDS = 60.0
WARM_SECONDS = 300.0
SOAK_POLICY = (
    POLICY.replace("kick_seconds = 0.05", "kick_seconds = 0.05\nkicks_per_day = 100000")
    + "[join]\nwave_limit = 1000000\n[safety]\nmax_removals = 100\nmax_removals_total = 100000\n"
)
UNITS = {"memory after the first minutes": "MiB", "memory growth after that": "MiB"}
BOUNDS = {"lost decisions": "0", "wrong acts": "0", "memory growth after that": "≤ 10"}


@dataclass
class Outcome:
    """What a soak gave. Memory in MiB, each with the second it was read at."""

    asked: int = 0
    said: int = 0
    lost: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    handed: list[str] = field(default_factory=list[str])
    unreadable: int = 0
    departed: int = 0
    struck: Counter[str] = field(default_factory=Counter[str])
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    connections: int = 0

    def numbers(self) -> Numbers:
        """Return its figures, by name."""
        return {
            "minutes": SECONDS / 60,
            "messages": self.said,
            "join requests": self.asked,
            "departures": self.departed,
            "connections made": self.connections,
            "held as unreadable (user 0)": self.unreadable,
            "handed to people": len(self.handed),
            "lost decisions": len(self.lost),
            "wrong acts": len(self.wrong),
            "memory after the first minutes": next(mib for at, mib in self.memory if at >= WARM_SECONDS),
            "memory growth after that": self.growth(WARM_SECONDS),
        }

    def growth(self, after: float) -> float:
        """Return by how much memory grew from second `after` to the end, as medians of a minute or so."""
        later = [mib for at, mib in self.memory if at >= after] or [0.0]
        span = max(1, len(later) // 10)
        return statistics.median(later[-span:]) - statistics.median(later[:span])


async def soak(folder: Path, seconds: float = SECONDS) -> Outcome:
    """Run the bot for so long and compare afterwards."""
    journey = Journey(folder, forked=False, policy=SOAK_POLICY, environment={"LOG_LEVEL": "INFO"})
    chance, outcome = random.Random(20261122), Outcome()
    people = askers(round(seconds * REQUESTS), chance)
    leavers = max(1, int(seconds / DEPARTURE_SECONDS))
    try:
        await load.company(journey, tuple(one.row for one in people if one.row), people=200 + leavers)
        account = await load.settled(journey)
        account.faults = faults(FAULTS)
        sampling = asyncio.create_task(_sample(journey, outcome))
        leaving = asyncio.create_task(_leave_again(journey, people))
        outcome.said, _, outcome.departed = await asyncio.gather(
            flood(journey.world, MESSAGES, seconds), _ask(journey, people), _depart(journey, leavers)
        )
        leaving.cancel()
        outcome.struck = Counter(type(fault).__name__ for _, fault in account.faults.struck)
        account.faults.clear()
        await _settle(journey, people, leavers)
        sampling.cancel()
        outcome.asked, outcome.connections = len(people), account.connections
        await _compare(journey, people, outcome)
    finally:
        await journey.close()
    return outcome


async def _sample(journey: Journey, outcome: Outcome) -> None:
    began = time.monotonic()
    while True:
        outcome.memory.append((time.monotonic() - began, load.memory(journey)))
        await asyncio.sleep(1.0)


async def _ask(journey: Journey, people: list[Asker]) -> None:
    began = time.monotonic()
    for n, one in enumerate(people):
        await asyncio.sleep(max(0.0, began + n / REQUESTS - time.monotonic()))
        one.request = await journey.world.ask_to_join(load.SALES, one.user_id, one.comment)


async def _leave_again(journey: Journey, people: list[Asker]) -> None:
    """Have whoever was let in leave of their own accord after a minute."""
    since: dict[int, float] = {}
    while True:
        now = time.monotonic()
        for one in people:
            if one.user_id not in since and journey.inside(load.SALES, one.user_id):
                since[one.user_id] = now
        for user_id in [who for who, at in since.items() if now - at > STAY_SECONDS]:
            if journey.inside(load.SALES, user_id):
                await journey.world.leave(load.SALES, user_id)
            since[user_id] = float("inf")
        await asyncio.sleep(1.0)


async def _depart(journey: Journey, count: int) -> int:
    """Have admin staff record departures in chat, again until the bot took it: its answer may be lost."""
    for n in range(count):
        began = time.monotonic()
        while not journey.said(f"M{n:05}", user_id=BOSS) and time.monotonic() - began < DEPARTURE_SECONDS:
            await journey.world.whisper(BOSS, BOT, f"离职 M{n:05}")
            await asyncio.sleep(2.0)
        await asyncio.sleep(max(0.0, began + DEPARTURE_SECONDS - time.monotonic()))
    return count


async def _settle(journey: Journey, people: list[Asker], leavers: int) -> None:
    """Wait until nothing is open any more, or patience ends: then what is open is lost."""

    async def done() -> bool:
        rows = await journey.rows(select(join_requests))
        told = {row.key for row in await journey.rows(select(outbox.c.key))}
        handed = {r.user_id for r in rows if r.state == "waiting" and f"answer_failed:{r.id}" in told}
        answered = all(
            one.request is not None
            and (
                one.request.verdict is not None
                or EXPECTED[one.kind] == "hold"
                or one.user_id in handed
                or _is_nobodys(one, rows)
            )
            for one in people
        )
        return answered and not any(journey.inside(load.SALES, 40_000 + n) for n in range(leavers))

    try:
        await journey.until(done, "all to be settled", SETTLE_SECONDS)
    except AssertionError:
        return


def _is_nobodys(one: Asker, rows: Iterable[Row[Any]]) -> bool:
    """Tell whether QQ said that nobody asks (user 0), so that the bot holds the request."""
    return any(r.user_id == 0 and one.request and str(one.request.sequence) in r.flag for r in rows)


async def _compare(journey: Journey, people: list[Asker], outcome: Outcome) -> None:
    stored = {row.flag: row for row in await journey.rows(select(join_requests))}
    by_user = {row.user_id: row for row in stored.values()}
    bound = {row.user_id for row in await journey.rows(select(identities.c.user_id))}
    told = {row.key for row in await journey.rows(select(outbox.c.key))}
    for one in people:
        wanted, row = EXPECTED[one.kind], by_user.get(one.user_id)
        given = one.request.verdict if one.request is not None else None
        if row is None:
            zero = _is_nobodys(one, stored.values())
            outcome.unreadable += zero
            if not zero:
                outcome.lost.append(f"{one.user_id} {one.kind}: no decision")
            elif given is not None:
                outcome.wrong.append(f"{one.user_id} {one.kind}: unreadable, yet {given}")
            continue
        if wanted == "hold" and row.state != "waiting":
            outcome.wrong.append(f"{one.user_id} {one.kind}: no longer waits, but is {row.state}")
        if row.verdict != wanted:
            outcome.wrong.append(f"{one.user_id} {one.kind}: decided {row.verdict} ({row.reason})")
        if row.verdict == "approve" and one.user_id not in bound:
            outcome.lost.append(f"{one.user_id} {one.kind}: verified, but not bound")
        if wanted != "hold" and given is None:
            handed = row.state == "waiting" and f"answer_failed:{row.id}" in told
            found = outcome.handed if handed else outcome.lost
            found.append(f"{one.user_id} {one.kind}: {row.state}, never answered in QQ")
        elif given not in (None, wanted) or (given is not None and wanted == "hold"):
            outcome.wrong.append(f"{one.user_id} {one.kind}: answered {given}")
    kicked = {h.user_id for h in journey.world.happened if h.kind == "kicked"}
    leaving = {40_000 + n for n in range(outcome.departed)}
    outcome.wrong += [f"{user_id} removed, who had not left" for user_id in sorted(kicked - leaving)]
    outcome.lost += [f"{user_id} not removed" for user_id in sorted(leaving - kicked)]


def measure(repeats: int) -> list[Figure]:
    """Soak for half an hour each, and say what is not as it should be."""
    found = repeated(soak, repeats)
    sys.stderr.writelines(f"{line}\n" for one in found for line in (*one.lost, *one.wrong, *one.handed))
    struck = sum((one.struck for one in found), Counter[str]())
    note = "struck by " + ", ".join(f"{n} {name}" for name, n in sorted(struck.items()))
    return figures("soak", [one.numbers() for one in found], units=UNITS, bounds=BOUNDS, note=note)
