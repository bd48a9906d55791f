"""Which form has an outline, so that a model can be held to it and a person can write it by hand?

Every name is required and nothing else may stand there, as servers that decode by a schema ask for; what a person
leaves out is filled in before it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

Json = Any

KINDS: Final = ("text", "long text", "number", "money", "date", "yes or no", "choice")
LEVELS: Final = ("public", "internal", "confidential", "restricted")
COMPARISONS: Final = ("equal to", "not equal to", "more than", "at least", "less than", "at most")
DOERS: Final = ("human", "machine", "rule")
MOST_STAGES: Final = 12
MOST_STEPS: Final = 25
MOST_FIELDS: Final = 60

_WORDS: Final = {"type": "string", "minLength": 1, "maxLength": 60}
_NAME: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_VALUE: Final = {"type": "string", "maxLength": 500}


def _object(**properties: Json) -> dict[str, Json]:
    return {
        "type": "object", "additionalProperties": False, "required": list(properties), "properties": properties,
    }  # fmt: skip


def _list(items: Json, most: int, least: int = 0) -> dict[str, Json]:
    return {"type": "array", "minItems": least, "maxItems": most, "items": items}


_CONDITIONS: Final = _list(_object(field=_NAME, **{"is": {"enum": list(COMPARISONS)}}, value=_VALUE), 6)
_FIELD: Final = _object(
    name=_NAME,
    label=_WORDS,
    kind={"enum": list(KINDS)},
    choices=_list(_WORDS, 20),
    secrecy={"enum": list(LEVELS)},
    at_start={"type": "boolean"},
)
_STEP: Final = _object(
    name=_WORDS,
    kind={"enum": list(DOERS)},
    who={"type": "string", "maxLength": 60},
    when=_CONDITIONS,
    reads=_list(_NAME, 20),
    gives=_list(_NAME, 20),
    rows=_list(_object(when=_CONDITIONS, gives=_VALUE), 40),
    due_days={"type": "integer", "minimum": 0, "maximum": 365},
    optional={"type": "boolean"},
)
_STAGE: Final = _object(name=_WORDS, when=_CONDITIONS, steps=_list(_STEP, MOST_STEPS, 1))
_EXAMPLE: Final = _object(
    name={"type": "string", "minLength": 1, "maxLength": 120},
    values=_list(_object(field=_NAME, value=_VALUE), MOST_FIELDS),
    steps=_list(_WORDS, 60),
)
FORM: Final[dict[str, Json]] = _object(
    name=_WORDS,
    goal={"type": "string", "maxLength": 300},
    kind={"enum": ["process", "case"]},
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
    opened_by=_WORDS,
    fields=_list(_FIELD, MOST_FIELDS, 1),
    stages=_list(_STAGE, MOST_STAGES, 1),
    deadline_days={"type": "integer", "minimum": 0, "maximum": 3650},
    examples=_list(_EXAMPLE, 12, 1),
)

_ABSENT: Final[dict[str, Json]] = {"goal": "", "kind": "process", "currency": "EUR", "deadline_days": 0}
_ABSENT_FIELD: Final[dict[str, Json]] = {"kind": "text", "choices": [], "secrecy": "internal", "at_start": False}
_ABSENT_STEP: Final[dict[str, Json]] = {
    "kind": "human", "who": "", "when": [], "reads": [], "gives": [], "rows": [], "due_days": 0, "optional": False,
}  # fmt: skip


def filled(given: Json) -> Json:
    """What was written, with what was left out; what has not the form stays as it is, to be told."""
    given = _in_one_line(given)
    if not isinstance(given, Mapping):
        return given
    found = _ABSENT | dict(given)
    found["fields"] = _each(found.get("fields"), _field)
    found["stages"] = _each(found.get("stages"), _stage)
    found["examples"] = _each(found.get("examples"), _example)
    return found


def _field(given: dict[str, Json]) -> dict[str, Json]:
    choices = given.get("choices", [])
    said = [_text(one) for one in choices] if isinstance(choices, list) else choices
    return _ABSENT_FIELD | given | _labelled(given) | {"choices": said}


def _example(given: dict[str, Json]) -> dict[str, Json]:
    return {"steps": []} | given | {"values": _each(given.get("values", []), _valued)}


def _valued(given: dict[str, Json]) -> dict[str, Json]:
    return given | {"value": _text(given["value"])} if "value" in given else given


def _text(given: Json) -> Json:
    """A value as it was written: YAML reads yes and no, numbers and days as something else than words."""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, date):
        return given.isoformat()
    return str(given) if isinstance(given, int | float) else given


def _in_one_line(given: Json) -> Json:
    """With every text as it can stand in a name: white space of any kind and number is one space."""
    if isinstance(given, str):
        return " ".join(given.split())
    if isinstance(given, list):
        return [_in_one_line(one) for one in given]
    return {name: _in_one_line(one) for name, one in given.items()} if isinstance(given, Mapping) else given


def unwritable(given: Json) -> bool:
    """Whether a text in it holds a character that no file of a model can hold."""
    if isinstance(given, str):
        return any(ord(one) < ord(" ") or "\x7f" <= one <= "\x9f" or one in "\ufffe\uffff" for one in given)
    inside = given.values() if isinstance(given, Mapping) else given if isinstance(given, list) else ()
    return any(unwritable(one) for one in inside)


def _stage(given: dict[str, Json]) -> dict[str, Json]:
    steps = _each(given.get("steps"), _step)
    return given | {"when": _asked(given), "steps": steps}


def _step(given: dict[str, Json]) -> dict[str, Json]:
    return _ABSENT_STEP | given | {"when": _asked(given), "rows": _each(given.get("rows", []), _row)}


def _row(given: dict[str, Json]) -> dict[str, Json]:
    return given | {"when": _asked(given)} | ({"gives": _text(given["gives"])} if "gives" in given else {})


def _asked(given: Mapping[str, Json]) -> Json:
    return _each(given.get("when", []), _valued)


def _labelled(given: Mapping[str, Json]) -> dict[str, Json]:
    name = str(given.get("name", ""))
    return {"label": given.get("label") or name.replace("_", " ").capitalize()}


def _each(given: Json, made: Any) -> Json:
    if not isinstance(given, list):
        return given
    return [made(dict(one)) if isinstance(one, Mapping) else one for one in given]
