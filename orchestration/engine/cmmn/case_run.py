"""How does one case instance move within a step?

A `CaseRun` is a case plan instance at work (CMMN 1.1, 8.4): it makes transitions by the life-cycle tables, tells
sentries about them, and keeps what the step needs to remember until it is over. Everything that changes the case goes
through `Step.emit`.

Order (ours; CMMN leaves it open, 8.5): transitions are told first in, first out; the criteria that one reaches are
taken in the order of the model; when none is left, conditions are looked at again, then stages complete from the
inside out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from orchestration.engine import events as e
from orchestration.engine.cmmn.lifecycle import EVENT_OR_MILESTONE, STAGE_OR_TASK
from orchestration.engine.cmmn.model import CaseModel, Node, Rule
from orchestration.engine.dialect import Moved
from orchestration.engine.state import ENDED, Item
from orchestration.engine.step import CommandRejected, Step

Json = Any
Lineage = tuple[tuple[str, int], ...]
"""The stages around an item, from the inside out: (node, item)."""

MET: Final = "met"
"""The fact on an instance that lists the crossing items that have been created."""


class OnTransition(Protocol):
    """Told of each transition: where it occurred, in which stage, and the criterion that led to it, if one did."""

    def __call__(self, run: CaseRun, source: str, event: str, parent: int | None, criterion: str = "") -> None: ...


class CaseRun:
    """One case instance in one step.

    `dirty`: stages (None: the case plan model) whose completion must be looked at. `recheck`: items whose conditions
    must be. `momentary`: on-parts seen in this step by sentries that forget. `heard`: variable listeners that are to
    occur. `passing`: variables that are gone when the step is over.
    """

    __slots__ = (
        "_by_node",
        "dirty",
        "heard",
        "instance",
        "model",
        "momentary",
        "on_transition",
        "passing",
        "recheck",
        "step",
    )

    def __init__(self, step: Step, instance: int, on_transition: OnTransition) -> None:
        self.step = step
        self.on_transition = on_transition
        self.instance = instance
        self.model: CaseModel = step.model(instance)
        self._by_node: dict[str, dict[int, None]] = {}
        self.dirty: set[int | None] = set()
        self.recheck: dict[int, None] = {}
        self.passing: dict[str, None] = {}
        self.heard: dict[str, None] = {}
        self.momentary: dict[tuple[int | None, str], set[int]] = {}

    # -- looking

    def node(self, item: Item) -> Node:
        return self.model.nodes[item.node]

    def item(self, number: int) -> Item | None:
        return self.step.state.items.get(number)

    def name(self, item: Item) -> str:
        node = self.node(item)
        return node.name or node.definition

    def children(self, parent: int | None) -> list[Item]:
        return self.step.state.children(self.instance, parent)

    def open_of(self, nodes: Iterable[str]) -> list[Item]:
        """The open items of these nodes, oldest first."""
        return sorted((item for node in nodes for item in self.open(node)), key=lambda item: item.id)

    def open(self, node: str) -> list[Item]:
        """The open items of this node, oldest first."""
        known = self._by_node.get(node)
        if known is None:
            found = self.step.state.items_at(self.instance, node)
            self._by_node[node] = dict.fromkeys(item.id for item in found)
            return found
        return [self.step.state.items[number] for number in known]

    def lineage(self, parent: int | None) -> Lineage:
        """The stages around, from the inside out: (node, item)."""
        found = []
        while parent is not None:
            stage = self.step.state.items[parent]
            found.append((stage.node, stage.id))
            parent = stage.parent
        return tuple(found)

    def stage_of(self, item: Item) -> int | None:
        """The item itself when it is a stage, else the stage around it."""
        return item.id if self.node(item).is_stage else item.parent

    def is_active(self, parent: int | None) -> bool:
        """Whether this stage (None: the case) is there and active."""
        if parent is None:
            found = self.step.state.instances.get(self.instance)
            return found is not None and found.state == "active"
        stage = self.item(parent)
        return stage is not None and stage.state == "active"

    def is_suspended(self, parent: int | None) -> bool:
        """Whether this stage (None: the case), or what is around it where it failed, stands still."""
        while parent is not None:
            stage = self.step.state.items[parent]
            if stage.state != "failed":
                return stage.state == "suspended"
            parent = stage.parent
        return self.step.state.instances[self.instance].state == "suspended"

    def title(self, node: Node, item: int | None, known: Mapping[str, Json] | None = None) -> str:
        """What an item is called, as seen from `item`: its name may be an expression."""
        return node.name if node.title is None else str(self.value(node.title, item, known) or "")

    def value(self, formula: Any, item: int | None, extra: Mapping[str, Json] | None = None) -> Json:
        return None if formula is None else self.step.evaluate(formula, self.instance, item, extra)

    def holds(self, rule: Rule | None, item: Item) -> bool:
        """An item control's rule: absent, it does not hold; without a condition, it does. (5.4.11)"""
        return rule is not None and self.is_met(rule, item.id)

    def is_met(self, rule: Rule, item: int | None, known: Mapping[str, Json] | None = None) -> bool:
        """Whether the rule's condition is true, or there is none; `known` hides variables.

        For Flowable the word "true" is true in a rule (not in a sentry).
        """
        if rule.condition is None:
            return True
        value = self.value(rule.condition, item, {**(self.terms(rule.context) or {}), **(known or {})})
        return value is True or (self.model.flowable and isinstance(value, str) and value.lower() == "true")

    def terms(self, context: str | None) -> dict[str, Json] | None:
        """The entries of the case file item in whose terms a condition speaks. (5.4.6.4, contextRef)"""
        found = self.model.files.get(context or "")
        content = self.step.state.instances[self.instance].variables.get(found.name) if found is not None else None
        return content if isinstance(content, dict) else None

    # -- opening and changing

    def open_item(
        self, node: Node, parent: int | None, local: dict[str, Json] | None = None, state: str = "available"
    ) -> Item:
        """A new instance of a plan item. (8.4.2, *create*)"""
        step = self.step
        name = self.title(node, parent, local)
        if node.repetition is not None and (local is None or node.repetition.counter not in local):
            local = {**(local or {}), node.repetition.counter: 1}
        number = step.new_id()
        step.emit(e.ItemOpened(self.instance, number, parent, node.id, node.definition, name, node.type, state, local))
        if node.id in self._by_node:
            self._by_node[node.id][number] = None
        self.dirty.add(parent)
        step.touch(self.instance)
        self._met(node)
        self.on_transition(self, node.id, "create", parent)
        return step.state.items[number]

    def change(self, item: Item, transition: str, target: str | None = None, reason: str = "") -> None:
        """One transition by the table; `target` only where the table does not say (resuming). Rejects others."""
        node = self.node(item)
        after = target or self.after(item, transition)
        if after is None:
            raise CommandRejected("state", f"{self.name(item)} is {item.state}; it cannot {_words(transition)}.")
        before, number, parent = item.state, item.id, item.parent
        self.step.emit(
            e.ItemChanged(self.instance, number, transition, before, after, node.definition, node.name, reason)
        )
        if after in ENDED and node.id in self._by_node:
            self._by_node[node.id].pop(number, None)
        self.dirty.add(parent)
        if node.is_stage and after not in ENDED:
            self.dirty.add(number)
        self.step.touch(self.instance)
        self.set_by(node.extensions.moved, parent if after in ENDED else number, before, after)
        self.on_transition(self, node.id, transition, parent, reason)

    def set_by(self, listeners: Iterable[Moved], item: int | None, before: str, after: str) -> None:
        """Set what listeners of this change of state say, as seen from the item (None: the case)."""
        for listener in listeners:
            own: dict[str, Json] = {}
            for one in listener.script.assignments if listener.fits(before, after) else ():
                value = self.value(one.value, item, own)
                if one.local:
                    own[one.variable] = value
                elif one.variable in listener.here and item is not None:
                    self.step.set_variables(self.instance, {one.variable: value}, item)
                else:
                    self.assign(item, {one.variable: value})

    def after(self, item: Item, transition: str) -> str | None:
        """The state that the transition leads to from here, or None when it is not possible."""
        table = EVENT_OR_MILESTONE if self.node(item).occurs else STAGE_OR_TASK
        return table.get((transition, item.state))

    def must(self, item: Item, transition: str) -> None:
        """Raises CommandRejected unless the life cycle allows the transition and the case is active."""
        if self.after(item, transition) is None:
            raise CommandRejected("state", f"{self.name(item)} is {item.state}; it cannot {_words(transition)}.")

    def note(self, item: int | None, fact: str, value: Json) -> None:
        holder = self.step.state.instances[self.instance] if item is None else self.step.state.items[item]
        if holder.facts.get(fact) != value:
            self.step.emit(e.FactSet(self.instance, item, fact, value))

    def _met(self, node: Node) -> None:
        """An item was created that an event might otherwise have reached into its stage for. (`stage_reach`)"""
        if node.id in self.model.crossing:
            met = self.met()
            if node.id not in met:
                self.note(None, MET, [*met, node.id])

    def met(self) -> list[str]:
        """The crossing items of which an instance was ever created."""
        found: list[str] = self.step.state.instances[self.instance].facts.get(MET, [])
        return found

    def assign(self, item: int | None, changes: Mapping[str, Json]) -> None:
        """Write variables where they live: local to the item or one around it that has the name, else in the case."""
        holders: dict[int | None, dict[str, Json]] = {}
        for name, value in changes.items():
            holders.setdefault(self._holder(item, name), {})[name] = value
        for holder, values in holders.items():
            self.step.set_variables(self.instance, values, holder)

    def let_go(self) -> None:
        """The step is over: transient variables are gone."""
        passing, self.passing = self.passing, {}
        self.step.remove_variables(self.instance, passing)

    def _holder(self, item: int | None, name: str) -> int | None:
        while item is not None:
            found = self.step.state.items[item]
            rule = self.node(found).repetition
            if (found.local is not None and name in found.local) or (rule is not None and rule.keeps(name)):
                return item
            item = found.parent
        return None

    def related(self, lineage: Lineage, item: Item) -> bool:
        """Whether an item stands in the same repetition of the innermost stage that it shares with the source."""
        stages = dict(lineage)
        for node, number in self.lineage(item.parent):
            if node in stages:
                return stages[node] == number
        return True


def _words(transition: str) -> str:
    return {
        "manualStart": "start by hand",
        "reenable": "be enabled",
        "enable": "be enabled",
        "disable": "be disabled",
        "reactivate": "be reactivated",
        "suspend": "be suspended",
        "resume": "be resumed",
        "terminate": "be terminated",
        "complete": "be completed",
    }.get(transition, transition)
