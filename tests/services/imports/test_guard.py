"""The process that reads files: whatever becomes of it is one line, and nothing of this process."""

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from regulation.policy import Policy
from services.imports.reading.guard import ReadFile, read_guarded
from services.imports.reading.how import How
from services.imports.reading.noted import Refusal

HOW = How("roster", Policy(), b"key", date(2026, 3, 2))
ROSTER = "工号,姓名,部门\r\nA001,张三,市场部\r\n".encode()
ENDS = {
    "aborts": "import os; os.abort()",
    "aborts when all is read": "import os, sys; sys.stdin.buffer.read(); os.abort()",
    "asks for memory that can't be had": (
        "from services.imports.reading.child import bound; bound(256 * 2**20, 10); bytearray(2**30)"
    ),
    "says nothing": "pass",
    "says nonsense": "print('found {}'); print('x')",
    "says half": """print('found {"kind": "roster", "file_hash": "", "size": 100}'); print('half')""",
}


@pytest.mark.parametrize("end", ENDS)
def test_a_bad_end_is_one_line(end: str):
    made = read_guarded(ROSTER * 10_000, HOW, command=(sys.executable, "-c", ENDS[end]))
    assert isinstance(made, Refusal)
    assert "中途停了" in made.reason
    assert "\n" not in made.reason


class EndedAtOnce(subprocess.Popen[bytes]):
    """A child that has ended before anything is written to it."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.wait()


def test_a_reader_that_ends_before_it_was_told_anything(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(subprocess, "Popen", EndedAtOnce)
    made = read_guarded(ROSTER * 10_000, HOW, command=(sys.executable, "-c", ENDS["aborts"]))
    assert isinstance(made, Refusal)


def test_a_reader_that_never_ends_is_stopped():
    endless = (
        sys.executable,
        "-c",
        "import sys; sys.stdin.buffer.read(); sys.stdin = open('/dev/zero'); sys.stdin.read()",
    )
    made = read_guarded(ROSTER, HOW, command=endless, seconds=0.5)
    assert isinstance(made, Refusal)
    assert "秒" in made.reason


def test_gives_what_it_read():
    made = read_guarded(ROSTER, HOW)
    assert isinstance(made, ReadFile)
    assert made.kind == "roster"


def test_tells_of_its_progress():
    seen: list[tuple[int, int]] = []
    rows = "".join(f"{n},员工{n},市场部\r\n" for n in range(5000))
    read_guarded(f"工号,姓名,部门\r\n{rows}".encode(), HOW, lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == [2001, 4001, 5001]
