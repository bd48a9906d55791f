"""What does a case wait for, and what happens then?

Timers with the moment at which they are due, messages, signals and conditions, of every part that runs; and what has to
come in from outside, which a person or program can hand in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.cases.read.case_view import Look
from casework.cases.read.execution_tree import Node, Part
from orchestration.view.available_actions import waiting_places
from orchestration.view.models import Activity, CaseModel, Event, FlowNode, Gateway, ProcessModel, Reaction
from orchestration.view.state import Wait

KINDS: Final = {"timer": "a time", "message": "a message", "signal": "a signal", "conditional": "a condition",
                "variable": "a change of the data"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something that has to come in from outside. `at` tells several of a kind apart; `part` is where it waits."""

    item: str
    label: str
    part: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Coming:
    """An event that is waited for. `due`: of a timer. `then`: what follows, in words."""

    kind: str
    name: str
    part: str
    due: datetime | None
    then: str


def awaited(seen: Look) -> tuple[Awaited, ...]:
    """What the case type says may come in, wherever an item waits for it."""
    found = ((external, at) for external in seen.case_type.external for at in waiting_places(seen.state, external))
    return tuple(
        Awaited(external.item, external.label, seen.view.text(seen.running.around(at)), at) for external, at in found
    )


def coming(seen: Look) -> tuple[Coming, ...]:
    """Timers, the first due first, then messages, signals and conditions."""
    named = {external.item for external in seen.case_type.external}
    waits = [wait for wait in seen.state.waits.values() if wait.kind in KINDS and wait.node not in named]
    found = [one for wait in waits if (one := _coming(seen, wait)) is not None]
    return tuple(sorted(found, key=lambda one: (one.due is None, str(one.due), one.name)))


def _coming(seen: Look, wait: Wait) -> Coming | None:
    part = seen.running.parts.get(wait.instance)
    if part is None or not part.is_running:
        return None
    node = part.model.nodes.get(wait.node)
    where = seen.running.around(wait.item) if wait.item is not None else seen.running.inside(part)
    due = datetime.fromisoformat(wait.key) if wait.kind == "timer" and wait.key else None
    name = node.name if node is not None and node.name else wait.name if wait.kind in ("message", "signal") else ""
    then = "" if node is None else _then(part, node)
    return Coming(wait.kind, seen.view.text(name), seen.view.text(where), due, then)


def _then(part: Part, node: Node) -> str:
    return "; ".join(_reactions(part.model, node) if isinstance(part.model, CaseModel) else _flow(part.model, node))


def _reactions(model: CaseModel, node: Node) -> Iterator[str]:
    """What waits for the occurrence of a listener (CMMN 5.4.6)."""
    for reaction in model.reactions.get((node.id, "occur"), ()):
        yield _reaction(model, reaction)


def _reaction(model: CaseModel, reaction: Reaction) -> str:
    if reaction.node == model.plan.id:
        return "the case ends"
    guarded = model.nodes[reaction.node]
    return f"“{guarded.name or guarded.id}” {'begins' if reaction.criterion.entry else 'ends'}"


def _flow(model: ProcessModel, node: Node) -> Iterator[str]:
    """What an event of a process ends, and where the token goes next."""
    if isinstance(node, Event) and node.attached_to is not None and node.interrupting:
        host = model.nodes[node.attached_to]
        yield f"“{host.name or host.id}” ends"
    following = list(dict.fromkeys(each.name or each.id for each in _next(model, node, set())))
    if following:
        names = " or ".join(f"“{name}”" for name in following[:3])
        yield f"{names} follows"


def _next(model: ProcessModel, node: Node, seen: set[str]) -> Iterator[FlowNode]:
    """The first activities and named events behind a node."""
    if not isinstance(node, FlowNode):
        return
    for target in (model.nodes[flow.target] for flow in node.outgoing):
        if target.id in seen:
            continue
        seen.add(target.id)
        if isinstance(target, Activity) or (target.name and not isinstance(target, Gateway)):
            yield target
        else:
            yield from _next(model, target, seen)
