"""A history that happens: the company, QQ and the bot from the first day to the last."""

import asyncio
import gc
import logging
import re
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from nonebot.log import logger

from config.settings import Settings
from regulation.deadlines import ZONE
from regulation.policy import Policy
from services.ports import ReceivedFile
from simulator import PROFILES, Member
from simulator.qq.model import Happened
from simulator.qq.world import World
from tests.simulation.company import BOSS, BOT, STAFF_GROUP, Company
from tests.simulation.loop import VirtualLoop
from tests.simulation.oracle import Oracle
from tests.simulation.place import DUE, due_in, new_database, ordered, running
from tests.simulation.process import Clock, Process
from tests.simulation.rest import Rest
from tests.simulation.story import DAY, Step, Story
from tests.simulation.trouble import Trouble
from tests.simulation.wire import Account

# Steps that the bot has no part in.
_LOOKS = ("judge",)
START = datetime(2026, 1, 5, tzinfo=ZONE)


class Books:
    """The bot's SQLite file, as anybody could read it."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        """Return what a statement finds."""
        return self._file.execute(statement, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Watched(World):
    """QQ, with the oracle watching what truly happens."""

    oracle: Oracle | None = None

    def record(self, happened: Happened, tell=()) -> None:  # type: ignore[no-untyped-def]
        super().record(happened, tell)
        if self.oracle is not None:
            self.oracle.saw(happened)


@dataclass
class Outcome:
    """What came of a history. `faults`: what should not have happened, in order; `kinds`, `days`: of each."""

    story: Story
    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    frames: int = 0


class History:
    """Everything that takes part in one history. Steps (`acts`) and oracle reach it by this."""

    def __init__(self, story: Story, loop: VirtualLoop, folder: Path, enough: Callable[[str], bool]) -> None:
        self.over = False
        self._enough = enough
        self.story = story
        self.folder = folder
        self.path = folder / "bot.db"
        self.outcome = Outcome(story)
        self.start = START + timedelta(days=story.start)
        self.clock = Clock(loop, self.start)
        self.rest = Rest(self._due)
        self.policy = Policy()
        # Since when (by the bot's clock) which policy held.
        self.policies: list[tuple[datetime, Policy]] = []
        self.settings = Settings(
            superusers=frozenset({BOSS}),
            data_dir=folder,
            admin_group=STAFF_GROUP,
            _env_file=None,  # pyright: ignore[reportCallIssue]
        )
        self.company = Company(
            story.seed, story.people, story.groups, (self.start - timedelta(days=400)).date()
        )
        self.world = Watched(now=lambda: self.clock.true().timestamp())
        self.faults = Trouble(self)
        self.account = self.implementation(story.profile)
        self.oracle = self.world.oracle = Oracle(self)
        self.process: Process | None = None
        self.crashed = asyncio.Event()
        self.down_for = 60.0
        self._ended: list[Process] = []
        self._later: dict[asyncio.Task[None], None] = {}

    def implementation(self, profile: str) -> Account:
        """Return an implementation for the bot's account; files come by no address: no sockets here."""
        switched = replace(PROFILES[profile], file_arrives="segment", file_segment_url=False)
        made = Account(self.world, BOT, switched, self.faults, self._dial, 0.01)
        made.wire.traffic = self.rest.traffic
        made.dropped = self._dropped
        return made

    def books(self) -> Books:
        """Return the bot's database, opened for the oracle."""
        return Books(self.path)

    def _due(self) -> tuple[float, int]:
        due, waiting = self.oracle.row(DUE)
        return due_in(due, self.clock.now()), waiting

    async def hand_over(self, connection: object, file: ReceivedFile, *_: object) -> bytes | None:
        """Hand a file over to the bot, whatever the implementation's way."""
        stored = self.world.files.get(file.fields.get("file_id", ""))
        return None if stored is None else stored.data

    def _dial(self, wire):  # type: ignore[no-untyped-def]
        return None if self.process is None else self.process.dial(self.account, wire)

    def now(self) -> datetime:
        """Return the true time."""
        return self.clock.true()

    def tell(self, line: str) -> None:
        """Add a line to what is printed."""
        self.outcome.lines.append(f"{self.now():%m-%d %H:%M:%S} {line}")

    def wrong(self, kind: str, line: str) -> None:
        """Note what should not have happened."""
        self.tell(f"✗ {kind}: {line}")
        self.outcome.kinds.append(kind)
        self.outcome.days.append((self.now() - self.start).days)
        self.over = self.over or self._enough(kind)
        self.outcome.faults.append(f"{self.now():%Y-%m-%d %H:%M:%S} {kind}: {line}")

    # -- the bot --------------------------------------------------------------------------------

    async def start_bot(self) -> None:
        """Start a bot process, and have the implementation connect."""
        self.crashed.clear()
        self.policies.append((self.clock.now(), self.policy))
        if self.process is not None:
            self._ended.append(self.process)
        self.process = Process(
            self.folder, self.policy, self.clock, self.rest, self.settings,
            self.crashed.set,
        )  # fmt: skip
        await self.process.start()
        self.rest.strike()
        await asyncio.sleep(3)
        self.connect()

    def connect(self) -> None:
        """Have the implementation connect, if it isn't."""
        if not self.account.connected.is_set() and self.account.wire.connect():
            self.oracle.connected(self.account.online)
            self.account.beat()
        self.rest.strike(5)
        self.wake_later()

    def _dropped(self) -> None:
        self.oracle.connected(False)
        self.later(5.0, self.connect)

    async def disconnect(self) -> None:
        """Break the connection for a while."""
        await self.account.wire.drop()
        self.oracle.connected(False)
        self.rest.stir()

    async def stop_bot(self) -> bool:
        """Stop the bot in an orderly way; return whether it ended so."""
        self.oracle.connected(False)
        ended = self.process is None or not self.process.up or await self.process.stop()
        await self.account.wire.drop()
        return ended

    async def heed_crashes(self) -> None:
        """Start the bot again some time after it crashed."""
        while True:
            await self.crashed.wait()
            self.tell(f"机器人崩溃，{self.down_for:.0f} 秒后重启")
            self.oracle.connected(False)
            assert self.process is not None
            await self.process.crash()
            await self.account.wire.drop()
            await asyncio.sleep(self.down_for)
            await self.start_bot()

    async def restart(self, policy: Policy, profile: str | None = None) -> None:
        """Stop the bot and start it with another policy, perhaps at another implementation."""
        if self.process is not None and self.process.life.dead:
            # It has just crashed, and is started again with what stands in the file by then.
            self.policy = policy
            return
        if not await self.stop_bot():
            self.policy = policy
            return
        if profile not in (None, self.account.profile.name):
            self.change_implementation(str(profile))
        self.policy = policy
        await asyncio.sleep(5)
        await self.start_bot()

    def change_implementation(self, profile: str) -> None:
        """Have the account run by another implementation from now on."""
        online = self.account.online
        self.account = self.implementation(profile)
        self.account.online = online

    def come_online(self) -> None:
        """QQ has the account logged in again."""
        self.account.online = True
        self.account.beat()
        self.oracle.connected(self.account.connected.is_set())
        self.wake_later()

    def right_clock(self, wrong: timedelta) -> None:
        """Set the bot's clock right again."""
        self.rest.strike()
        self.clock.wrong -= wrong
        self.oracle.clock_wrong(bool(self.clock.wrong))
        self.wake_later()

    def later(self, seconds: float, act: Callable[[], Awaitable[None] | None]) -> None:
        """Have something happen later."""

        async def wait_and_act() -> None:
            await asyncio.sleep(seconds)
            self.rest.stir()
            if (done := act()) is not None:
                await done

        task = asyncio.create_task(wait_and_act())
        self._later[task] = None
        task.add_done_callback(self._acted)

    def _acted(self, task: asyncio.Task[None]) -> None:
        self._later.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.wrong("simulation", repr(error))

    def wake_later(self) -> None:
        """Have the bot awake when its polls would come round: something happened that no event tells of."""
        for seconds in (190.0, 620.0):
            self.later(seconds, self.rest.stir)

    # -- talking to it --------------------------------------------------------------------------

    async def ask(self, qq: int, text: str, patience: float = 15.0) -> str:
        """Write to the bot in private; return what it answers within `patience` seconds, "" if nothing."""
        self.rest.stir()
        said = len(self.world.shown)
        self.oracle.answered(qq)
        await self.world.whisper(qq, BOT, text)
        # Meanwhile they may hear of something else.
        late = self.faults.on_its_way()
        await asyncio.sleep(late + 1 if late else 0)
        until = asyncio.get_running_loop().time() + patience
        heard: list[str] = []
        while not heard and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.5)
            heard = [shown.text for shown in self.world.shown[said:] if shown.user_id == qq]
        return "\n".join(heard)

    async def send_file(self, qq: int, name: str, data: bytes) -> str:
        """Send the bot a file; return its answer."""
        self.rest.stir()
        said = len(self.world.shown)
        self.oracle.answered(qq)
        await self.world.whisper_file(qq, BOT, name, data)
        await asyncio.sleep(6 + self.faults.on_its_way())
        return "\n".join(shown.text for shown in self.world.shown[said:] if shown.user_id == qq)

    # -- from beginning to end ------------------------------------------------------------------

    async def run(self) -> None:
        """Let it happen."""
        from tests.simulation.acts import Acts

        self._found()
        conducting = [asyncio.create_task(work) for work in (self.rest.conduct(), self.heed_crashes())]
        acts = Acts(self)
        await self.start_bot()
        await acts.begin()
        for step in sorted([*self.story.steps, *_days(self.story.days)], key=lambda one: one.at):
            await self._until(step.at)
            if step.what == "wake":
                self.rest.strike()
            elif step.what not in _LOOKS:
                self.rest.stir(0.05)
            await acts.do(step)
            if self.over:
                break
        self.oracle.end()
        for task in conducting:
            if task.done():
                await task
            task.cancel()
        for task in tuple(self._later):
            task.cancel()
        if self.process is not None and self.process.up:
            await self.process.stop()
        await self.account.wire.stop()
        await self.world.close()
        await asyncio.gather(*conducting, return_exceptions=True)
        for process in (*self._ended, self.process):
            if process is not None:
                process.close()
        self.oracle.close()
        self.outcome.frames = len(self.world.calls)

    async def _until(self, at: float) -> None:
        loop = asyncio.get_running_loop()
        if at > loop.time():
            await asyncio.sleep(at - loop.time())

    def _found(self) -> None:
        """Put everybody into their groups."""
        for club in self.company.clubs.values():
            members = [
                Member(p.qq, p.now.name, p.right_card())
                for p in self.company.people.values()
                if p.qq != club.owner and club.entitled(p.now, self.start.date())
            ]
            owner = self.company.by_qq(club.owner)
            assert owner is not None
            first = Member(owner.qq, owner.now.name, owner.right_card())
            head = self.company.head_of(owner.now.department, self.start.date())
            for member in members:
                if head is not None and member.user_id == head.qq:
                    member.role = "admin"
            self.world.add_group(
                club.group_id, club.name, first, [Member(BOT, "群规", role="admin"), *members]
            )
        clerks = [Member(p.qq, p.now.name) for p in self.company.clerks(self.start.date())]
        self.world.add_group(STAFF_GROUP, "行政部工作群", BOSS, [Member(BOT, "群规", role="admin"), *clerks])
        for friend in (BOSS, *(p.qq for p in self.company.people.values())):
            self.world.befriend(BOT, friend)


