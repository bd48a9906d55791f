"""Are the guardrails of a capability file understood, and are they as strict as those that it inherits?

Sentences for who deploys it: which guardrail, and what of it was loosened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orchestration.actors.capability import Capability, Guard
from orchestration.actors.guardrails import rate
from orchestration.actors.guardrails.guardrail import AFTER, BEFORE, Guardrail, Parameters
from orchestration.actors.guardrails.registry import GUARDRAILS, Asked, asked_by, named, parameter_fault


def guard_faults(stage: str, declared: Iterable[Guard]) -> Iterator[str]:
    """What is not understood in the guardrails that a file declares on one side."""
    for one in declared:
        guardrail = named(stage, one.name)
        if guardrail is None:
            known = ", ".join(each.name for each in GUARDRAILS[stage])
            yield f"there is no guardrail {one.name!r} {stage} a call; there are {known}."
        elif fault := parameter_fault(guardrail, one.parameters):
            yield f"the parameters of {one.name} ({stage}) are not right: {fault.rstrip('.')}."


def loosened(parent: Capability, child: Capability) -> Iterator[str]:
    """What a capability's guardrails let pass that those of the one that it inherits from do not."""
    for stage in (BEFORE, AFTER):
        own = asked_by(child, stage)
        for guardrail, parameters in asked_by(parent, stage):
            if reason := _loosened(guardrail, parameters, own):
                yield f"the guardrail {guardrail.name} ({stage}) of {parent.key} {reason}."


def _loosened(guardrail: Guardrail, parameters: Parameters, own: Iterable[Asked]) -> str:
    same = [given for each, given in own if each.name == guardrail.name]
    if not same:
        return "is dropped; it may be tightened, not left out"
    reasons = [guardrail.loosened(parameters, given) for given in same]
    return "" if "" in reasons else f"may be tightened, not loosened: {reasons[0]}"


def rate_of(capability: Capability) -> int | None:
    """The calls a minute that a capability's own guardrail allows; None: it says nothing of that."""
    asked = asked_by(capability, BEFORE)
    return min((given["calls"] for guardrail, given in asked if guardrail.name == rate.GUARDRAIL.name), default=None)
