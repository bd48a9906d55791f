"""Which capabilities does a case type declare, and does each hold what the one that it inherits from promises?

A file `NAME.capability.yaml` in its folder. One that has the key of a shipped capability inherits from it; one that
says `extends: KEY` inherits from that one, of the case type or shipped. What it does not say is inherited; what it says
may tighten, never loosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from orchestration.actors.capability import SHAPE, SUFFIX, Capability, capability_of, shipped
from orchestration.actors.evaluators.registry import evaluator_faults
from orchestration.actors.guardrails import declared as guards
from orchestration.actors.guardrails.guardrail import AFTER, BEFORE
from orchestration.casetypes import schema_tightening
from orchestration.casetypes.files import schema_faults, size_faults
from orchestration.privacy.classification import classify

Json = Any
Documents = Mapping[str, Mapping[str, Json]]
"""Capability files by the key that they declare."""

_VALIDATOR = Draft202012Validator(SHAPE)
_OPENED = ("by-hand", "skip")
"""What one that inherits may close, but not open."""


def declared(files: Mapping[str, str]) -> dict[str, Capability]:
    """The capabilities that a deployed version declares, by key; what cannot be read (any more) is left out."""
    sound = {document["key"]: document for _, document, wrong in _documents(files) if not wrong}
    return {key: capability_of(_merged(document, sound)) for key, document in sound.items()}


def capability_faults(files: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the capability files of a version that is to be deployed, a sentence each."""
    names: dict[str, str] = {}
    sound: dict[str, Mapping[str, Json]] = {}
    for name, document, wrong in _documents(files):
        yield from wrong
        if wrong:
            continue
        if document["key"] in names:
            yield f"{name}: {names[document['key']]} declares the capability {document['key']!r} already."
        names[document["key"]], sound[document["key"]] = name, document
    for key, document in sound.items():
        yield from (f"{names[key]}, {fault}" for fault in _inherited_faults(document, sound))


def _documents(files: Mapping[str, str]) -> Iterator[tuple[str, Json, tuple[str, ...]]]:
    for name in sorted(files):
        if name.endswith(SUFFIX):
            yield name, *_document(name, files[name])


@lru_cache(maxsize=256)
def _document(name: str, text: str) -> tuple[Json, tuple[str, ...]]:
    """What a file says, and what is wrong with it by itself. Each version of a case type has most of them unchanged."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        document = None
    return document, tuple(_own_faults(name, document))


# ---------------------------------------------------------------- a file by itself


def _own_faults(name: str, document: Json) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"{name}: names with values are expected."
        return
    if wrong := size_faults(name, document):
        yield from wrong
        return
    for error in _VALIDATOR.iter_errors(document):
        yield f"{', '.join([name, '/'.join(map(str, error.absolute_path))]).rstrip(', ')}: {error.message}"
        return
    for part in ("input", "output"):
        yield from _schema_faults(f"{name}, {part}", document.get(part, {}))
    try:
        capability_of(document)
    except ValueError as error:
        yield f"{name}: {error}"


def _schema_faults(place: str, schema: Mapping[str, Json]) -> Iterator[str]:
    try:
        yield from schema_faults(place, dict(schema))
        classify(schema)
    except Exception as error:  # what reads schemas raises more than it says for those that are hostile
        yield f"{place}: this is no JSON Schema: {str(error).partition(chr(10))[0]}"


# ---------------------------------------------------------------- and what it inherits


def _parents(document: Mapping[str, Json], own: Documents) -> Iterator[Mapping[str, Json]]:
    """The documents that it inherits from directly: what it extends, and the shipped one of its key."""
    extended = document.get("extends", "")
    if extended != document["key"] and extended in own:
        yield own[extended]
    elif extended in shipped():
        yield shipped()[extended].document
    if document["key"] in shipped() and extended != document["key"]:
        yield shipped()[document["key"]].document


def _merged(document: Mapping[str, Json], own: Documents, below: tuple[str, ...] = ()) -> Mapping[str, Json]:
    """The document with all that it inherits."""
    found: dict[str, Json] = {}
    if document["key"] not in below:
        for parent in _parents(document, own):
            whole = _merged(parent, own, (*below, document["key"]))
            found = {**whole, **found, "guardrails": _sides(whole, found)}
    guardrails = _sides(found, document)
    return {**found, **document, **({"guardrails": guardrails} if guardrails else {})}


def _sides(parent: Mapping[str, Json], child: Mapping[str, Json]) -> dict[str, Json]:
    return {**parent.get("guardrails", {}), **child.get("guardrails", {})}


def _inherited_faults(document: Mapping[str, Json], own: Documents) -> Iterator[str]:
    key, extended = document["key"], document.get("extends", "")
    if extended and extended not in own and extended not in shipped():
        yield f"extends: there is no capability {extended!r} here or among those that ship."
        return
    if circle := _circle(document, own):
        yield f"extends: {' extends '.join(circle)}: it inherits from itself."
        return
    child = capability_of(_merged(document, own))
    if child.then == "skip" and not child.skip:
        yield f"{key}: what may not be skipped (skip: false) is not left out when it fails (then: skip)."
    for stage, found in ((BEFORE, child.before), (AFTER, child.after)):
        yield from (f"{key}: {fault}" for fault in guards.guard_faults(stage, found))
    yield from (f"{key}: {fault}" for fault in evaluator_faults(child.evaluators))
    for parent in _parents(document, own):
        yield from (f"{key}: {fault}" for fault in _loosened(capability_of(_merged(parent, own)), child))


def _circle(document: Mapping[str, Json], own: Documents) -> tuple[str, ...]:
    """The keys on the way from a capability back to itself; empty where there is none."""
    way, at = [document["key"]], document
    while (extended := at.get("extends", "")) in own and extended != at["key"]:
        if extended in way:
            return (*way, extended)
        way.append(extended)
        at = own[extended]
    return ()


def _loosened(parent: Capability, child: Capability) -> Iterator[str]:
    yield from guards.loosened(parent, child)
    for part in ("input", "output"):
        found = schema_tightening.loosened(getattr(parent, part) or {}, getattr(child, part) or {})
        yield from (f"the {part} may be tightened, not loosened: {one}." for one in found)
    if parent.purpose and child.purpose != parent.purpose:
        yield f"its purpose is that of {parent.key}: {parent.purpose}."
    for word in _OPENED:
        if parent.document.get(word) is False and child.document.get(word) is not False:
            yield f"{word} is false in {parent.key} and stays so."
    if child.moves and not parent.moves:
        yield f"what {parent.key} asks for does not move to another actor at once, and stays so."
    if child.then == "skip" and parent.then != "skip":
        yield f"what {parent.key} asks for is not left out when it fails, and stays so."
