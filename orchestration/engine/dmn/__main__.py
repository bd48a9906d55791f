"""Answers decision requests: JSON lines in, JSON lines out (`wire` says how they are written)."""

from __future__ import annotations

import sys

from orchestration.engine.dmn.wire import answer


def main() -> None:
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(answer(line) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
