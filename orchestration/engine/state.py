"""What is open in a root case right now?

One `State` stands for one root case (or root process) with all that runs inside it. It holds open items only: what has
ended is in the history. Only `apply` changes a state, and only a working copy made by `State.working`; items and
instances are read when they are asked for (`pages`) and copied when they are first written, so a step pays for what it
touches. Everything stands in the order of its id, which is the order of creation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from orchestration.engine import registry
from orchestration.engine.id_set import IdSet
from orchestration.engine.keys import same
from orchestration.engine.pages import Pages, Row, Table
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
    `facts`: what the behaviour notes (on-parts seen, counters), JSON. `called`: the instances that it began.
    """

    id: int
    instance: int
    parent: int | None
    node: str
    state: str
    local: dict[str, Json] | None = None
    facts: dict[str, Json] = field(default_factory=dict)
    children: IdSet = field(default_factory=IdSet, compare=False)
    waits: IdSet = field(default_factory=IdSet, compare=False)
    called: IdSet = field(default_factory=IdSet, compare=False)

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
            self.children.copy(),
            self.waits.copy(),
            self.called.copy(),
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
    children: IdSet = field(default_factory=IdSet, compare=False)
    waits: IdSet = field(default_factory=IdSet, compare=False)

    def copy(self) -> Instance:
        return Instance(
            self.id,
            self.kind,
            self.key,
            self.parent,
            self.state,
            self.variables,
            dict(self.facts),
            self.children.copy(),
            self.waits.copy(),
        )


class State:
    """The open instances, items and waits of a root case, and the next number of its counter.

    `data_changed`: the root's variables differ from the bytes that this state was decoded from.
    """

    __slots__ = ("data_changed", "instances", "items", "next_id", "owned", "pages", "waits")

    def __init__(self, next_id: int = ROOT, pages: Pages | None = None, variables: Variables | None = None) -> None:
        """`pages`: what is open, as it is stored, with the root's `variables`; else nothing is."""
        self.next_id = next_id
        self.pages = pages or Pages()
        self.data_changed = False
        self.owned: set[int] = set()
        make = partial(_instance, variables)
        self.instances: Table[Instance] = Table(0, make, instance_row, self.pages)
        self.items: Table[Item] = Table(1, _item, item_row, self.pages)
        self.waits: Table[Wait] = Table(2, _wait, wait_row, self.pages)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and self._open == other._open

    __hash__ = None  # type: ignore[assignment]

    @property
    def _open(self) -> tuple[object, ...]:
        return self.next_id, self.instances, self.items, self.waits

    def __repr__(self) -> str:
        return f"State{self._open!r}"

    @property
    def root(self) -> Instance:
        """Raises KeyError on an empty state."""
        return self.instances[ROOT]

    def working(self) -> State:
        """A copy that `apply` may write: what is stored is shared, and copied when it is first written."""
        copy = State.__new__(State)
        copy.next_id, copy.pages, copy.data_changed = self.next_id, self.pages, self.data_changed
        copy.owned = set()
        copy.instances, copy.items, copy.waits = self.instances.working(), self.items.working(), self.waits.working()
        return copy

    @property
    def tables(self) -> tuple[Table[Instance], Table[Item], Table[Wait]]:
        """In the order in which they are stored."""
        return self.instances, self.items, self.waits

    @property
    def changed(self) -> set[int]:
        """The numbers of the pages on which something differs from what was stored."""
        return self.instances.changed | self.items.changed | self.waits.changed

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
        return list(self.each_child(instance, item))

    def each_child(self, instance: int, item: int | None) -> Iterator[Item]:
        """The same one by one, for who may not need all; nothing may be written meanwhile."""
        items = self.items
        return (items[child] for child in self.holder(instance, item).children)

    def holder(self, instance: int, item: int | None) -> Item | Instance:
        """The item, or, with `item` None, the instance."""
        return self.instances[instance] if item is None else self.items[item]

    def waits_of(self, item: int, *kinds: str) -> list[Wait]:
        """What stands on this item, of these kinds (none: of all)."""
        found = (self.waits[wait] for wait in self.items[item].waits)
        return [wait for wait in found if not kinds or wait.kind in kinds]

    def waiting_for(self, kind: str, name: str | None = None) -> list[Wait]:
        """The waits of this kind, and of this name if one is given, oldest first."""
        found = self.waits.mentioning(kind if name is None else name)
        return [wait for wait in found if wait.kind == kind and name in (None, wait.name)]

    def items_at(self, instance: int, node: str) -> list[Item]:
        """The open items of this node in the instance, oldest first."""
        return [item for item in self.items.mentioning(node) if item.node == node and item.instance == instance]

    def items_with(self, instance: int, fact: str) -> list[Item]:
        """The open items in the instance of which this fact is noted, oldest first."""
        return [item for item in self.items.mentioning(fact) if fact in item.facts and item.instance == instance]

    def called_by(self, item: int) -> list[Instance]:
        """The cases and processes that this item has called and that still run."""
        return [self.instances[instance] for instance in self.items[item].called]


# -- rows


def item_row(item: Item) -> Row:
    row = [item.id, item.instance, item.parent, item.node, item.state, item.local, item.facts]
    return row + _sets(item.children, item.waits, item.called)


def _item(row: Row) -> Item:
    return Item(*row[:7], *map(IdSet, row[7:]))


def instance_row(instance: Instance) -> Row:
    """The root's variables are kept apart: they may be large."""
    i, variables = instance, None if instance.id == ROOT else dict(instance.variables)
    return [i.id, i.kind, i.key, i.parent, i.state, variables, i.facts, *_sets(i.children, i.waits)]


def _instance(variables: Variables | None, row: Row) -> Instance:
    id, kind, key, parent, state, own, facts, *sets = row
    given = variables if id == ROOT and variables is not None else Variables(own)
    return Instance(id, kind, key, parent, state, given, facts, *map(IdSet, sets))


def wait_row(wait: Wait) -> Row:
    return [wait.id, wait.instance, wait.item, wait.kind, wait.name, wait.node, wait.key, wait.facts]


def _wait(row: Row) -> Wait:
    return Wait(*row)


def _sets(*sets: IdSet) -> list[list[Any]]:
    """Sets as they are stored; those at the end that are empty are left out."""
    stored = [each.stored() for each in sets]
    while stored and not stored[-1]:
        stored.pop()
    return stored
