"""An older build as the baseline: the same parts of the bench here and at a commit, in turn, in one run."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.page.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
# In a process of its own, as that build has it: its figures by name, each with its unit.
_MEASURE = """
import importlib, json, sys
figures = importlib.import_module("bench." + sys.argv[1]).measure(1)
print(json.dumps({one.name: [one.unit, one.ours[0]] for one in figures}))
"""
Measured = Mapping[str, tuple[str, float]]


def against(commit: str, parts: Sequence[str], repeats: int) -> list[Figure]:
    """Measure parts of this build and of another, `repeats` times; the other is the baseline.

    Both run with what is installed here.
    """
    with tree_at(commit) as tree:
        return [
            figure
            for part in parts
            for figure in beside([(measured(ROOT, part), measured(tree, part)) for _ in range(repeats)])
        ]


@contextmanager
def tree_at(commit: str) -> Iterator[Path]:
    """Lay out the files of a commit beside ours until the block ends."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name) / "tree"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def measured(tree: Path, part: str) -> Measured:
    """Return what one part of the bench gives once, by the code of that tree."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, part],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return json.loads(done.stdout)


def beside(runs: Sequence[tuple[Measured, Measured]]) -> list[Figure]:
    """Return the figures of (ours, the other's) runs; what only we have stands beside nothing."""
    (ours, _), *_ = runs
    return [
        Figure(
            name,
            unit,
            tuple(one[name][1] for one, _ in runs),
            tuple(other[name][1] for _, other in runs) if all(name in other for _, other in runs) else (),
        )
        for name, (unit, _) in ours.items()
    ]
