"""What is open in a root case right now?

One `State` stands for one root case (or root process) with all that runs inside it. It holds open items only: what has
ended is in the history. Only `apply` changes a state, and only a working copy made by `State.working`; items and
instances are copied when they are first written, so a step pays for what it touches.

`children` and `waits` of items and instances are derived (rebuilt when a state is decoded), in order of creation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from orchestration.engine import registry
from orchestration.engine.keys import same
from orchestration.engine.variables import Variables

Json = Any

ROOT: Final = 1
"""The id of the root instance: it takes the first number of the counter."""

ENDED: Final = frozenset({"completed", "terminated", "closed"})
"""States in which an item leaves the state document."""

INSTANCE_ENDED: Final = frozenset({"completed", "terminated", "failed", "closed"})


@dataclass(slots=True)
class Item:
    """An open plan item instance (CMMN) or activity, token or scope (BPMN).

    `parent`: the stage or scope item around it, None: directly in the instance. `local`: variables of its own scope.
    `facts`: what the behaviour notes (on-parts seen, counters), JSON.
    """

    id: int
    instance: int
    parent: int | None
    node: str
    state: str
    local: dict[str, Json] | None = None
    facts: dict[str, Json] = field(default_factory=dict)
    children: dict[int, None] = field(default_factory=dict, compare=False)
    waits: dict[int, None] = field(default_factory=dict, compare=False)

    def copy(self) -> Item:
        local = None if self.local is None else dict(self.local)
        return Item(
            self.id,
            self.instance,
            self.parent,
            self.node,
            self.state,
            local,
            dict(self.facts),
            dict(self.children),
            dict(self.waits),
        )


@dataclass(slots=True)
class Wait:
    """Something that an item (None: the instance) waits for, or that stands on it.

    | kind | id | name | key |
    |---|---|---|---|
    | task | that of its item | | |
    | job | own | capability | |
    | timer | own | node | when due (ISO, UTC) |
    | message, signal, conditional, variable, error, ... | own | what it listens for | correlation key or None |
    | reference | own | key of the model | what the event carried that began the case, and no second time may |
    | incident | own | code | |
    """

    id: int
    instance: int
    item: int | None
    kind: str
    name: str = ""
    node: str = ""
    key: str | None = None
    facts: dict[str, Json] | None = None

    def fits(self, correlation: str | None) -> bool:
        """Whether a message with this correlation key is for it. None: its name alone decides; "": it says none.

        What waits for an event of a registry is found by what the event carries (`Step.expecting`), not so.
        """
        if registry.is_key(self.key):
            return False
        if self.key is None or correlation is None:
            return True
        return correlation != "" and same(self.key, correlation)


@dataclass(slots=True)
class Instance:
    """A running case or process, or an ended root. `parent`: the item that called it."""

    id: int
    kind: str
    key: str
    parent: int | None
    state: str
    variables: Variables = field(default_factory=Variables)
    facts: dict[str, Json] = field(default_factory=dict)
    children: dict[int, None] = field(default_factory=dict, compare=False)
    waits: dict[int, None] = field(default_factory=dict, compare=False)

    def copy(self) -> Instance:
        return Instance(
            self.id,
            self.kind,
            self.key,
            self.parent,
            self.state,
            self.variables,
            dict(self.facts),
            dict(self.children),
            dict(self.waits),
        )


@dataclass(slots=True)
class State:
    """`data_changed`: the root's variables differ from the bytes that this state was decoded from."""

    next_id: int = ROOT
    instances: dict[int, Instance] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    waits: dict[int, Wait] = field(default_factory=dict)
    data_changed: bool = field(default=False, compare=False)
    owned: set[int] = field(default_factory=set, compare=False, repr=False)

    @property
    def root(self) -> Instance:
        """Raises KeyError on an empty state."""
        return self.instances[ROOT]

    def working(self) -> State:
        """A copy that `apply` may write: containers are copied now, what they hold when it is first written."""
        return State(self.next_id, dict(self.instances), dict(self.items), dict(self.waits), self.data_changed)

    def own_item(self, item: int) -> Item:
        """The item, made private to this state. For `apply` only."""
        found = self.items[item]
        if item not in self.owned:
            found = self.items[item] = found.copy()
            self.owned.add(item)
        return found

    def own_instance(self, instance: int) -> Instance:
        """The instance, made private to this state. For `apply` only."""
        found = self.instances[instance]
        if instance not in self.owned:
            found = self.instances[instance] = found.copy()
            self.owned.add(instance)
        return found

    def children(self, instance: int, item: int | None) -> list[Item]:
        """Open items directly in this item, or, with `item` None, directly in the instance."""
        holder = self.instances[instance] if item is None else self.items[item]
        return [self.items[child] for child in holder.children]

    def waits_of(self, item: int, *kinds: str) -> list[Wait]:
        """What stands on this item, of these kinds (none: of all)."""
        found = (self.waits[wait] for wait in self.items[item].waits)
        return [wait for wait in found if not kinds or wait.kind in kinds]

    def called_by(self, item: int) -> list[Instance]:
        """The cases and processes that this item has called and that still run."""
        return [instance for instance in self.instances.values() if instance.parent == item]
