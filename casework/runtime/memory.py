"""How much memory does the running product take? Its share (PSS, proportional set size) by program, in MB.

Memory that processes share is counted once, divided among them (Linux: /proc/PID/smaps_rollup); so the sum is what the
machine would have more of without the product.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from casework.runtime.locations import Locations
from casework.runtime.processes import ServiceFailed

NAMES = {
    "stand_ins": "stand-ins",
    "bots": "bots",
    "postgres": "PostgreSQL",
    "valkey": "Valkey",
    "uvicorn": "web",
    "worker": "worker",
    "beat": "beat",
}


def memory_by_program(places: Locations) -> dict[str, float]:
    """MB by program of the product that runs in this state folder. Raises ServiceFailed when none does."""
    try:
        supervisor = int(json.loads(places.lock.read_text())["pid"])
        _words(supervisor)
    except (OSError, ValueError, KeyError):
        raise ServiceFailed("no product runs in this state folder") from None
    found = {"supervisor": _share(supervisor)}
    for child in _children(supervisor):
        name = _name_of(child)
        found[name] = found.get(name, 0.0) + sum(_share(each) for each in _family(child))
    return found


def show_memory(places: Locations) -> None:
    found = memory_by_program(places)
    for name, megabytes in sorted(found.items(), key=lambda each: -each[1]):
        print(f"  {name:<11}{megabytes:7.1f} MB")
    print(f"  {'together':<11}{sum(found.values()):7.1f} MB (PSS)")


def _family(process: int) -> Iterator[int]:
    yield process
    for child in _children(process):
        yield from _family(child)


def _children(process: int) -> list[int]:
    with suppress(OSError):
        threads = Path(f"/proc/{process}/task").iterdir()
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    return []


def _share(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _name_of(process: int) -> str:
    words = _words(process)
    return next((name for word, name in NAMES.items() if any(word in each for each in words)), "other")


def _words(process: int) -> list[str]:
    return Path(f"/proc/{process}/cmdline").read_text().split("\0")
