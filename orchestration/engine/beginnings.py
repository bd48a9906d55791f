"""Which cases and processes does an event of a registry begin, and with what?

Start events with an `eventType`, and cases with one (Flowable's user guide, "Event registry"). An event begins each of
them whose correlation parameters it has, also where others that run take it in; of its content only what is mapped
becomes variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.engine import registry
from orchestration.engine.bpmn.view import starters
from orchestration.engine.commands import StartCase, StartProcess
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.dialect import Heard

Json = Any


@dataclass(frozen=True, slots=True)
class Beginning:
    """A start. With a `reference`: only while no case lives that began by the same one, of the same model."""

    command: StartCase | StartProcess
    at: str
    reference: str | None = None


def begun_by(models: CompiledModels, event: str, payload: Mapping[str, Json], now: datetime) -> Iterator[Beginning]:
    """What the event begins, in the order of the models."""
    content = models.content(event, payload)
    for key, heard, at in _waiting(models, event, now):
        if _fits(heard, content, now):
            reference = _reference(models, event, content) if heard.unique else None
            variables = _taken(heard, content, now)
            yield Beginning(_command(key, variables, at, reference), at or key, reference)


def _command(
    key: str, variables: Mapping[str, Json], at: str | None, reference: str | None
) -> StartCase | StartProcess:
    if at is None:
        return StartCase(key, variables, reference=reference)
    return StartProcess(key, variables, at, reference=reference)


def untold(models: CompiledModels) -> Iterator[tuple[str, str]]:
    """(model, event) where only one case may live for each, and nothing describes by what one is told from another."""
    for key, model in (*models.processes.items(), *models.cases.items()):
        begins = [starter.definition.heard for starter in getattr(model, "starters", ())]
        begins.append(getattr(model, "begun_by", None))
        for heard in begins:
            event = None if heard is None or not heard.unique else heard.name.constant
            if event is not None and not (event in models.events and models.events[event].correlated):
                yield key, event


def _waiting(models: CompiledModels, event: str, now: datetime) -> Iterator[tuple[str, Heard, str | None]]:
    """(model, what it waits for, its start event; None: it is a case)"""
    for key, starter in starters(models):
        heard = starter.definition.heard
        if starter.name == event and heard is not None and not heard.by_hand:
            yield key, heard, starter.at
    for key, model in models.cases.items():
        heard = model.begun_by
        if heard is not None and not heard.by_hand and heard.name.value({}, now) == event:
            yield key, heard, None


def _fits(heard: Heard, content: Mapping[str, Json], now: datetime) -> bool:
    wanted = registry.key({name: value.value({}, now) for name, value in heard.matching})
    return wanted != registry.NOBODY and wanted == registry.key({name: content.get(name) for name, _ in heard.matching})


def _taken(heard: Heard, content: Mapping[str, Json], now: datetime) -> dict[str, Json]:
    there = [one for one in heard.taken if one.source.names <= content.keys()]
    return {str(one.target.value(content, now)): one.source.value(content, now) for one in there}


def _reference(models: CompiledModels, event: str, content: Mapping[str, Json]) -> str | None:
    """What tells one such case from another: all by which the event is described to be correlated."""
    described = models.events.get(event)
    if described is None or not described.correlated:
        return None
    key = registry.key({name: content.get(name) for name in described.correlated})
    return None if key == registry.NOBODY else key
