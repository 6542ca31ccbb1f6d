"""Every measurement, one after the other, and `docs/performance.md` from it: `uv run poe bench`.

`python -m bench [--repeats N] [--only NAME ...]`. What each part gave stands in `bench/results.json`, with
the commit it was measured at; the page is made from that and from `bench/performance.md.in`, where what
the figures mean is written by hand. `--only` renews those parts and leaves the others as they were.
`--show` stores nothing; nor does `--against COMMIT`, which runs the parts here and at that commit, in turn.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.page.against import against
from bench.page.figures import Figure, show, spread

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).with_name("performance.md.in")
PAGE = ROOT / "docs" / "performance.md"
RESULTS = Path(__file__).with_name("results.json")
EVERY = (
    "messages", "cards", "joins", "processes", "audit", "receiving", "registry", "sources", "reports",
    "start", "console", "backlog", "flood",
)  # fmt: skip
# Half an hour or a whole one, and the machine need not be quiet: only by name, once.
LONG = ("hostile", "soak")
HEAD = "| | unit | ours | baseline | ratio | promised |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Result:
    """What one part gave. `about`: when, where, at which commit, how often."""

    about: str
    figures: tuple[Figure, ...]


def main() -> None:
    """Measure, store, show, and write the page."""
    given = argparse.ArgumentParser(prog="bench")
    given.add_argument("--repeats", type=int, default=5)
    given.add_argument("--only", nargs="+", choices=(*EVERY, *LONG))
    given.add_argument("--show", action="store_true")
    given.add_argument("--against", metavar="COMMIT")
    wanted = given.parse_args()
    if wanted.against is not None:
        show(against(wanted.against, wanted.only or EVERY, wanted.repeats))
        return
    known = stored()
    for name in wanted.only or EVERY:
        sys.stderr.write(f"{name} …\n")
        repeats = 1 if name in LONG else wanted.repeats
        figures = importlib.import_module(f"bench.{name}").measure(repeats)
        show(figures)
        if wanted.show:
            continue
        known[name] = Result(about(repeats), tuple(figures))
        # At once: what an hour has measured isn't lost with its last part.
        RESULTS.write_text(json.dumps({n: asdict(r) for n, r in known.items()}, indent=1) + "\n", "utf-8")
        PAGE.write_text(page(known), encoding="utf-8")


def stored() -> dict[str, Result]:
    """Return what was measured before."""
    if not RESULTS.exists():
        return {}
    return {name: _result(one) for name, one in json.loads(RESULTS.read_text("utf-8")).items()}


def _result(one: Mapping[str, Any]) -> Result:
    made = (
        Figure(**{**row, "ours": tuple(row["ours"]), "base": tuple(row["base"])}) for row in one["figures"]
    )
    return Result(one["about"], tuple(made))


def about(repeats: int) -> str:
    """Return where and when something is being measured."""
    host = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, commit {commit()}, {host}; repeats: {repeats}"


def page(known: Mapping[str, Result]) -> str:
    """Return the page: the text by hand, the tables measured."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name in (*EVERY, *LONG):
        made = table(known[name]) if name in known else "Not measured yet."
        text = text.replace(f"<!-- {name} -->", made)
    return text


def table(result: Result) -> str:
    """Return figures as a table of Markdown."""
    figures = result.figures
    lines = [
        f"| {one.name} | {one.unit} | {spread(one.ours)} | {spread(one.base)} | {spread(one.ratios)} |"
        f" {one.bound} |"
        for one in figures
    ]
    notes = dict.fromkeys(f"\n{one.note}" for one in figures if one.note)
    return "\n".join([HEAD, *lines, *notes, f"\n({result.about})"])


def commit() -> str:
    """Return what was measured."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "no commit"


if __name__ == "__main__":
    main()
