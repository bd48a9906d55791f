"""What is a guardrail, and what does one see of a crossing?

A value: a name, the side on which it stands, a JSON Schema of its parameters, a pure check, and a comparison that says
what a tightened declaration has loosened. One file a guardrail; `registry` lists them in the order in which they are
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.actors.contract import Answer
from orchestration.actors.guardrails.places import names_of, shown_place
from orchestration.actors.handoff import ORDER, Handoff, Outcome

Json = Any
Parameters = Mapping[str, Json]

BEFORE: Final = "before"
AFTER: Final = "after"
THEN: Final = {"enum": ["repair", "person", "block"]}
"""What a guardrail does when it finds something, as its parameter `then`."""


class _Same:
    """Stands for the value as it was."""


SAME: Final = _Same()


@dataclass(frozen=True, slots=True)
class Crossing:
    """`value`: what is to cross now. `given`: what the actor gets or got. `answer`: on the way back.

    `restore`: pseudonym -> what it stands for.
    """

    handoff: Handoff
    stage: str
    value: Json
    given: Json = None
    answer: Answer | None = None
    restore: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def what(self) -> str:
        """What crosses, as a sentence calls it."""
        return "input" if self.stage == BEFORE else "output"

    def shown(self, place: str) -> str:
        """A place as a sentence may name it: a name that no schema has is data, and stands as `*`."""
        return shown_place(place, self._names) or "the top"

    def places(self, *places: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(shown_place(place, self._names) for place in places))

    def is_name(self, text: str) -> bool:
        """Whether this is the name of a field that a schema has, which tells nothing."""
        return text in self._names

    @property
    def _names(self) -> frozenset[str]:
        side = self.handoff
        if self.stage == BEFORE:
            return names_of(side.input_schema) | names_of(side.capability.input)
        return names_of(side.output_schema) | names_of(side.capability.output)


@dataclass(frozen=True, slots=True)
class Said:
    """What a check found: nothing, or an outcome with its sentence and the JSON Pointers of its places, never the data.

    `value`: what is to cross in place of what came. `restore`: pseudonyms that it put in. `again`: seconds after which
    the same may pass.
    """

    outcome: Outcome = Outcome.PASS
    sentence: str = ""
    places: tuple[str, ...] = ()
    value: Json = SAME
    restore: Mapping[str, str] = field(default_factory=dict, repr=False)
    again: float | None = None
    rule: str = ""


PASSED: Final = Said()
Check = Callable[[Crossing, Parameters], Said]


def blocked(sentence: str, *places: str, rule: str = "") -> Said:
    return Said(Outcome.BLOCK, sentence, places, rule=rule)


def as_it_stands(given: Json) -> Parameters:
    """Parameters that are an object already; none: an empty one."""
    found: Parameters = given if isinstance(given, Mapping) else {}
    return found


def nothing_loosened(parent: Parameters, child: Parameters) -> str:
    """For a guardrail whose parameters cannot be loosened."""
    return ""


def no_faults(parameters: Parameters) -> Iterator[str]:
    """For a guardrail whose parameters are right when they fit their schema."""
    yield from ()


NO_PARAMETERS: Final[Mapping[str, Json]] = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Guardrail:
    """`about`: a sentence for people. `parameters`: the schema of what stands in a file. `normal`: shorthands written
    out, with every default. `loosened`: what of the parent's parameters the child's loosen, empty: nothing; both in
    their normal form. `faults`: what is wrong with parameters that fit the schema. `stands`: also where nobody asks,
    with the parameters `unasked`.
    """

    name: str
    stage: str
    about: str
    check: Check
    parameters: Mapping[str, Json] = field(default_factory=lambda: NO_PARAMETERS)
    normal: Callable[[Json], Parameters] = as_it_stands
    loosened: Callable[[Parameters, Parameters], str] = nothing_loosened
    faults: Callable[[Parameters], Iterator[str]] = no_faults
    stands: bool = False
    unasked: Json = None


def object_schema(*required: str, **properties: Json) -> dict[str, Json]:
    """The schema of parameters with these names and no others; `_` in a name stands for a hyphen."""
    named = {name.replace("_", "-"): schema for name, schema in properties.items()}
    return {"type": "object", "required": list(required), "properties": named, "additionalProperties": False}


def harder_or_same(parent: Parameters, child: Parameters, name: str = "then") -> str:
    """Whether the child does at least as much about it; a sentence's end where it does less."""
    mild, hard = child[name], parent[name]
    if ORDER.index(Outcome(mild)) >= ORDER.index(Outcome(hard)):
        return ""
    return f"{name} went from {hard} to {mild}"


def at_most(parent: Parameters, child: Parameters, *names: str) -> str:
    """Whether each of these upper limits is as low as the parent's; None: no limit."""
    for name in names:
        old, new = parent.get(name), child.get(name)
        if old is not None and (new is None or new > old):
            return f"{name} went from {old} to {'no limit' if new is None else new}"
    return ""


def at_least(parent: Parameters, child: Parameters, *names: str) -> str:
    """Whether each of these lower limits is as high as the parent's; None: no limit."""
    for name in names:
        old, new = parent.get(name), child.get(name)
        if old is not None and (new is None or new < old):
            return f"{name} went from {old} to {'no limit' if new is None else new}"
    return ""


def all_of(parent: Parameters, child: Parameters, *names: str) -> str:
    """Whether each of these lists still holds all that the parent's holds."""
    for name in names:
        missing = [one for one in parent.get(name) or () if one not in (child.get(name) or ())]
        if missing:
            return f"{name} has no {missing[0]!r} any more"
    return ""


def first_of(*loosened: str) -> str:
    return next((one for one in loosened if one), "")
