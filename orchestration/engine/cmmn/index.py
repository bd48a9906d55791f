"""What does an event or a variable touch in a case model?

Worked out once when a model is compiled, so that a step looks at what changed and never through all sentries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from orchestration.engine.cmmn.model import ENGINE_NAMES, CaseFileItem, CaseModel, Node, Reaction, Rule

Around = Callable[[str | None], frozenset[str | None]]
"""The definition of a stage -> it and the definitions of the stages around it."""


def build(id: str, name: str, plan: Node, nodes: Mapping[str, Node], **rest: Any) -> CaseModel:
    """The compiled case with its tables, in the order in which the model is written."""
    files: Mapping[str, CaseFileItem] = rest.get("files", {})
    reactions: dict[tuple[str, str], list[Reaction]] = defaultdict(list)
    starts: dict[tuple[str, str], list[str]] = defaultdict(list)
    watchers: dict[str, dict[str, None]] = defaultdict(dict)
    listened: dict[str, dict[str, None]] = defaultdict(dict)
    for node in nodes.values():
        for criterion in (*node.entry, *node.exit):
            for part, on_part in enumerate(criterion.sentry.on_parts):
                reactions[on_part.source, on_part.event].append(Reaction(node.id, criterion, part))
                listened[on_part.source][node.id] = None
        if node.timer is not None and node.timer.trigger is not None:
            starts[node.timer.trigger[:2]].append(node.id)
            listened[node.timer.trigger[0]][node.id] = None
        for variable in (*_read(_watched(node), files), *((node.variable,) if node.listens == "variable" else ())):
            watchers[variable][node.id] = None
    placed = _placed(nodes)
    around = stages_around(nodes, placed)
    return CaseModel(
        id=id,
        name=name,
        plan=plan,
        nodes=nodes,
        criteria={criterion.id: criterion for node in nodes.values() for criterion in (*node.entry, *node.exit)},
        reactions={key: tuple(found) for key, found in reactions.items()},
        timer_starts={key: tuple(found) for key, found in starts.items()},
        watchers={key: tuple(found) for key, found in watchers.items()},
        volatile=frozenset(node for name in ENGINE_NAMES for node in watchers.get(name, ())),
        listened={key: tuple(found) for key, found in listened.items()},
        completion_names=frozenset(name for node in nodes.values() for name in _read(_completing(node), files)),
        gathering=tuple(node.id for node in nodes.values() if node.repetition is not None and node.repetition.gathers),
        crossing=frozenset(node.id for node in nodes.values() if _crosses(node, nodes, around)),
        placed=placed,
        stages=tuple(node.id for node in nodes.values() if node.is_stage),
        listeners=tuple(node.id for node in nodes.values() if node.is_listener),
        keeps_completed=any(_asks_completed(node) for node in nodes.values()),
        asked=frozenset(
            tuple(name for name, _ in node.extensions.heard.matching)
            for node in nodes.values()
            if node.is_listener and node.extensions.heard is not None
        ),
        **rest,
    )


def _watched(node: Node) -> Iterator[Rule]:
    """What of an open item is looked at again when one of its variables changes."""
    for criterion in (*node.entry, *node.exit):
        yield Rule(criterion.sentry.condition, criterion.sentry.context)
    yield Rule(node.available)
    if node.repetition is not None:
        yield node.repetition.rule
        yield Rule(node.repetition.collection)


def _completing(node: Node) -> Iterator[Rule]:
    """What decides whether the stage around a node, or the node as a stage, may complete."""
    yield from (rule for rule in (node.required, node.neutral) if rule is not None)
    if node.repetition is not None:
        yield node.repetition.rule
    yield Rule(node.auto_complete_condition)
    for offer in node.table:
        yield from offer.rules


def _read(rules: Iterable[Rule], files: Mapping[str, CaseFileItem]) -> Iterator[str]:
    """The names that rules read; a case file item in whose terms one speaks is among them."""
    for rule in rules:
        if rule.condition is not None:
            yield from rule.condition.names
            found = files.get(rule.context or "")
            if found is not None:
                yield found.name


def _crosses(node: Node, nodes: Mapping[str, Node], around: Around) -> bool:
    """Whether an entry criterion of the node waits for an item outside of the node's stage."""
    sources = (part.source for entry in node.entry for part in entry.sentry.on_parts if not part.case_file)
    return any(source in nodes and node.stage not in around(nodes[source].stage) for source in sources)


def _placed(nodes: Mapping[str, Node]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for node in nodes.values():
        found[node.definition].append(node.id)
    return {definition: tuple(items) for definition, items in found.items()}


def stages_around(nodes: Mapping[str, Node], placed: Mapping[str, tuple[str, ...]]) -> Around:
    """What tells a stage's definition and those of the stages around it, however often it is asked."""

    @cache
    def around(stage: str | None) -> frozenset[str | None]:
        found: set[str | None] = set()
        todo = [stage]
        while todo:
            inner = todo.pop()
            if inner not in found:
                found.add(inner)
                todo.extend(nodes[item].stage for item in placed.get(inner or "", ()))
        return frozenset(found)

    return around


def _asks_completed(node: Node) -> bool:
    """Whether anything needs to know which plan items have been completed before."""
    if node.parent_completion.startswith("ignoreAfterFirstCompletion") or (node.required and node.repetition):
        return True
    reopened = (Rule(condition) for condition in node.reactivation.values())
    rules = (*_watched(node), *_completing(node), node.manual or Rule(), *reopened)
    return "completedPlanItems" in _read(rules, {})
