"""Which items come back when a finished case is opened again? (table 8.6, *re-activate*; Flowable, case reactivation)

A rule on the item, else the default rule of the reactivation listener, says: activate it at once, leave it out, or
create it as on a first start, which is also what happens without a rule. It holds for every stage from then on.
"""

from __future__ import annotations

from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node
from orchestration.engine.step import CommandRejected

REACTIVATED = "reactivated"
"""The fact on an instance that it has been opened again."""


def kind(run: CaseRun, node: Node, parent: int | None) -> str:
    """ "activate", "ignore" or "default": how an item of a stage that begins is created."""
    if REACTIVATED not in run.step.state.instances[run.instance].facts:
        return "default"
    listener = listener_of(run)
    known = {"planItemInstance": {"name": node.name, "planItemDefinitionId": node.definition}}
    for rules in (node.reactivation, {} if listener is None else listener.reactivation):
        if run.value(rules.get("activate"), parent, known) is True:
            return "activate"
        if run.value(rules.get("ignore"), parent, known) is True:
            return "ignore"
        if "default" in rules:
            return "default" if run.value(rules["default"], parent, known) is True else "ignore"
    return "default"


def must_be_open(run: CaseRun, listener: Node) -> None:
    """Refuse while the listener's available condition does not hold."""
    if listener.available is not None and run.value(listener.available, None) is not True:
        raise CommandRejected(
            "state", f"{run.model.name} cannot be reactivated: the condition of {listener.name} is not met."
        )


def listener_of(run: CaseRun) -> Node | None:
    """The model's reactivation listener."""
    return next((node for node in run.model.nodes.values() if node.listens == "reactivate"), None)


def woken_by(run: CaseRun, listener: Node) -> list[Node]:
    """The items of the plan model that an entry criterion ties to the listener; they come back with it."""
    nodes = (run.model.nodes[child] for child in run.model.plan.children)
    return [
        node
        for node in nodes
        if any(part.source == listener.id for entry in node.entry for part in entry.sentry.on_parts)
    ]
