"""Does the answer name what it rests on, and was that given?

The evaluator `cites`: of the sentences of an answer (`statements`, each with `sources`), the share that names a source
and none that was not given; of an answer that is one text with `sources`, whether it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.actors.evaluators.evaluator import Evaluator, Parameters, Result, Scored

Json = Any


def score(result: Result, parameters: Parameters) -> Scored | None:
    if not isinstance(result.output, Mapping):
        return None
    said = result.output.get("statements")
    parts = said if isinstance(said, list) else [result.output] if "sources" in result.output else []
    if not parts:
        return None
    given = set(_ids(result.given))
    right = sum(_names(one, given) for one in parts)
    return Scored(right / len(parts), f"{right} of {len(parts)} name a source that was given, and no other")


def _names(part: Mapping[str, Json], given: set[str]) -> bool:
    named = set(map(str, part.get("sources") or ()))
    return bool(named) and named <= given


def _ids(value: Json) -> Iterator[str]:
    """The ids of all that was given."""
    if isinstance(value, Mapping):
        if "id" in value:
            yield str(value["id"])
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _ids(one)


EVALUATOR: Final = Evaluator("cites", "Which share of it names a source that it was given.", score)
