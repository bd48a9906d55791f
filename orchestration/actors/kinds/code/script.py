"""How is a script run, so that nothing but its result comes of it?

In a process of its own (`sandbox`), with an empty environment and an empty folder, killed when its time is over.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orchestration.actors.contract import ActorError
from orchestration.actors.kinds.code import sandbox
from orchestration.ground.child_process import Limits, Ran, TookTooLong, ran
from orchestration.ground.counts import counted

Json = Any
NOTHING: Final = "It ended without a result."
PROGRAM: Final = Path(sandbox.__file__)


def run_script(code: str, given: Json, limits: Limits) -> Json:
    """What `run(input)` of the script gives. Raises ActorError (lasting): it failed, or went over a limit."""
    if not sandbox.is_possible():
        raise ActorError("This machine cannot keep a script from files and network; only FEEL runs.", temporary=False)
    asked = {"code": code, "input": given, "seconds": limits.seconds, "memory": limits.memory}
    try:
        return _answer(ran([sys.executable, "-I", "-S", str(PROGRAM)], json.dumps(asked).encode(), limits), limits)
    except TookTooLong:
        raise ActorError(f"It took longer than {counted(2 * limits.seconds, 'second')}.", temporary=False) from None


def _answer(done: Ran, limits: Limits) -> Json:
    if done.was_killed() and len(done.said) <= limits.output:
        raise ActorError(f"It used more than {counted(limits.seconds, 'second')} of CPU.", temporary=False)
    if len(done.said) > limits.output:
        raise ActorError(f"Its result has more than {limits.output} bytes.", temporary=False)
    told = _told(done.said)
    if told.keys() == {"output"}:
        return told["output"]
    if "error" in told:
        line = f" (line {told['line']})" if told.get("line") else ""
        raise ActorError(f"{told['error']}{line}", temporary=False)
    raise ActorError(NOTHING, temporary=False)


def _told(said: bytes) -> Mapping[str, Json]:
    """What the sandbox says of the script, or what the script wrote in its place; nothing where that cannot be read."""
    try:
        told = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, Mapping) else {}
