"""What can be seen of a process from outside?

For scenario runs, pages and the shell: what is open in one process instance, by which events its processes begin, and
the correlation key of a message. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from orchestration.engine.bpmn import correlation
from orchestration.engine.bpmn.model import Activity, Event, Node, ProcessModel, Starter, Task
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.limits import DEFAULT, Limits
from orchestration.engine.state import Item, State
from orchestration.engine.timers import BadTimer, Schedule, schedule

Json = Any


def items(models: CompiledModels, state: State, instance: int) -> list[dict[str, Json]]:
    """The open activities: {"id", "name", "def", "state", "local"}; the frame of a loop is none, its instances are."""
    model: ProcessModel = models.processes[state.instances[instance].key]
    found = []
    for item in _of(state, instance):
        node = model.nodes[item.node]
        if isinstance(node, Activity) and "loop" not in item.facts:
            shown = {"id": item.id, "name": node.name or node.id, "def": node.id, "state": item.state}
            found.append({**shown, "local": dict(item.local or {})})
    return found


def waiting(models: CompiledModels, state: State, instance: int) -> list[str]:
    """Ids of the wait states that are no user tasks: catching events, receive tasks, work asked of machines."""
    model: ProcessModel = models.processes[state.instances[instance].key]
    found: list[str] = []
    for item in _of(state, instance):
        node = model.nodes[item.node]
        if node.type == "eventBasedGateway":
            found += dict.fromkeys(wait.node for wait in state.waits_of(item.id) if wait.node)
        elif _waits(state, item, node):
            found.append(node.id)
    return found


def _waits(state: State, item: Item, node: Node) -> bool:
    if "loop" in item.facts or "stalled" in item.facts:
        return False
    catches = isinstance(node, Event) and node.type == "intermediateCatchEvent"
    receives = node.type == "receiveTask" or (isinstance(node, Task) and node.answer is not None)
    return catches or receives or bool(state.waits_of(item.id, "job"))


def _of(state: State, instance: int) -> Iterator[Item]:
    return (item for item in state.items.values() if item.instance == instance)


def starters(models: CompiledModels) -> Iterator[tuple[str, Starter]]:
    """(process key, way in) for each message, signal, timer or conditional start of the deployed processes."""
    for key, model in models.processes.items():
        for starter in model.starters:
            yield key, starter


def first_moment(starter: Starter, now: datetime, limits: Limits = DEFAULT) -> Schedule:
    """When a timer start event first begins its process, worked out now, before there is any data.

    Raises BadTimer where it cannot be.
    """
    written = starter.definition.schedule
    text = None if written is None else written.value({}, now)
    if text is None:
        raise BadTimer("it depends on data, and before there is a case there is none.")
    return schedule(str(text), now, limits)


def correlation_key(models: CompiledModels, message: str, payload: Mapping[str, Json], now: datetime) -> str | None:
    """The key that a message carries by its payload, "" where it says nothing; None: its name alone decides."""
    for model in models.processes.values():
        paths = model.retrievals.get(message)
        if paths:
            return correlation.key_of_payload(paths, payload, now)
    return None
