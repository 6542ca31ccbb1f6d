"""The demo's stage: the real bot as a process of its own, the simulator, and what was seen of both."""

import asyncio
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from simulator import Implementation, World
from simulator.loopback import free_port, listens
from terminal.demo.company import ADMIN, ALL, BOT, LUNCH, NAMES, POLICY, SALES, TECH, Person

ROOT = Path(__file__).resolve().parents[2]
# Seconds: regulation.toml takes no less.
_QUICKEST = 0.02
# Seconds to wait for what is under way: long, for an old laptop whose first start also compiles everything.
_START, _STEP = 300, 90


def policy_at(speed: float) -> str:
    """Return the demo's regulation.toml, with QQ's own pace quickened by `speed` as far as may be."""
    quick = max(1.0, speed)
    send, kick = (max(_QUICKEST, round(seconds / quick, 2)) for seconds in (0.6, 0.8))
    return POLICY.format(send=send, kick=kick)


class Stage:
    """Starts bot and simulator on a temporary folder and a free port; stops both at the end."""

    def __init__(self, folder: Path, speed: float) -> None:
        self.folder = folder
        self.speed = speed
        self.token = secrets.token_hex(12)
        self.port = free_port()
        self.world = World()
        self.bot: asyncio.subprocess.Process | None = None
        self.qq: Implementation | None = None

    async def __aenter__(self) -> "Stage":
        (self.folder / "regulation.toml").write_text(policy_at(self.speed), encoding="utf-8")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.qq is not None:
            await self.qq.stop()
        if self.bot is not None and self.bot.returncode is None:
            self.bot.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.bot.wait(), 6)
            if self.bot.returncode is None:
                self.bot.kill()
                await self.bot.wait()
        await self.world.close()

    @property
    def console(self) -> str:
        """Return the address of the console while the bot runs."""
        return f"http://127.0.0.1:{self.port}/console/"

    def environment(self) -> dict[str, str]:
        """Return the settings of the demo's bot; nothing of the operator's own is used."""
        return {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "ONEBOT_ACCESS_TOKEN": self.token,
            "ONEBOT_SECRET": "",
            "SUPERUSERS": f'["{ADMIN}"]',
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.folder / 'demo.db'}",
            "POLICY_FILE": str(self.folder / "regulation.toml"),
            "DATA_DIR": str(self.folder),
            "ADMIN_GROUP": "",
            "CONSOLE": "on",
            "CONSOLE_URL": "",
            "PHONE_KEY": "",
            "LOG_LEVEL": "INFO",
            "LOG_JSON": "0",
            "PYTHONPATH": str(ROOT),
            # What the children print is read back as UTF-8, whatever this console writes.
            "PYTHONUTF8": "1",
            "PYTHONIOENCODING": "utf-8",
        }

    async def terminal(self, *words: str) -> tuple[int, str]:
        """Run one `cli.py` command as an operator would; return exit code and what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "cli.py"),
            *words,
            cwd=self.folder,
            env=self.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode or 0, printed.decode("utf-8", "replace").strip()

    async def start_bot(self) -> None:
        """Start `bot.py` and wait until it listens; RuntimeError with its last words when it ends instead."""
        with (self.folder / "bot.log").open("wb") as written:
            self.bot = await asyncio.create_subprocess_exec(
                sys.executable,
                str(ROOT / "bot.py"),
                cwd=self.folder,
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=written,
                stderr=written,
            )
        async with asyncio.timeout(_START):
            while not await listens(self.port):
                if self.bot.returncode is not None:
                    raise RuntimeError(
                        (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")[-2000:]
                    )
                await asyncio.sleep(0.05)

    async def connect_qq(self, company: dict[str, Person]) -> None:
        """Fill the simulated QQ with groups and people, and log the bot's account in."""
        fill(self.world, company)
        self.qq = Implementation(
            self.world, BOT, f"ws://127.0.0.1:{self.port}/onebot/v11/ws", token=self.token, profile="llbot"
        )
        await self.qq.start()
        async with asyncio.timeout(_STEP):
            await self.qq.connected.wait()

    async def until(self, seen: Callable[[], object], what: str, seconds: float = _STEP) -> bool:
        """Wait for something to show in QQ; False (never an exception) when it does not."""
        try:
            await self.world.until(seen, timeout=seconds, what=what)
        except AssertionError:
            return False
        return True

    async def pause(self, seconds: float) -> None:
        """Leave the reader a moment."""
        await asyncio.sleep(seconds / self.speed)


def fill(world: World, company: dict[str, Person]) -> None:
    """Put owners and members into the four groups; every card is right so far."""
    owners = {SALES: 20001, TECH: 20002, ALL: ADMIN, LUNCH: 20009}
    for group_id, owner in owners.items():
        world.add_group(group_id, NAMES[group_id], owner)
    for one in company.values():
        if not one.qq:
            continue
        homes = [ALL] if one.qq != 20009 else [ALL, LUNCH]
        homes += [SALES] if one.department.startswith("市场部") else []
        homes += [TECH] if one.department == "技术部" else []
        homes += [LUNCH] if one.no in ("A006", "A010", "A011") else []
        for group_id in homes:
            role = "owner" if owners[group_id] == one.qq else "member"
            world.add_member(group_id, one.qq, nickname=one.name, card=one.card, role=role)
    for group_id in owners:
        role = "member" if group_id == LUNCH else "admin"
        world.add_member(group_id, BOT, nickname="群规", card="群规机器人", role=role)
    for user_id in (ADMIN, 20001, 20002, 20009):
        world.befriend(BOT, user_id)
