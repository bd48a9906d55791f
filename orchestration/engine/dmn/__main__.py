"""Who answers decision requests from outside? JSON lines in, JSON lines out (`wire` says how they are written).

The one place of the decision engine that reads files.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

from orchestration.engine.dmn.decision_model import DecisionModel
from orchestration.engine.dmn.linker import compile_model
from orchestration.engine.dmn.parser import parse
from orchestration.engine.dmn.wire import answer, parse_together


@lru_cache(maxsize=32)
def load(path: str, imports: tuple[str, ...]) -> DecisionModel:
    """The model in a file; files are read once. Raises ModelRefused, OSError."""
    return compile_model(parse(Path(path).read_bytes(), parse_together([Path(each).read_bytes() for each in imports])))


def main() -> None:
    for line in sys.stdin:
        if line.strip():
            sys.stdout.write(answer(line, load) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
