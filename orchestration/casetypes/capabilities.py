"""Which capabilities does a case type declare, and does each hold what the shipped one of its key promises?

A file `NAME.capability.yaml` in its folder. One that has the key of a shipped capability inherits from it and may only
tighten it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from orchestration.actors.capability import SHAPE, SUFFIX, Capability, capability_of

Json = Any

_VALIDATOR = Draft202012Validator(SHAPE)


def declared(files: Mapping[str, str]) -> dict[str, Capability]:
    """The capabilities that a deployed version declares, by key; what cannot be read (any more) is left out."""
    found = (capability_of(document) for name, document in _documents(files) if not list(_faults(name, document)))
    return {one.key: one for one in found}


def capability_faults(files: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the capability files of a version that is to be deployed, a sentence each."""
    seen: dict[str, str] = {}
    for name, document in _documents(files):
        wrong = list(_faults(name, document))
        yield from wrong
        if wrong:
            continue
        if document["key"] in seen:
            yield f"{name}: {seen[document['key']]} declares the capability {document['key']!r} already."
        seen[document["key"]] = name


def _documents(files: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    for name in sorted(files):
        if name.endswith(SUFFIX):
            try:
                yield name, yaml.safe_load(files[name])
            except (yaml.YAMLError, RecursionError):
                yield name, None


def _faults(name: str, document: Json) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"{name}: names with values are expected."
        return
    for error in _VALIDATOR.iter_errors(document):
        yield f"{', '.join([name, '/'.join(map(str, error.absolute_path))]).rstrip(', ')}: {error.message}"
        return
    for part in ("input", "output"):
        try:
            Draft202012Validator.check_schema(document.get(part, {}))
        except Exception as error:  # jsonschema raises more than SchemaError for schemas that are hostile
            yield f"{name}, {part}: this is no JSON Schema: {str(error).partition(chr(10))[0]}"
    try:
        capability_of(document)
    except ValueError as error:
        yield f"{name}: {error}"
