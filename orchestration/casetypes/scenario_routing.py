"""To whom would the rules of routing give the work that is asked for in a scenario?

There are no actors in a scenario: what the rules may ask of them, and of the work, a step says where it matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.decisions import Facts, decide
from orchestration.engine.scope import Scope

Json = Any
ORDINARY: Final[Mapping[str, Json]] = {
    "attempt": 1, "priority": 0, "urgent": False, "waiting": 0, "age": 0, "hour": 10, "weekday": 1,
}  # fmt: skip
"""What is known of work of which a step says nothing: it has just been asked for, on a Monday at ten."""


def wished(
    library: CompiledModels, decision: str, scope: Scope, capability: str, given: Mapping[str, Json], now: datetime
) -> list[Json]:
    """What each rule that holds says, in their order. `given`: of the `work`, and of the `actors`. Raises KeyError."""
    facts = {"work": {**ORDINARY, "capability": capability, **given.get("work", {})}, "actors": given.get("actors", {})}
    output = decide(library.decisions[decision], decision, Facts(facts, lambda: scope), now).output
    return [one for one in (output if isinstance(output, list) else [output]) if one is not None]
