"""Work in a process of its own: whole commands, and what is measured without what its parent has grown to."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
_Found = TypeVar("_Found")
_CALL = """
import asyncio, importlib, inspect, json, sys
room, name, words = sys.argv[1:]
found = getattr(importlib.import_module(room), name)(*json.loads(words))
print(json.dumps(asyncio.run(found) if inspect.iscoroutine(found) else found))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One command: seconds of wall and processor, peak of resident memory in MiB, what it printed."""

    wall: float
    cpu: float
    peak: float
    out: str


def run(*command: str, database: Path, folder: Path, **more: str) -> Run:
    """Run one Python command on a database, with `more` settings. Raises RuntimeError when it fails."""
    settings = {"DATABASE_URL": f"sqlite+aiosqlite:///{database}", "DATA_DIR": str(folder), **more}
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, **settings}
    )
    assert child.stdout is not None
    out = child.stdout.read().decode()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command}: {out}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out)


def call(work: Callable[..., Any], *given: Any, database: Path, folder: Path) -> Any:
    """Return what a function of a module gives, awaited where it must be; in JSON both ways."""
    words = ("-c", _CALL, work.__module__, work.__name__, json.dumps(given))
    return json.loads(run(*words, database=database, folder=folder).out)


def repeated(work: Callable[[Path], Coroutine[Any, Any, _Found]], repeats: int) -> list[_Found]:
    """Return what `work` gives, so often, each time in a folder of its own."""
    found: list[_Found] = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            found.append(asyncio.run(work(Path(folder))))
    return found
