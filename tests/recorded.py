"""What real implementations were recorded doing, kept beside the project; tests of it are skipped without."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "onebot"
needs_recordings = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no recordings in {FOLDER}")


class Answer(NamedTuple):
    """One call and what it gave; `data` None where it failed."""

    action: str
    params: dict[str, Any]
    data: Any


def events(implementation: str = "*") -> list[dict[str, Any]]:
    """Return every recorded event; older recordings hold what the adapter made of it too."""
    return [line.get("data") or line["event"] for line in _lines(implementation) if "event" in line]


def answers(implementation: str = "*") -> list[Answer]:
    """Return every recorded call with its answer."""
    return [
        Answer(line["call"], line["params"], line["answer"]["data"] if "answer" in line else line.get("ok"))
        for line in _lines(implementation)
        if "call" in line and line.get("answer", {"data": None}).keys() >= {"data"}
    ]


def _lines(implementation: str) -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob(f"*-{implementation}-*.jsonl")):
        yield from map(json.loads, path.read_text("utf-8").splitlines())
