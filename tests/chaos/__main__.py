"""`python -m tests.chaos --kills 140 --jobs 1000`: kill processes of the running product so often, among them workers a
hundred times, while actors of different kinds do so many jobs and one actor is dead; print what is left."""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import asdict

from tests.chaos.killing import WORKERS, killed
from tests.chaos.product import product


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=140, help="of all processes; three in four are of busy workers")
    parser.add_argument("--jobs", type=int, default=1000, help="so many at least")
    parser.add_argument("--cases", type=int, default=100, help="so many are under way at a time")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    print(f"{options.kills} kills, seed {options.seed}", flush=True)
    with product() as running:
        running.start()
        report = killed(running, options.kills, options.cases, options.seed, patience=1800, jobs=options.jobs)
    print(f"  {'workers killed':<28} {sum(number for name, number in report.kills.items() if name in WORKERS)}")
    for name, value in asdict(report).items():
        print(f"  {name.replace('_', ' '):<28} {value}")
    print("Nothing was lost, nothing was done twice." if report.holds else "That does not hold.")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
