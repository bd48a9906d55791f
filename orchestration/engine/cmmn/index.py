"""What does an event or a variable touch in a case model?

Worked out once when a model is compiled, so that a step looks at what changed and never through all sentries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orchestration.engine.cmmn.model import ENGINE_NAMES, CaseFileItem, CaseModel, Node, Reaction
from orchestration.engine.expressions import Formula


def build(id: str, name: str, plan: Node, nodes: Mapping[str, Node], **rest: Any) -> CaseModel:
    """The compiled case with its tables, in the order in which the model is written."""
    reactions: dict[tuple[str, str], list[Reaction]] = defaultdict(list)
    starts: dict[tuple[str, str], list[str]] = defaultdict(list)
    watchers: dict[str, dict[str, None]] = defaultdict(dict)
    listened: dict[str, dict[str, None]] = defaultdict(dict)
    volatile = set()
    for node in nodes.values():
        for criterion in (*node.entry, *node.exit):
            for part, on_part in enumerate(criterion.sentry.on_parts):
                reactions[on_part.source, on_part.event].append(Reaction(node.id, criterion, part))
                listened[on_part.source][node.id] = None
        if node.timer is not None and node.timer.trigger is not None:
            starts[node.timer.trigger[:2]].append(node.id)
        for formula in _watched(node):
            for variable in formula.names:
                watchers[variable][node.id] = None
            if formula.names & ENGINE_NAMES:
                volatile.add(node.id)
        for variable in _named(node, rest.get("files", {})):
            watchers[variable][node.id] = None
    return CaseModel(
        id=id,
        name=name,
        plan=plan,
        nodes=nodes,
        criteria={criterion.id: criterion for node in nodes.values() for criterion in (*node.entry, *node.exit)},
        reactions={key: tuple(found) for key, found in reactions.items()},
        timer_starts={key: tuple(found) for key, found in starts.items()},
        watchers={key: tuple(found) for key, found in watchers.items()},
        volatile=frozenset(volatile),
        listened={key: tuple(found) for key, found in listened.items()},
        completion_names=frozenset(name for node in nodes.values() for one in _completing(node) for name in one.names),
        crossing=frozenset(node.id for node in nodes.values() if _crosses(node, nodes)),
        keeps_completed=any(_asks_completed(node) for node in nodes.values()),
        **rest,
    )


def _watched(node: Node) -> Iterator[Formula]:
    """What of an open item is looked at again when one of its variables changes."""
    for criterion in (*node.entry, *node.exit):
        if criterion.sentry.condition is not None:
            yield criterion.sentry.condition
    if node.available is not None:
        yield node.available
    if node.repetition is not None:
        yield from _some(node.repetition.collection, node.repetition.condition)


def _named(node: Node, files: Mapping[str, CaseFileItem]) -> Iterator[str]:
    """Variables that a node watches by name: a listener's own, and case file items in whose terms it speaks."""
    if node.listens == "variable":
        yield node.variable
    for criterion in (*node.entry, *node.exit):
        item = files.get(criterion.sentry.context or "")
        if item is not None:
            yield item.name


def _completing(node: Node) -> Iterator[Formula]:
    """What decides whether the stage around a node, or the node as a stage, may complete."""
    yield from _some(*(rule.condition for rule in (node.required, node.neutral) if rule is not None))
    yield from _some(node.auto_complete_condition)
    for offer in node.table:
        yield from offer.rules


def _crosses(node: Node, nodes: Mapping[str, Node]) -> bool:
    """Whether an entry criterion of the node waits for an item outside of the node's stage."""
    sources = (part.source for entry in node.entry for part in entry.sentry.on_parts if not part.case_file)
    return any(source in nodes and node.stage not in _stages_of(nodes[source], nodes) for source in sources)


def _stages_of(node: Node, nodes: Mapping[str, Node]) -> set[str | None]:
    """The definitions of the stages around a node."""
    found: set[str | None] = set()
    todo = [node.stage]
    while todo:
        stage = todo.pop()
        if stage not in found:
            found.add(stage)
            todo.extend(each.stage for each in nodes.values() if each.definition == stage)
    return found


def _some(*formulas: Formula | None) -> Iterable[Formula]:
    return (formula for formula in formulas if formula is not None)


def _asks_completed(node: Node) -> bool:
    """Whether anything needs to know which plan items have been completed before."""
    if node.parent_completion.startswith("ignoreAfterFirstCompletion") or (node.required and node.repetition):
        return True
    rules = (node.manual, node.required, node.neutral)
    formulas = [*_watched(node), *_some(*(rule.condition for rule in rules if rule is not None))]
    return any("completedPlanItems" in formula.names for formula in formulas)
