"""What does a step of an outline ask of whom, in words that both BPMN and CMMN carry (our own extensions)?

A machine's step asks for a capability. One that ships keeps its own names: then a single value that goes in is what it
needs, and what comes back under another name is put where the outline says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.actors.capability import Capability, shipped
from orchestration.modelling.markup import Element, element
from orchestration.modelling.outline import Outline, Step

Json = Any


@dataclass(frozen=True, slots=True)
class Work:
    attributes: tuple[tuple[str, str], ...]
    told: tuple[Element, ...] = ()


def work_of(step: Step, outline: Outline) -> Work:
    if step.kind == "human":
        due = (("casewright:due", f'=@"P{step.due_days}D"'),) if step.due_days else ()
        return Work((("casewright:form", step.id), ("casewright:candidateGroups", step.who), *due))
    if step.kind == "rule":
        return Work((("casewright:decision", step.id), ("casewright:resultVariable", step.gives[0])))
    sent = [element("casewright:input", name=to, value=f"={name}") for to, name in inputs_of(step).items()]
    back = [
        element("casewright:output", name=name, value=f"=result.{of}") for name, of in outputs_of(step).items()
    ]  # fmt: skip
    return Work((("casewright:capability", step.who),), (*sent, *back))


def inputs_of(step: Step) -> dict[str, str]:
    """What goes to the machine: its name for it -> the field."""
    known = shipped().get(step.who)
    needed = _required(known, "input")
    if len(needed) == 1 and len(step.reads) == 1:
        return {needed[0]: step.reads[0]}
    return {name: name for name in step.reads}


def outputs_of(step: Step) -> dict[str, str]:
    """What comes back: the field -> the machine's name for it."""
    known = shipped().get(step.who)
    named: Mapping[str, Json] = {} if known is None else (known.output or {}).get("properties", {})
    if named and len(step.gives) == 1 and step.gives[0] not in named:
        return {step.gives[0]: _required(known, "output")[0]}
    return {name: name for name in step.gives}


def _required(known: Capability | None, part: str) -> list[str]:
    schema = None if known is None else getattr(known, part)
    return [] if schema is None else list(schema.get("required", ()))


def work_faults(outline: Outline) -> list[str]:
    """Steps of machines that ask a capability that ships for what it does not give, or do not give it what it needs."""
    return [fault for step in outline.steps if step.kind == "machine" for fault in _faults(step)]


def _faults(step: Step) -> list[str]:
    known = shipped().get(step.who)
    if known is None:
        return []
    given, needed = (known.output or {}).get("properties", {}), set(_required(known, "input"))
    missing = [name for name in outputs_of(step).values() if name not in given]
    lacking = sorted(needed - inputs_of(step).keys())
    found = []
    if missing:
        found.append(
            f"The step “{step.name}”: “{step.who}” gives {', '.join(given)}, and nothing called {', '.join(missing)}."
        )
    if lacking:
        found.append(f"The step “{step.name}”: “{step.who}” needs {', '.join(lacking)}; name fields of these names.")
    return found
