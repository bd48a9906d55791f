"""Is an actor made slow or wrong on purpose, so that one sees what a case does then? (the demo's page of faults)

A file says so, which is named by a variable that is set beside the stand-ins of the demo alone: nowhere else is
anything read. What is spoilt here passes the guardrails like any answer.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from orchestration.actors.contract import ActorError, Answer
from orchestration.ground import clock

Json = Any

FILE: Final = "CASEWRIGHT_DISTURBED"
SLOW: Final = "slow"
WRONG: Final = "wrong"
FAULTS: Final = (SLOW, WRONG)
UNEXPECTED: Final = {"unexpected": ["this is not", "what was asked for"]}


@dataclass(frozen=True, slots=True)
class Disturbance:
    """`seconds`: that it is late; `until`: in seconds since 1970, 0: until somebody ends it."""

    fault: str
    seconds: float = 0
    until: float = 0


def is_possible() -> bool:
    """Whether actors can be made slow or wrong here: in the demo alone."""
    return bool(os.environ.get(FILE))


def disturbances() -> Mapping[str, Disturbance]:
    """Those that last at this moment, by the key of their actor."""
    path = os.environ.get(FILE)
    if not path:
        return {}
    try:
        found = _read(path, os.stat(path).st_mtime_ns)
    except (OSError, ValueError, TypeError):
        return {}
    now = clock.utc_now().timestamp()
    return {key: one for key, one in found.items() if not one.until or now < one.until}


def disturb(key: str, wanted: Disturbance | None) -> None:
    """Make an actor slow or wrong from now on; None: no more. Raises OSError."""
    kept = {**disturbances(), key: wanted}
    path = Path(os.environ[FILE])
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps(
        {key: [one.fault, one.seconds, one.until] for key, one in kept.items() if one is not None}
    ))  # fmt: skip
    beside.replace(path)


def late(key: str) -> float:
    """By how many seconds it is late."""
    found = disturbances().get(key)
    return found.seconds if found is not None and found.fault == SLOW else 0


def wait(key: str, limit: float) -> None:
    """Be as late as it is made to be. Raises ActorError where it has no more time than that."""
    seconds = late(key)
    if seconds:
        time.sleep(min(seconds, limit))
    if seconds >= limit:
        raise ActorError("It did not answer in the time that it has.", temporary=True)


def said(key: str, answer: Answer) -> Answer:
    """What it gives: its answer, or what was not asked for in place of that."""
    found = disturbances().get(key)
    return answer if found is None or found.fault != WRONG else replace(answer, output=dict(UNEXPECTED))


@lru_cache(maxsize=1)
def _read(path: str, changed: int) -> dict[str, Disturbance]:
    """Raises OSError, ValueError, TypeError."""
    return {key: Disturbance(*values) for key, values in json.loads(Path(path).read_text()).items()}