def _days(days: int) -> Iterator[Step]:
    """The oracle's own steps, and the moments at which a bot must be awake whatever happens."""
    for day in range(1, days + 1):
        for hour, what in ((0.003, "wake"), (2.51, "wake"), (9.003, "wake"), (17.9, "wake"), (23.7, "judge")):  # fmt: skip
            yield Step(day * DAY + hour * 3600, what, ())
        if day % 30 == 29:
            yield Step(day * DAY + 12 * 3600, "figures", ())


def happen(story: Story, enough: Callable[[str], bool] = lambda kind: False) -> Outcome:
    """Let a history happen, and return what came of it. It ends sooner at a fault that is `enough`."""
    # What is loaded stays: it need not be looked through for garbage again and again.
    gc.freeze()
    with running(story.seed) as loop, tempfile.TemporaryDirectory() as folder:
        new_database(Path(folder) / "bot.db")
        history = History(story, loop, Path(folder), enough)
        fetch = mock.patch("plugins.gateway.reading.files._fetch", history.hand_over)
        with ordered(loop, history.rest, story.seed), _heard(history), fetch:
            loop.run_until_complete(history.run())
    return history.outcome


@contextmanager
def _heard(history: History) -> Iterator[None]:
    """Take what the bot logs at ERROR for a fault: it has none to expect."""
    silenced = re.compile(r"^$")

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            if not silenced.match(record.getMessage()):
                history.wrong("error", f"{record.getMessage()} {trace[-1500:]}")

    handler = Handler(level=logging.ERROR)
    logger.remove()
    sink = logger.add(
        lambda line: history.wrong("error", str(line)[-1500:]),
        level="ERROR",
        format="{message}",
        diagnose=False,
        backtrace=False,
    )
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        logger.remove(sink)
