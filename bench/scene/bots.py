"""Bots as processes: ours on a prepared database, and the bare ones beside it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.scene.bare import TOKEN
from simulator.loopback import free_port, listens

ROOT = Path(__file__).resolve().parents[2]
POLICY = """\
[company]
name = "XY"
[hours]
start = "00:00"
end = "24:00"
workdays_only = false
[safety]
max_removals_total = 100000
[join]
wave_limit = 100000
"""


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot: where it listens, and its process."""

    port: int
    process: psutil.Process
    seconds_to_listen: float

    @property
    def url(self) -> str:
        """Return where an implementation connects."""
        return f"ws://127.0.0.1:{self.port}/onebot/v11/ws"

    def cpu(self) -> float:
        """Return the CPU seconds of all its threads so far, to the nanosecond's grain of the scheduler."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(int((one / "schedstat").read_text().split()[0]) for one in tasks.iterdir()) / 1e9

    def rss(self) -> float:
        """Return its resident memory in MiB."""
        return self.process.memory_info().rss / 2**20

    async def quiet(self, *, window: float = 0.4, share: float = 0.05, patience: float = 120.0) -> float:
        """Wait until it uses less than `share` of a core for `window` seconds; return its CPU seconds."""
        deadline = time.monotonic() + patience
        before = self.cpu()
        while time.monotonic() < deadline:
            await asyncio.sleep(window)
            now = self.cpu()
            if now - before < window * share:
                return now
            before = now
        raise TimeoutError("the bot never came to rest")


@asynccontextmanager
async def running(command: Sequence[str], port: int, folder: Path, **environment: str) -> AsyncGenerator[Bot]:
    """Run a bot until the block ends; it listens when the block begins."""
    log = (folder / f"{port}.log").open("wb")
    begun = time.perf_counter()
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen(  # noqa: ASYNC220 - starting it is quick
        command, cwd=folder, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
    )
    try:
        while not await listens(port):
            if process.poll() is not None or time.perf_counter() - begun > 60:
                raise RuntimeError((folder / f"{port}.log").read_text("utf-8", "replace")[-3000:])
            await asyncio.sleep(0.01)
        yield Bot(port, psutil.Process(process.pid), time.perf_counter() - begun)
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def bare(kind: str, folder: Path) -> AbstractAsyncContextManager[Bot]:
    """Run a bare bot (`bench.scene.bare`)."""
    port = free_port()
    return running([sys.executable, "-m", "bench.scene.bare", str(port), kind], port, folder)


def ours(
    folder: Path, database_url: str, policy: str = POLICY, **environment: str
) -> AbstractAsyncContextManager[Bot]:
    """Run our bot on a prepared database."""
    port = free_port()
    (folder / "regulation.toml").write_text(policy, encoding="utf-8")
    return running(
        [sys.executable, str(ROOT / "bot.py")], port, folder,
        HOST="127.0.0.1", PORT=str(port), ONEBOT_ACCESS_TOKEN=TOKEN, SUPERUSERS='["10001"]',
        DATABASE_URL=database_url, POLICY_FILE=str(folder / "regulation.toml"), DATA_DIR=str(folder),
        LOG_LEVEL="INFO", PHONE_KEY="0123456789abcdef0123456789abcdef", **environment,
    )  # fmt: skip
