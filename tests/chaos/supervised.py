"""The product's programs under its own supervisor, beside database and broker of one's own: `... PORT worker beat`."""

from __future__ import annotations

import signal
import sys

from casework.runtime.programs import programs
from casework.runtime.supervisor import serve


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)
    port, *names = sys.argv[1:]
    serve([], [program for program in programs(int(port), app="tests.chaos.app") if program.name in names])
