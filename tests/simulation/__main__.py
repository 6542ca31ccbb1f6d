"""`poe simulate`: replay one history exactly, and print its story."""

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.history import Outcome


def main() -> int:
    """Run, print, return 1 where something happened that should not have."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--groups", type=int, default=12)
    parser.add_argument("--calm", action="store_true", help="QQ never lies")
    parser.add_argument("--busy", type=float, default=1.0, help="so many times as much happens in a day")
    parser.add_argument(
        "--shrink", action="store_true", help="find the smallest history with the first fault"
    )
    parser.add_argument("--to", type=int, help="every seed up to this one, a line each")
    parser.add_argument("--fresh", type=int, help="so many histories of seeds nobody has seen, a line each")
    asked = parser.parse_args()
    if asked.fresh:
        asked.seed = int.from_bytes(os.urandom(4))
        asked.to = asked.seed + asked.fresh - 1
    from tests.simulation.history import happen
    from tests.simulation.story import draw

    if asked.to:
        return _many(asked)
    began = time.process_time()
    outcome = happen(
        draw(asked.seed, asked.days, asked.people, asked.groups, faults=not asked.calm, busy=asked.busy)
    )
    sys.stdout.write("\n".join(outcome.lines) + "\n")
    sys.stdout.write(
        f"\n{asked.days} days, {outcome.frames} calls, {time.process_time() - began:.1f} s CPU, "
    )
    sys.stdout.write(f"{len(outcome.faults)} faults\n" + "\n".join(outcome.faults) + "\n")
    if asked.shrink and outcome.kinds:
        _shrink(outcome)
    return 1 if outcome.faults else 0


def _shrink(outcome: "Outcome") -> None:
    """Print the smallest story with the same first fault, as a test can have it."""
    from tests.simulation.history import happen
    from tests.simulation.shrink import shrink

    smallest = shrink(outcome.story, outcome.kinds[0], say=lambda line: sys.stderr.write(line + "\n"))
    sys.stdout.write("\n".join(happen(smallest).lines) + f"\n\n{smallest}\n")


def _many(asked: argparse.Namespace) -> int:
    """Run many histories; print a line for each, and what should not have happened in it."""
    from tests.simulation.history import happen
    from tests.simulation.story import draw

    bad = 0
    for seed in range(asked.seed, asked.to + 1):
        began = time.process_time()
        outcome = happen(
            draw(seed, asked.days, asked.people, asked.groups, faults=not asked.calm, busy=asked.busy)
        )
        bad += bool(outcome.faults)
        seconds = time.process_time() - began
        sys.stdout.write(f"seed {seed} {asked.days} days {seconds:.1f} s {len(outcome.faults)} faults\n")
        sys.stdout.write("".join(f"    {fault[:600]}\n" for fault in outcome.faults[:8]))
        sys.stdout.flush()
    return 1 if bad else 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets of texts must be the same each time.
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.simulation", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    sys.exit(main())
