"""Does anything leave the product that must not? Marked values in every case type, every role at every door."""

from __future__ import annotations

from collections.abc import Iterator

from tests.leaks.drive import Found, all_doors, overheard, read_beside, walk
from tests.leaks.world import TEST, made, openable, work


def figures() -> Iterator[str]:
    from orchestration.actors.hosts.register import host_allow
    from tests.orchestration.actors.connectors.server import running

    found = Found()
    with running() as system:
        host_allow("127.0.0.1", system.port, private=True, origin=TEST)
        world = made(openable())
        with overheard(world):
            for one in world.planted:
                work(world, one, system)
            walk(world, found, all_doors())
        read_beside(world, found)
    for one in world.planted:
        rest = f"{len(one.dropped)} take none (a date, a choice)"
        yield f"{one.case_type.key}: a mark in each of {len(one.marks)} fields; {rest}"
    yield from found.lines()
    for error in sorted(found.errors):
        yield f"ERROR {error}"
