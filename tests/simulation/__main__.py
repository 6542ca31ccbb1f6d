"""`poe simulate`: replay one history exactly, and print its story."""

import argparse
import os
import sys
import time


def main() -> int:
    """Run, print, return 1 where something happened that should not have."""
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--groups", type=int, default=12)
    parser.add_argument("--calm", action="store_true", help="QQ never lies")
    parser.add_argument("--to", type=int, help="every seed up to this one, a line each")
    asked = parser.parse_args()
    from tests.simulation.history import happen
    from tests.simulation.story import draw

    if asked.to:
        return _many(asked)
    began = time.process_time()
    outcome = happen(draw(asked.seed, asked.days, asked.people, asked.groups, faults=not asked.calm))
    sys.stdout.write("\n".join(outcome.lines) + "\n")
    sys.stdout.write(
        f"\n{asked.days} days, {outcome.frames} calls, {time.process_time() - began:.1f} s CPU, "
    )
    sys.stdout.write(f"{len(outcome.faults)} faults\n" + "\n".join(outcome.faults) + "\n")
    return 1 if outcome.faults else 0


def _many(asked: argparse.Namespace) -> int:
    """Run many histories; print a line for each, and what should not have happened in it."""
    from tests.simulation.history import happen
    from tests.simulation.story import draw

    bad = 0
    for seed in range(asked.seed, asked.to + 1):
        began = time.process_time()
        outcome = happen(draw(seed, asked.days, asked.people, asked.groups, faults=not asked.calm))
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
