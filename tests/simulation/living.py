"""The simulation's company and oracle, lived in real time by three processes on one PostgreSQL.

`python -m tests.simulation.living [MINUTES] [SEED]`; needs `QUNGUI_TEST_POSTGRES`. An account each, a third of the
groups each; calls and lists lie, and now and then a process is killed with -9 and started again. What the
oracle finds is printed; what shows only after days (deadlines, settled groups) an hour doesn't show.
"""

import asyncio
import json
import logging
import os
import sys
import tempfile
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

from config.policy import load_policy
from regulation.deadlines import ZONE
from simulator import Implementation, Member
from tests.databases import address, new_database
from tests.journeys.harness import POLICY, Journey
from tests.simulation.acts import Acts
from tests.simulation.books import stamp
from tests.simulation.company import BOSS, BOT, BOTS, STAFF_GROUP, Company
from tests.simulation.history import History, Outcome, Watched
from tests.simulation.oracle import Oracle
from tests.simulation.process import Clock
from tests.simulation.rest import Rest
from tests.simulation.story import DAY, Step, Story, draw
from tests.simulation.trouble import Trouble

# What needs days, the files of one process or its clock has no place in an hour of three.
LEFT_OUT = {
    "rename_department",
    "restart",
    "offline",
    "clock",
    "pause",
    "mode",
    "bad_roster",
    "false_card",
    "figures",
}
DAYS, PEOPLE, GROUPS, JUDGED_EVERY = 10, 60, 12, 60.0


class Postgres:
    """The bots' database as the oracle reads it: every value as SQLite would give it."""

    def __init__(self, url: URL) -> None:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True, options="-c timezone=UTC")

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        """Return what a statement finds."""
        found = self._connection.execute(statement.replace("?", "%s").encode(), values)
        return [tuple(map(_plain, row)) for row in found.fetchall()]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


class Living(History):
    """A history whose bots are processes, and whose time is ours."""

    def __init__(self, story: Story, folder: Path, url: URL) -> None:
        self.over, self.story, self._url = False, story, url
        self._enough = lambda kind: False
        self._later: dict[asyncio.Task[None], None] = {}
        self.outcome = Outcome(story)
        loop = asyncio.get_running_loop()
        self.start = datetime.now(ZONE)
        self.clock = Clock(loop, self.start - timedelta(seconds=loop.time()))
        self.rest = Rest(lambda: (DAY, 0))
        self.company = Company(
            story.seed, story.people, story.groups, (self.start - timedelta(days=400)).date()
        )
        self.world = Watched()
        self.faults = Trouble(self)
        who = {"SUPERUSERS": f'["{BOSS}"]', "ADMIN_GROUP": str(STAFF_GROUP), "LOG_LEVEL": "INFO"}
        self.bots: dict[int, Journey] = {}
        for account in sorted(BOTS):
            (folder / str(account)).mkdir()
            self.bots[account] = Journey(
                folder / str(account),
                address(url),
                policy=POLICY,
                environment=who,
                world=self.world,
                forked=False,
            )
        first = self.bots[BOT]
        first.settings()
        self.policy = load_policy(first.folder / "regulation.toml")
        self.policies = [(self.start - timedelta(days=1), self.policy)]
        self.process = None

    def books(self) -> Postgres:  # type: ignore[override]
        """Return the bots' database, opened for the oracle."""
        return Postgres(self._url)

    async def open(self) -> None:
        """Start the bots, one after the other: the first makes the tables; let everybody in."""
        for account, bot in self.bots.items():
            await bot.start()
            if account == BOT:
                self.oracle = self.world.oracle = Oracle(self)
                self._found()
                self._share_groups()
            connected = await bot.connect(account, "napcat", faults=self.faults, reconnect_seconds=0.3)
            if account == BOT:
                self.account = connected  # type: ignore[assignment]
        self.oracle.connected(True)

    def _share_groups(self) -> None:
        for n, group in enumerate(self.world.groups.values()):
            account = sorted(BOTS)[n % len(BOTS)] if group.group_id != STAFF_GROUP else BOT
            if account != BOT:
                del group.members[BOT]
                group.members[account] = Member(account, "群规", role="admin")

    def wake_later(self) -> None:
        """Do nothing: these bots never sleep."""

    async def kill(self, n: int) -> None:
        """Kill a process with -9 and start it again soon."""
        bot = list(self.bots.values())[n % len(self.bots)]
        self.tell(f"kill -9 {n % len(self.bots)}")
        self.oracle.connected(False)
        await bot.kill()
        await asyncio.sleep(3.0)
        await bot.start()
        for account in bot.accounts:
            await asyncio.wait_for(account.connected.wait(), 60)
        self.oracle.connected(True)

    async def drop(self, account: Implementation) -> None:
        """Break a connection; it comes back by itself."""
        self.oracle.connected(False)
        await account.drop()
        await asyncio.wait_for(account.connected.wait(), 60)
        self.oracle.connected(True)

    async def do(self, acts: Acts, step: Step) -> None:
        """Do one step, as three processes can have it."""
        if step.what == "crash":
            await self.kill(step.pick(0, 3))
        elif step.what == "gap":
            await self.drop(list(self.bots.values())[step.pick(0, 3)].accounts[0])
        else:
            await acts.do(step)

    async def live(self, seconds: float) -> None:
        """Live through all steps in so many seconds; then wait until everything has come to rest."""
        acts = Acts(self)
        await acts.begin()
        judging = asyncio.create_task(self._judge())
        began, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
        for step in self.story.steps:
            await asyncio.sleep(began + step.at / (DAYS * DAY) * seconds - loop.time())
            await self.do(acts, step)
        self.faults.clear()
        await asyncio.sleep(30.0)
        judging.cancel()
        self.oracle.end()

    async def _judge(self) -> None:
        while True:
            await asyncio.sleep(JUDGED_EVERY)
            self.oracle.judge()

    async def close(self) -> None:
        """Stop everything."""
        for task in tuple(self._later):
            task.cancel()
        for bot in self.bots.values():
            for account in bot.accounts:
                await account.stop()
            await bot.kill()
        await self.world.close()
        self.oracle.close()


async def _live(minutes: float, seed: int) -> Outcome:
    story = draw(seed, DAYS, PEOPLE, GROUPS, busy=minutes / 4)
    story = replace(story, steps=tuple(one for one in story.steps if one.what not in LEFT_OUT))
    with (
        tempfile.TemporaryDirectory() as name,
        new_database(
            make_url(os.environ["QUNGUI_TEST_POSTGRES"]), f"living_{uuid.uuid4().hex[:8]}", None
        ) as url,
    ):
        living = Living(story, Path(name), url)
        try:
            await living.open()
            await living.live(minutes * 60)
        finally:
            await living.close()
        wrong = ("ERROR", "Traceback")
        for bot in living.bots.values():
            for line in bot.log.read_text("utf-8", "replace").splitlines():
                if any(word in line for word in wrong):
                    living.wrong("error", line[:300])
        return living.outcome


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    minutes, seed = [*sys.argv[1:], "60", "1"][:2] if len(sys.argv) != 2 else (sys.argv[1], "1")
    lived = asyncio.run(_live(float(minutes), int(seed)))
    sys.stdout.write("\n".join([*lived.lines, *lived.faults, f"{len(lived.story.steps)} steps"]) + "\n")
    sys.exit(bool(lived.faults))
