"""Does anything leave the product that must not? Marked values in every case type, every role at every door.

With `LEAKS_KEPT=FILE` what was found is kept there after each door, and a run that was ended goes on behind it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from tests.leaks.drive import Found, all_doors, overheard, read_beside, walk
from tests.leaks.world import TEST, made, openable, work

KEPT: Final = "LEAKS_KEPT"
"""An environment variable with the name of a file."""


def figures() -> Iterator[str]:
    from orchestration.actors.hosts.register import host_allow
    from tests.orchestration.actors.connectors.server import running

    kept = Path(os.environ.get(KEPT, os.devnull))
    found = Found.read(orjson.loads(kept.read_bytes())) if kept.is_file() else Found()
    with running() as system:
        host_allow("127.0.0.1", system.port, private=True, origin=TEST)
        world = made(openable())
        with overheard(world):
            for one in world.planted:
                work(world, one, system)

            def after() -> None:
                read_beside(world, found)
                kept.write_bytes(orjson.dumps(found.told()))

            walk(world, found, [name for name in all_doors() if name not in found.doors], after=after)
    for one in world.planted:
        rest = f"{len(one.dropped)} take none (a date, a choice)"
        yield f"{one.case_type.key}: a mark in each of {len(one.marks)} fields; {rest}"
    yield from found.lines()
    for error in sorted(found.errors):
        yield f"ERROR {error}"
