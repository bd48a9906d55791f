"""What else does a case type need beside its models, and how does it follow from an outline?

Manifest, schema of the data with how secret each value is, forms, and the contracts of machines that do not ship.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from orchestration.actors.capability import SUFFIX, shipped
from orchestration.ground.counts import counted
from orchestration.modelling.conditions import Field
from orchestration.modelling.form import LEVELS
from orchestration.modelling.outline import Outline, Step
from orchestration.modelling.plain import yaml_text

Json = Any

INTERNAL: Final = "internal"
KEY_FACTS: Final = 4
LIST_KINDS: Final = {"money": "money", "number": "number", "date": "date", "choice": "choice", "yes or no": "choice"}
TYPES: Final[dict[str, dict[str, Json]]] = {
    "text": {"type": "string", "minLength": 1, "maxLength": 200},
    "long text": {"type": "string", "maxLength": 10_000, "x-mask": "text"},
    "number": {"type": "number"},
    "money": {"type": "number"},
    "date": {"type": "string", "format": "date", "maxLength": 10},
    "yes or no": {"type": "string", "enum": ["yes", "no"]},
    "choice": {"type": "string"},
}


def manifest_file(outline: Outline) -> str:
    started = [field for field in outline.fields if field.at_start]
    document: dict[str, Json] = {
        "key": outline.key, "name": outline.name, "goal": outline.goal, "case": outline.key.replace("-", "_"),
        "title": f"{outline.name} {{reference}}", "states": list(_states(outline)),
        "stages": [stage.id for stage in outline.stages], "roles": roles_of(outline),
        "may_open": [outline.opened_by], "fallback_group": _groups(outline)[0],
        "key-facts": [field.name for field in started if field.kind != "long text"][:KEY_FACTS],
        "list": {"fields": [_listed(field) for field in outline.fields if field.kind != "long text"][:30]},
        "intake": {
            "reference": "reference", "required": [field.name for field in started],
            "columns": {"reference": "reference"} | {field.label.lower(): field.name for field in started},
        },
    }  # fmt: skip
    if outline.deadline_days:
        length = counted(outline.deadline_days, "day")
        document["deadlines"] = [{"key": "in-time", "title": "Done in time", "length": length}]
    return yaml_text(document)


def _states(outline: Outline) -> Iterator[dict[str, Json]]:
    yield {"name": "Completed", "when": "ended"}
    for stage in outline.stages:
        yield {"name": stage.name, "while": [stage.id]}
    yield {"name": "Open", "when": "otherwise"}


def _listed(field: Field) -> dict[str, str]:
    return {"path": field.name, "label": field.label, "kind": LIST_KINDS.get(field.kind, "text")}


def _groups(outline: Outline) -> list[str]:
    """Those who do steps, in their order; who opens cases where nobody does any."""
    return list(dict.fromkeys([step.who for step in outline.steps if step.kind == "human"])) or [outline.opened_by]


def roles_of(outline: Outline) -> dict[str, Json]:
    """Who does steps sees what these steps read and give in clear, and no more than the most secret of it."""
    found: dict[str, Json] = {
        group: {"may": ["view", "work"], "clearance": _clearance(group, outline)} for group in _groups(outline)
    }
    return {outline.opened_by: {"may": ["view"], "clearance": INTERNAL}} | found


def _clearance(group: str, outline: Outline) -> str:
    theirs = [step for step in outline.steps if step.kind == "human" and step.who == group]
    named = [name for step in theirs for name in (*step.reads, *step.gives)]
    return max((outline.by_name[name].secrecy for name in named), key=LEVELS.index, default=INTERNAL)


def schema_file(outline: Outline) -> str:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": outline.name, "type": "object",
        "required": [field.name for field in outline.fields if field.at_start], "additionalProperties": False,
        "properties": {"reference": _reference()} | {field.name: _property(field, outline) for field in outline.fields},
    }  # fmt: skip
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _reference() -> dict[str, Json]:
    return {"title": "Reference", "type": "string", "maxLength": 100, "x-classification": INTERNAL}


def _property(field: Field, outline: Outline) -> dict[str, Json]:
    own: dict[str, Json] = {"title": field.label} | TYPES[field.kind]
    if field.kind == "choice":
        own["enum"] = list(field.choices)
    if field.kind == "money":
        own["x-currency"] = outline.currency
    return own | {"x-classification": field.secrecy}


def forms_file(outline: Outline) -> str:
    document = {step.id: {"fields": [_asked(outline.by_name[name]) for name in step.gives]}
                for step in outline.steps if step.kind == "human"}  # fmt: skip
    return yaml_text(document)


def _asked(field: Field) -> dict[str, Json]:
    found: dict[str, Json] = {"path": field.name, "label": field.label}
    if field.kind == "long text":
        found["widget"] = "textarea"
    if field.options:
        found["choices"] = {one: one for one in field.options}
    return found


def capability_files(outline: Outline) -> dict[str, str]:
    """A contract for each capability that does not ship: a person does it where no machine can."""
    asked: dict[str, list[Step]] = {}
    for step in outline.steps:
        if step.kind == "machine" and step.who not in shipped():
            asked.setdefault(step.who, []).append(step)
    return {f"{key}{SUFFIX}": _capability(key, steps, outline) for key, steps in asked.items()}


def _capability(key: str, steps: list[Step], outline: Outline) -> str:
    document = {
        "key": key, "title": steps[0].name, "purpose": outline.name[:200],
        "input": _contract([name for step in steps for name in step.reads], outline, required=False),
        "output": _contract([name for step in steps for name in step.gives], outline, required=len(steps) == 1),
        "fails": {"then": "person"},
    }  # fmt: skip
    return yaml_text(document)


def _contract(names: list[str], outline: Outline, *, required: bool) -> Mapping[str, Json]:
    fields = {name: _property(outline.by_name[name], outline) for name in dict.fromkeys(names)}
    if not required:
        fields = {name: one | {"type": [one["type"], "null"]} | _null(one) for name, one in fields.items()}
    found = {"type": "object", "additionalProperties": False, "properties": fields}
    return found | ({"required": list(fields)} if required else {})


def _null(given: Mapping[str, Json]) -> dict[str, Json]:
    return {"enum": [*given["enum"], None]} if "enum" in given else {}
