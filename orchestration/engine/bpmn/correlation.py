"""How does a message find the process that waits for it?

By its name and by a key. A correlation key has properties; each is read from a message by a retrieval expression, and
from the process's own data by the bindings of a correlation subscription (BPMN 2.0, 8.3.2 and 8.4.2). Zeebe's and our
own models state one expression on the message instead: it reads the payload as well as the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from orchestration.engine import feel
from orchestration.engine.bpmn.model import Event, EventDefinition, Node, Task
from orchestration.engine.bpmn.reading import Reader, local
from orchestration.engine.expressions import Formula, Json
from orchestration.engine.keys import key_text
from orchestration.engine.registry import Names
from orchestration.engine.xml import Element

NO_KEY: Final = ""
"""The key of a subscription whose data is not there yet, and of a message that says nothing: they fit nobody's."""

Keys = Mapping[str, tuple[Formula, ...]]
"""message name -> one expression for each property of its key, in the order of the properties' ids."""


def retrievals(reader: Reader, process: Element) -> dict[str, tuple[Formula, ...]]:
    """How each message's key is read from its payload: all its properties, or those that the process binds."""
    bound = {
        local(binding.get("correlationPropertyRef"))
        for subscription in process.all("correlationSubscription")
        for binding in subscription.all("correlationPropertyBinding")
    }
    paths: dict[str, dict[str, Formula]] = {}
    for element, message, retrieval in _retrieval_elements(reader):
        path = reader.formula(element, retrieval.first("messagePath"))
        if path is not None and (not bound or reader.id(element) in bound):
            paths.setdefault(message, {})[reader.id(element)] = path
    return {message: _in_order(found) for message, found in paths.items()}


def bindings(reader: Reader, process: Element) -> dict[str, tuple[Formula, ...]]:
    """How each message's key is read from the data of a process that has correlation subscriptions."""
    bound: dict[str, Formula] = {}
    for subscription in process.all("correlationSubscription"):
        for binding in subscription.all("correlationPropertyBinding"):
            path = reader.formula(process, binding.first("dataPath"))
            if path is not None:
                bound[local(binding.get("correlationPropertyRef")) or ""] = path
    keys: dict[str, dict[str, Formula]] = {}
    for element, message, _ in _retrieval_elements(reader):
        if reader.id(element) in bound:
            keys.setdefault(message, {})[reader.id(element)] = bound[reader.id(element)]
    return {message: _in_order(found) for message, found in keys.items()}


def _retrieval_elements(reader: Reader) -> Iterator[tuple[Element, str, Element]]:
    """(property, message name, retrieval expression)"""
    for element in reader.root.all("correlationProperty"):
        for retrieval in element.all("correlationPropertyRetrievalExpression"):
            message = reader.by_id.get(local(retrieval.get("messageRef")) or "")
            if message is None:
                reader.fault(element, f"There is no message '{retrieval.get('messageRef')}' to read a key from.")
            else:
                yield element, message.get("name") or reader.id(message), retrieval


def _in_order(by_property: Mapping[str, Formula]) -> tuple[Formula, ...]:
    return tuple(by_property[id] for id in sorted(by_property))


def with_keys(node: Node, keys: Keys) -> Node:
    """The node with the keys that its process binds for the messages that it waits for."""

    def keyed(definition: EventDefinition) -> EventDefinition:
        name = definition.name.constant if definition.kind == "message" and definition.name is not None else None
        known = None if name is None else keys.get(name)
        return definition if known is None else replace(definition, correlation=known)

    if keys and isinstance(node, Event):
        return replace(node, definitions=tuple(map(keyed, node.definitions)))
    if keys and isinstance(node, Task) and node.message is not None:
        return replace(node, message=keyed(node.message))
    return node


def stated(nodes: Iterable[Node]) -> dict[str, tuple[Formula, ...]]:
    """Keys stated on the messages themselves."""
    return {
        str(definition.name.constant): definition.correlation
        for node in nodes
        for definition in awaited(node)
        if definition.kind == "message" and definition.correlation and definition.name is not None
    }


def awaited(node: Node) -> tuple[EventDefinition, ...]:
    """What an event, or a task that receives, waits for."""
    if isinstance(node, Event):
        return node.definitions
    waited = (node.answer or node.message) if isinstance(node, Task) else None
    return () if waited is None else (waited,)


def asked(nodes: Iterable[Node]) -> frozenset[Names]:
    """The parameters by which events of a registry find what waits here."""
    heard = (definition.heard for node in nodes for definition in awaited(node) if definition.heard is not None)
    return frozenset(tuple(name for name, _ in each.matching) for each in heard)


def key_of_payload(paths: tuple[Formula, ...], payload: Mapping[str, Json], now: datetime) -> str:
    """The key that a message carries; NO_KEY when nothing in it makes one."""
    scope = {name: feel.to_feel(value) for name, value in payload.items()}
    return key_text([path.value(scope, now) for path in paths]) or NO_KEY
