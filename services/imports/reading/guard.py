"""Reading a file in a process of its own, with limits on memory and time: see `child`.

A workbook of a few kilobytes can ask its reader for memory that can't be had, which ends a process
without a word. Whatever becomes of the child is one line to whoever sent the file.
"""

import json
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from config.phrases.imports import FILE_FAULTS
from services.imports.reading.how import LENGTH, How, Progress
from services.imports.reading.noted import Refusal, RowFault

SECONDS = 120
_ROOT = Path(__file__).resolve().parents[3]
_CHILD = (sys.executable, "-m", "services.imports.reading.child", str(SECONDS))
# Of the environment it gets what Python needs to start, and none of the secrets.
_NEEDED = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "TEMP", "VIRTUAL_ENV")
_log = logging.getLogger("qungui")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file holds, packed: see `packed` and `groups`."""

    kind: str
    file_hash: str
    rows: bytes


def read_guarded(
    data: bytes,
    how: How,
    progress: Progress | None = None,
    *,
    command: Sequence[str] = _CHILD,
    seconds: float = SECONDS,
) -> ReadFile | Refusal:
    """Read a file in a child process; blocks. `command`: what is started; `seconds`: how long it may take."""
    env = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT, env=env
    ) as child:
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            answer = _talk(child, pickle.dumps(how), data, progress)
        finally:
            timer.cancel()
            child.kill()
    if answer is not None:
        return answer
    _log.warning("the reader of a file of %d bytes ended with %s", len(data), child.returncode)
    if late.is_set():
        return Refusal(FILE_FAULTS["too_long"].format(seconds=int(seconds)))
    return Refusal(FILE_FAULTS["reader_died"])


def _talk(
    child: subprocess.Popen[bytes], how: bytes, data: bytes, progress: Progress | None
) -> ReadFile | Refusal | None:
    """Send the file and hear what is in it; None where the child ended before it had said all."""
    source, out = child.stdin, child.stdout
    if source is None or out is None:
        return None
    try:
        with source:  # What it never took is given up here, or leaving the child would try it again.
            for part in (len(how).to_bytes(LENGTH), how, data):
                source.write(part)
        return hear(out, progress)
    # It ended before it took all, or wrote what makes no sense.
    except (BrokenPipeError, ValueError, TypeError, KeyError):
        return None


def hear(out: IO[bytes], progress: Progress | None) -> ReadFile | Refusal | None:
    """Take in what the child writes; None where that ends too early."""
    for line in out:
        word, _, rest = line.decode().partition(" ")
        if word == "progress" and progress is not None:
            done, total = rest.split()
            progress(int(done), int(total))
        elif word == "refused":
            said: dict[str, Any] = json.loads(rest)
            return Refusal(said["reason"], tuple(RowFault(*fault) for fault in said["faults"]))
        elif word == "found":
            said = json.loads(rest)
            rows = out.read()
            return ReadFile(said["kind"], said["file_hash"], rows) if len(rows) == said["size"] else None
    return None
