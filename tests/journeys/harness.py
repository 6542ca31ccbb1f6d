"""The real bot as a process, a simulated QQ, and a real database between them."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from config.policy import load_policy
from config.settings import Settings
from db.engine import Database
from services.imports.model import Accepted
from services.people.registry import load
from services.running.startup import build_app
from simulator import Implementation, World
from simulator.loopback import free_port, listens
from terminal.importing import import_filings, import_roster
from tests import started
from tests.databases import prepare

ROOT = Path(__file__).resolve().parents[2]
BOT, BOSS = 88880001, 10001
TOKEN = "journey-token-123"
HEADERS = ("工号", "姓名", "部门", "状态", "职务", "主管", "QQ", "手机", "离职日期", "移交完成日期")

POLICY = """\
[company]
name = "XY"
[hours]
start = "00:00"
end = "24:00"
workdays_only = false
[pace]
send_seconds = 0.05
kick_seconds = 0.05
card_seconds = 0.05
verify_seconds = 1.0
[poll]
requests_seconds = 3
groups_seconds = 5
"""


@dataclass
class Row:
    """One line of a roster."""

    no: str
    name: str
    department: str
    qq: int | None = None
    phone: str = ""
    status: str = "正式"
    title: str = ""
    head: bool = False
    departed_on: str = ""
    handover_on: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the cells in the order of `HEADERS`."""
        head, qq = "是" if self.head else "否", str(self.qq or "")
        return (
            self.no, self.name, self.department, self.status, self.title, head, qq, self.phone,
            self.departed_on, self.handover_on,
        )  # fmt: skip


STAFF = (
    Row("A001", "王强", "市场部", 20001, "13900000001", title="经理", head=True),
    Row("A002", "李敏", "技术部", 20002, "13900000002", title="经理", head=True),
    Row("A003", "周静", "行政部", 20003, "13900000003", title="主管", head=True),
    Row("A004", "张三", "市场部", None, "13900005678"),
    Row("A005", "陈晨", "市场部/华东组", 20005, "13900000005"),
    Row("A006", "王芳", "市场部", 20006, "13900000006"),
    Row("A007", "刘洋", "技术部", 20007, "13900000007"),
    Row("A008", "赵小雨", "市场部", None, "13900008888", status="试用"),
)


