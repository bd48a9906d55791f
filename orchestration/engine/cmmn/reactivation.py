"""How is a finished case opened again? (8.3, *re-activate*; Flowable, "Case reactivation")

A model may say what happens then: a reactivation listener occurs, items come back by their reactivation rules. A model
that says nothing gets its plan anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestration.engine import events as e
from orchestration.engine.cmmn import items
from orchestration.engine.cmmn.lifecycle import CASE
from orchestration.engine.cmmn.model import Node
from orchestration.engine.step import Refused

if TYPE_CHECKING:
    from orchestration.engine.cmmn.run import Run

Json = Any


def reopen(run: Run, variables: Mapping[str, Json]) -> None:
    """An ended case becomes active again."""
    found = run.step.state.instances[run.instance]
    target = CASE.get(("reactivate", found.state))
    if target is None:
        raise Refused("state", f"{run.model.name} is {found.state}.")
    run.step.emit(e.InstanceChanged(run.instance, "reactivate", found.state, target))
    run.step.set_variables(run.instance, variables)
    listener = next((node for node in run.model.nodes.values() if node.listens == "reactivate"), None)
    if listener is None:
        if run.model.flowable:
            raise Refused("state", f"{run.model.name} has no reactivation listener.")
        items.open_children(run, run.model.plan, None)
    else:
        _by_listener(run, listener)
    run.dirty.add(None)
    run.step.touch(run.instance)


def _by_listener(run: Run, listener: Node) -> None:
    """The listener occurs; the other items come back as their rules say, or the listener's default does."""
    for child in run.model.plan.children:
        node = run.model.nodes[child]
        if node.id != listener.id:
            _come_back(run, node, listener)
    item = run.open_item(listener, None)
    items.finish(run, item, "occur")


def _come_back(run: Run, node: Node, listener: Node) -> None:
    rules = node.reactivation or listener.reactivation
    if run.value(rules.get("ignore"), None) is True:
        return
    if run.value(rules.get("activate"), None) is True:
        items.activate(run, items.create(run, node, None))
        return
    by_default = run.value(rules.get("default"), None) is True
    if by_default or (not rules and node.entry) or (node.entry and _waits_for(node, listener)):
        run.step.plan(items.take_up, run, items.create(run, node, None).id)


def _waits_for(node: Node, listener: Node) -> bool:
    return any(part.source == listener.id for criterion in node.entry for part in criterion.sentry.on_parts)
