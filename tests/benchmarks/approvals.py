"""Is ever anything done by an approval that is not what was seen? 100,000 races, in memory.

`RACES=1000 python -m tests.benchmarks approvals` makes fewer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import process_time

from tests.casework.tasks.raced_approvals import raced

RACES = int(os.environ.get("RACES", "100000"))


def figures() -> Iterator[str]:
    began = process_time()
    found = raced(range(RACES))
    yield from found.wrong[:20]
    yield f"{found.races:,} raced approvals, {found.effects:,} effects, {process_time() - began:.0f} s of CPU"
    yield f"{len(found.wrong)} effects that are not what was seen by who signed them"
