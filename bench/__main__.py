"""Every measurement, one after the other, and `docs/performance.md` from it: `uv run poe bench`.

`python -m bench [--repeats N] [--only NAME ...]`: with `--only` the table is printed, not written.
What was measured stands in the page; what it means is written by hand, in `bench/performance.md.in`.
"""

import argparse
import importlib
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, show, spread

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).with_name("performance.md.in")
PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "images" / "audit.png"
EVERY = (
    "messages",
    "cards",
    "joins",
    "audit",
    "receiving",
    "registry",
    "reports",
    "start",
    "backlog",
    "flood",
)
HEAD = "| | unit | ours | baseline | ratio | promised |\n|---|---|---|---|---|---|"


def main() -> None:
    """Measure, and show or write."""
    given = argparse.ArgumentParser(prog="bench")
    given.add_argument("--repeats", type=int, default=5)
    given.add_argument("--only", nargs="+", choices=EVERY)
    wanted = given.parse_args()
    found: dict[str, list[Figure]] = {}
    for name in wanted.only or EVERY:
        sys.stderr.write(f"{name} …\n")
        found[name] = importlib.import_module(f"bench.{name}").measure(wanted.repeats)
        show(found[name])
    if not wanted.only:
        PAGE.write_text(page(found, wanted.repeats), encoding="utf-8")
        plot(found["audit"])


def page(found: dict[str, list[Figure]], repeats: int) -> str:
    """Return the page: the text by hand, the tables measured."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, figures in found.items():
        text = text.replace(f"<!-- {name} -->", table(figures))
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    host = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    about = f"Measured {day} at {commit()}: {host}; {repeats} repeats, median (lowest-highest)."
    return text.replace("<!-- about -->", about)


def table(figures: Sequence[Figure]) -> str:
    """Return figures as a table of Markdown."""
    lines = [
        f"| {one.name} | {one.unit} | {spread(one.ours)} | {spread(one.base)} | {spread(one.ratios)} |"
        f" {one.bound} |"
        for one in figures
    ]
    notes = [f"\n{one.name}: {one.note}" for one in figures if one.note]
    return "\n".join([HEAD, *lines, *notes])


def commit() -> str:
    """Return what was measured."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "no commit"


def plot(figures: Sequence[Figure]) -> None:
    """Draw how the audit grows, on logarithmic scales: a straight line at 45° is straight growth."""
    from bench.plot import draw

    PLOT.parent.mkdir(parents=True, exist_ok=True)
    draw(figures, PLOT)


if __name__ == "__main__":
    main()
