"""How does an event outside of a stage start an item inside it? (CMMN 1.1, table 8.7, *Available*)

A sentry whose source stands outside of its stage is checked while the stage is not active: when it holds, the enclosing
stages start first, whatever they wait for, and the item enters. It happens once, before the item was ever created. In
Flowable's models a repeating item is reached again, and stages that have ended start anew.
"""

from __future__ import annotations

from orchestration.engine.cmmn.case_run import CaseRun
from orchestration.engine.cmmn.model import Node
from orchestration.engine.state import Item


def is_possible(run: CaseRun, node: Node) -> bool:
    """Whether an event may reach the item, of which no instance is open. What left with its case reaches nothing."""
    if not run.step.is_running(run.instance):
        return False
    if not is_unmet(run, node):
        rule = node.repetition
        return run.model.flowable and node.id in run.model.crossing and rule is not None and run.is_met(rule.rule, None)
    return True


def is_unmet(run: CaseRun, node: Node) -> bool:
    """Whether no instance of this crossing item was ever created."""
    return node.id in run.model.crossing and node.id not in run.met()


def around(run: CaseRun, node: Node) -> list[Node]:
    """The stages around the node, from the outside in; of several that fit, the first."""
    found: list[Node] = []
    stage = node.stage
    while stage is not None and stage != run.model.plan.definition:
        holder = run.model.nodes[run.model.placed[stage][0]]
        found.insert(0, holder)
        stage = holder.stage
    return found


def ready(run: CaseRun, holder: Node) -> Item | None:
    """The instance of a stage that is active, else one that can be made to begin."""
    states = {item.state: item for item in reversed(run.open(holder.id))}
    return states.get("active") or states.get("available") or states.get("enabled")
