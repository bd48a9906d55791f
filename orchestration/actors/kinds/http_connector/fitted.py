"""How does a draft come to give what a capability that is there already promises?

An operation and a contract seldom say the same. Where both have a field of one name, the draft passes it on; what is
left, it says in a line above. Whatever it guesses is looked through, and tried, before it is registered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from orchestration.actors.capability import Capability

Json = Any


def fitted(text: str, contract: Capability) -> str:
    """The draft of an HTTP connector with input and output as the contract of its capability has them."""
    file, taken, given = yaml.safe_load(text), _fields(contract.input), _fields(contract.output)
    if not taken or not given:
        return text
    lines = [one for one in text.splitlines() if one.startswith("#")]
    lines += [f"# {one}" for one in _left_open(file, contract)]
    told, there = _fields(file["input"]), _fields(_fields(file["output"]).get("result"))
    named = [name for name in given if name in there or name in _required(contract.output)]
    if told.get("body", {}).get("properties") and file.get("body") == "= input.body":
        file["body"] = {name: f"= input.{name}" for name in told["body"]["properties"] if name in taken}
    file["input"] = {"type": "object", "required": _required(contract.input), "properties": taken}
    file["output"] = {"type": "object", "required": _required(contract.output), "properties": given}
    for rule in file["answers"]:
        if "output" in rule:
            rule["output"] = {name: f"= get value(body, {json.dumps(name)})" for name in named}
            rule |= {"confidence": "= body.confidence"} if "confidence" in named else {}
    return "\n".join([*lines, yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=110)])


def _left_open(file: Mapping[str, Json], contract: Capability) -> Iterator[str]:
    """What one of the two asks for and the other has not."""
    taken = _fields(contract.input)
    for name in _wanted(file):
        if name not in taken:
            yield f"The service wants {name}, which {contract.key} does not give."
    there = _fields(_fields(file["output"]).get("result"))
    for name in _required(contract.output):
        if name not in there:
            yield f"{contract.key} promises {name}: say under answers where in the answer it stands."


def _wanted(file: Mapping[str, Json]) -> Iterator[str]:
    """What the operation must be given: its parameters, and the fields of its body."""
    told = _fields(file["input"])
    for name in _required(file["input"]):
        yield from _required(told[name]) if name == "body" else [name]


def _required(schema: Mapping[str, Json] | None) -> list[str]:
    return list((schema or {}).get("required", ()))


def _fields(schema: Mapping[str, Json] | None) -> dict[str, Json]:
    return dict((schema or {}).get("properties", {}))
