"""What is the result when these rules match? (DMN 1.5, 8.2.10 hit policies, 8.2.11 aggregation, 8.3.2 default outputs)

Pure: rules that match in table order go in, with their outputs; the result comes out, or a reason why there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.engine.dmn.model import Aggregation, HitPolicy

Outputs = tuple[Any, ...]
"""The values of one rule's output entries, in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matches: its index in the table, from 0, and its outputs."""

    index: int
    outputs: Outputs


@dataclass(frozen=True, slots=True)
class Outcome:
    """The hits to give, in order; `several`: as a list, even of one. A reason makes the result null."""

    hits: tuple[Hit, ...] = ()
    several: bool = False
    reason: str = ""


Priority = Callable[[Outputs], tuple[int, ...]]
Equal = Callable[[Any, Any], bool]

SEVERAL: frozenset[HitPolicy] = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})
FIRST_ONLY: HitPolicy = "FIRST"


def decide(policy: HitPolicy, hits: Sequence[Hit], priority: Priority, equal: Equal) -> Outcome:
    """The outcome of a table whose rules `hits` match; at least one does.

    `priority` gives the sort key of a rule's outputs: their places in the lists of output values.
    """
    match policy:
        case "UNIQUE" if len(hits) > 1:
            return Outcome(tuple(hits), reason=f"{_numbers(hits)} match, but in a UNIQUE table only one rule may")
        case "ANY" if any(not equal(hits[0].outputs, hit.outputs) for hit in hits[1:]):
            return Outcome(
                tuple(hits),
                reason=f"{_numbers(hits)} match with different outputs, but in an ANY table they must agree",
            )
        case "PRIORITY":
            return Outcome((min(hits, key=lambda hit: priority(hit.outputs)),))
        case "OUTPUT ORDER":
            return Outcome(tuple(sorted(hits, key=lambda hit: priority(hit.outputs))), several=True)
        case "COLLECT" | "RULE ORDER":
            return Outcome(tuple(hits), several=True)
        case _:
            return Outcome(tuple(hits[:1]))


def _numbers(hits: Sequence[Hit]) -> str:
    names = [str(hit.index + 1) for hit in hits]
    return f"rules {', '.join(names[:-1])} and {names[-1]}"


def aggregation_of_nothing(aggregation: Aggregation | None) -> Any:
    """What a COLLECT table gives when no rule matches and there is no default (8.2.11): as FEEL's functions of []."""
    return {None: [], "COUNT": 0}.get(aggregation)