@dataclass
class Journey:
    """Settings, the world, the bot's process (started by `entry`), and its database.

    Where memory is measured the bot isn't `forked` off a process that has all imports done.
    """

    folder: Path
    database_url: str = ""
    policy: str = POLICY
    environment: dict[str, str] = field(default_factory=dict[str, str])
    entry: Path = ROOT / "bot.py"
    world: World = field(default_factory=World)
    port: int = 0
    forked: bool = True
    process: started.Started | asyncio.subprocess.Process | None = None
    accounts: list[Implementation] = field(default_factory=list[Implementation])

    def __post_init__(self) -> None:
        self.port = free_port()
        self.database_url = self.database_url or f"sqlite+aiosqlite:///{self.folder / 'journey.db'}"

    def settings(self) -> dict[str, str]:
        """Return the whole environment of the bot and the terminal."""
        (self.folder / "regulation.toml").write_text(self.policy, encoding="utf-8")
        return {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "ONEBOT_ACCESS_TOKEN": TOKEN,
            "SUPERUSERS": f'["{BOSS}"]',
            "DATABASE_URL": self.database_url,
            "POLICY_FILE": str(self.folder / "regulation.toml"),
            "DATA_DIR": str(self.folder),
            "LOG_LEVEL": "DEBUG",
            "PHONE_KEY": "0123456789abcdef0123456789abcdef",
            **self.environment,
        }

    async def cli(self, *words: str) -> tuple[int, str]:
        """Run a terminal command; return its exit code and what it printed on both streams."""
        return await started.run(ROOT / "cli.py", *words, folder=self.folder, environment=self.settings())

    async def import_roster(self, rows: Sequence[Row] = STAFF, accept_departures: int | None = None) -> None:
        """Write a roster and import it, as `cli.py import --yes` does; fails the test when it refuses."""
        path = self.folder / "roster.csv"
        lines = [HEADERS, *(row.cells() for row in rows)]
        path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
        how: dict[str, Any] = {
            "yes": True,
            "full": False,
            "accepted": Accepted(accept_departures),
            "undo": None,
        }
        assert await self._terminal(import_roster, path, **how) == 0

    async def import_filings(self, *rows: tuple[int, str, str, int]) -> None:
        """Import filed groups: (group, name, scope, owner's QQ)."""
        path = self.folder / "register.csv"
        lines = ["群号,群名称,用途,成员范围,群主", *(f"{g},{n},日常工作沟通,{s},{o}" for g, n, s, o in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
        assert await self._terminal(import_filings, path, yes=True, undo=None) == 0

    async def _terminal(self, work: Any, path: Path, **how: Any) -> int:
        """Do a terminal command's work on the bot's database, in this process to save its start."""
        given = self.settings()
        settings = Settings(
            _env_file=None,  # pyright: ignore[reportCallIssue]
            superusers=frozenset({BOSS}),
            database_url=self.database_url,
            data_dir=self.folder,
            phone_key=given["PHONE_KEY"],
        )
        await prepare(settings)
        app = build_app(settings, load_policy(Path(given["POLICY_FILE"])))
        try:
            await load(app)
            return await work(app, path, as_json=False, out=Console(file=io.StringIO()), **how)
        finally:
            await app.database.close()

    async def start(self, seconds: float = 90) -> None:
        """Start the bot and wait until it listens, `seconds` at most."""
        if self.forked:
            self.process = await started.start(
                self.entry, folder=self.folder, environment=self.settings(), output=self.log
            )
        else:
            with self.log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    sys.executable, str(self.entry), cwd=self.folder, env=self.settings(),
                    stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip
        deadline = asyncio.get_running_loop().time() + seconds
        while not await listens(self.port):
            assert self.process.returncode is None, self.log.read_text("utf-8")[-3000:]
            assert asyncio.get_running_loop().time() < deadline, self.log.read_text("utf-8")[-3000:]
            await asyncio.sleep(0.05)

    async def connect(self, self_id: int = BOT, profile: Any = "napcat", **options: Any) -> Implementation:
        """Log an account in to the simulated QQ, connected to the bot."""
        url = f"ws://127.0.0.1:{self.port}/onebot/v11/ws"
        account = Implementation(self.world, self_id, url, token=TOKEN, profile=profile, **options)
        await account.start(wait=True)
        self.accounts.append(account)
        return account

    @property
    def log(self) -> Path:
        """Return the bot's log file."""
        return self.folder / "bot.log"

    async def kill(self) -> None:
        """kill -9."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def terminate(self) -> None:
        """Ask the bot to stop, and wait until it has."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 60)

    async def close(self) -> None:
        """Stop everything."""
        for account in self.accounts:
            await account.stop()
        await self.kill()
        await self.world.close()

    def database(self) -> Database:
        """Open the bot's database beside it."""
        return Database(self.database_url)

    async def rows(self, statement: Any) -> Sequence[Any]:
        """Run a select on the bot's database."""
        database = self.database()
        try:
            async with database.reading() as tx:
                return await tx.rows(statement)
        finally:
            await database.close()

    async def stored(self, statement: Any, wanted: Any, seconds: float = 90.0) -> None:
        """Wait until a select on the bot's database gives the rows wanted."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (found := [tuple(row) for row in await self.rows(statement)]) != wanted:
            assert asyncio.get_running_loop().time() < deadline, f"{found} != {wanted}"
            await asyncio.sleep(0.1)

    def said(self, words: str, *, group_id: int | None = None, user_id: int | None = None) -> list[Any]:
        """Return what the bot said with these words in it, in a group or to a person."""
        return [
            shown
            for shown in self.world.shown
            if words in shown.text
            and (group_id is None or shown.group_id == group_id)
            and (user_id is None or shown.user_id == user_id)
        ]

    async def whisper(self, user_id: int, words: str, answer: str) -> str:
        """Say something to the bot in private, and return its next answer with `answer` in it."""
        before = len(self.said(answer, user_id=user_id))
        await self.world.whisper(user_id, BOT, words)
        heard = await self.until(lambda: self.said(answer, user_id=user_id)[before:], f"{answer} to {words}")
        return heard[-1].text

    async def until(self, seen: Any, what: str, timeout: float = 90.0) -> Any:  # noqa: ASYNC109
        """Wait for something to be seen in QQ; on failure the bot's log is part of the message."""
        try:
            return await self.world.until(seen, timeout=timeout, what=what)
        except AssertionError as error:
            shown = "\n".join(f"{s.group_id} {s.user_id} {s.text}" for s in self.world.shown[-20:])
            raise AssertionError(f"{error}\n{shown}\n{self.log.read_text('utf-8')[-4000:]}") from error

    def inside(self, group_id: int, user_id: int) -> bool:
        """Tell whether somebody is in a group now."""
        return user_id in self.world.groups[group_id].members

    def card(self, group_id: int, user_id: int) -> str:
        """Return somebody's card in a group."""
        return self.world.groups[group_id].members[user_id].card
