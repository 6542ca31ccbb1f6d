"""Asks `tests.starter` for processes of our scripts: one starter for all workers of the tests."""

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from time import sleep

from tests.starter import ROOT

ADDRESS = "QUNGUI_STARTER"


class Started:
    """A process that the starter forked: what the tests need of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, told: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._writer = writer
        self._ended = asyncio.ensure_future(self._end(told))

    async def _end(self, told: asyncio.StreamReader) -> None:
        self.returncode = int(await told.readline())
        self._writer.close()

    async def wait(self) -> int:
        """Wait for its end; return its exit code, negative for a signal."""
        await asyncio.shield(self._ended)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal if it still runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


async def start(
    script: Path,
    *words: str,
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    errors: Path | None = None,
    typed: str = os.devnull,
) -> Started:
    """Start a script of ours; what it prints is appended to `output`, its errors to a file of their own if named.

    It reads what is `typed`: the name of a terminal or file.
    """
    reader, writer = await asyncio.open_unix_connection(_starter())
    wanted = {
        "script": str(script), "words": words, "folder": str(folder), "environment": dict(environment),
        "output": str(output), "errors": str(errors or output), "typed": typed,
    }  # fmt: skip
    writer.write(json.dumps(wanted).encode() + b"\n")
    return Started(int(await reader.readline()), reader, writer)


async def run(
    script: Path,
    *words: str,
    folder: Path,
    environment: Mapping[str, str],
    seconds: float = 60,
    errors: Path | None = None,
    typed: str = os.devnull,
) -> tuple[int, str]:
    """Run a script of ours to its end; return its exit code and what it printed: all, or all but its `errors`."""
    with tempfile.NamedTemporaryFile(dir=folder) as printed:
        output = Path(printed.name)
        process = await start(
            script, *words, folder=folder, environment=environment, output=output, errors=errors, typed=typed
        )
        code = await asyncio.wait_for(process.wait(), seconds)
        return code, await asyncio.to_thread(output.read_text, "utf-8", "replace")


@cache
def _starter() -> str:
    """Return the starter's address; outside a run of pytest it begins with the first call."""
    if ADDRESS not in os.environ:
        begin()
    return os.environ[ADDRESS]


def begin() -> None:
    """Begin a starter that ends with this process, for this process and its children."""
    folder = Path(tempfile.mkdtemp(prefix="qungui-starter-"))
    address = folder / "socket"
    command = [sys.executable, "-W", "ignore", "-m", "tests.starter", str(address)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    while not address.exists():
        assert process.poll() is None, "the starter doesn't start"
        sleep(0.02)

    @atexit.register
    def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        address.unlink()
        folder.rmdir()

    os.environ[ADDRESS] = str(address)
