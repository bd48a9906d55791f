"""How do tokens, activities and scopes come into the state and leave it?

An item is a token that rests: an activity at work, an event that waits, a sub-process, the frame around the instances
of a loop. Tokens that wait at a join are counts in the facts of the scope. Scopes are named by their item, None for the
process itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from orchestration.engine import events as e
from orchestration.engine.bpmn.model import Body, CallActivity, Node, ProcessModel, SubProcess
from orchestration.engine.state import INSTANCE_ENDED, Instance, Item
from orchestration.engine.step import ModelFault, Step

Json = Any

INTERRUPTED: Final = "interrupted"
"""Fact of a scope: how often its own flow has ended: interrupted, cancelled, or with its last token."""


def process(step: Step, instance: int) -> ProcessModel:
    model: ProcessModel = step.model(instance)
    return model


def node_of(step: Step, item: Item) -> Node:
    return process(step, item.instance).nodes[item.node]


def outermost(step: Step, instance: int) -> int:
    """The process that called this one, and so on outward: the first of them."""
    while True:
        parent = step.state.instances[instance].parent
        caller = None if parent is None else step.state.items[parent].instance
        if caller is None or step.state.instances[caller].kind != "process":
            return instance
        instance = caller


def scopes_in(step: Step, instance: int) -> list[Item]:
    """The sub-processes of the instance that are open, and the frames of their loops, oldest first."""
    nodes = process(step, instance).sub_processes
    found = [item for node in nodes for item in step.state.items_at(instance, node)]
    return sorted(found, key=lambda item: item.id) if len(nodes) > 1 else found


def facts_of(step: Step, instance: int, scope: int | None) -> Mapping[str, Json]:
    return step.state.instances[instance].facts if scope is None else step.state.items[scope].facts


def body_of(step: Step, instance: int, scope: int | None) -> Body:
    """What the process or sub-process of this scope holds; nothing for an item that is no sub-process."""
    model = process(step, instance)
    if scope is None:
        return model.body
    node = model.nodes[step.state.items[scope].node]
    return node.body if isinstance(node, SubProcess) else Body()


def turn(step: Step, instance: int, scope: int | None) -> int | None:
    """How often the scope's own flow has been interrupted; None when the scope has ended.

    A token on its way belongs to the turn in which it set out, and is dropped when another has begun.
    """
    around = step.state.instances.get(instance)
    if around is None or around.state in INSTANCE_ENDED:
        return None
    holder: Instance | Item | None = around if scope is None else step.state.items.get(scope)
    return None if holder is None else int(holder.facts.get(INTERRUPTED, 0))


def is_open(step: Step, instance: int, scope: int | None) -> bool:
    """Whether the scope has not ended."""
    return turn(step, instance, scope) is not None


def note(step: Step, instance: int, scope: int | None, fact: str, value: Json) -> None:
    step.emit(e.FactSet(instance, scope, fact, value))


def open_item(
    step: Step,
    instance: int,
    scope: int | None,
    node: Node,
    local: dict[str, Json] | None = None,
    facts: dict[str, Json] | None = None,
    state: str = "active",
) -> int:
    """A token comes to rest at the node; the id of its item."""
    item = step.new_id()
    name = title(step, node, instance, scope, local)
    step.emit(
        e.ItemOpened(instance, item, scope, node.id, node.id, name, node.type, state, local or None, facts or None)
    )
    step.touch(instance)
    return item


def title(step: Step, node: Node, instance: int, item: int | None, extra: Mapping[str, Json] | None = None) -> str:
    """The node's name, computed where the model says so."""
    return node.name if node.title is None else str(step.evaluate(node.title, instance, item, extra))


def close_item(
    step: Step, item: int, target: str = "completed", transition: str = "complete", reason: str = ""
) -> Item:
    """The item leaves the state, with all that it waits for and all inside it. The item as it was."""
    found = step.state.items[item]
    for child in list(found.children):
        close_item(step, child, "terminated", "terminate", reason)
    if found.waits:
        step.cancel_waits(item, target)
    node = node_of(step, found)
    if isinstance(node, CallActivity):
        step.terminate_called(item)
    found = step.state.items[item]
    name = title(step, node, found.instance, item)
    step.emit(e.ItemChanged(found.instance, item, transition, found.state, target, node.id, name, reason))
    step.touch(found.instance)
    return found


def end_children(step: Step, instance: int, scope: int | None, reason: str = "") -> None:
    """End everything in the scope, and forget the tokens that wait at its joins."""
    for child in step.state.children(instance, scope):
        close_item(step, child.id, "terminated", "terminate", reason)
    for fact in [name for name in facts_of(step, instance, scope) if name.startswith(("tokens:", "reset:"))]:
        note(step, instance, scope, fact, None)
    step.touch(instance)


def interrupt(step: Step, instance: int, scope: int | None, reason: str) -> None:
    """End the scope's own flow; tokens that are still on their way in it are dropped."""
    end_children(step, instance, scope, reason)
    end_turn(step, instance, scope)


def end_turn(step: Step, instance: int, scope: int | None) -> None:
    """The scope's own flow is over: no event sub-process begins in it any more (13.5.4)."""
    note(step, instance, scope, INTERRUPTED, (turn(step, instance, scope) or 0) + 1)


def stall(
    step: Step,
    instance: int,
    scope: int | None,
    node: Node,
    sentence: str,
    where: str = "leaving",
    code: str = "model",
) -> NoReturn:
    """The token cannot go on from this node: it rests there, with an incident for a person."""
    item = open_item(step, instance, scope, node, facts={"stalled": where})
    raise ModelFault(sentence, item, code)
