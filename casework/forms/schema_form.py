"""How does a person fill in what a JSON Schema describes?

A form made from a schema (JSON Schema, draft 2020-12): titles become questions, enums choices, bounds help; objects are
asked one level deep, lists of plain values a line each, everything else as JSON. `text_of` says a value as it stands in
such a form, `value_of` reads it back. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
from jsonschema import Draft202012Validator

from casework.forms.answer_validation import errors_in_words, nested, read_number, text_errors
from orchestration.casetypes.case_type import FormField
from orchestration.casetypes.form_answers import schema_at

Json = Any
LABEL: Final = re.compile(r"[a-z][a-z0-9]*|[A-Za-z][a-z0-9]*(?:_[a-z0-9]+)+")
Schema = Mapping[str, Json]

LINES: Final = "lines"
JSON: Final = "json"
PLAIN: Final = ("string", "number", "integer", "boolean")
LONG: Final = 200
YES_NO: Final = {"true": "Yes", "false": "No"}
HOW: Final = {LINES: "One on each line.", JSON: "As JSON."}


def fields_of(schema: Schema, path: str, *, required: bool = True) -> Iterator[FormField]:
    """The questions for a document of this schema at a dotted path; one for all of it where nothing is described."""
    properties = schema.get("properties", {})
    if not properties:
        yield FormField(path, str(schema.get("title", "The result")), JSON, HOW[JSON], required=required)
    for name, below in properties.items():
        needed = required and name in schema.get("required", ())
        yield from _fields(below, f"{path}.{name}", _title(name, below), needed)


def _fields(schema: Schema, path: str, label: str, required: bool) -> Iterator[FormField]:
    inner = schema.get("properties", {})
    if schema.get("type") == "object" and inner and all(_kind(one) != JSON for one in inner.values()):
        for name, below in inner.items():
            needed = required and name in schema.get("required", ())
            yield _field(below, f"{path}.{name}", f"{label}: {_title(name, below)}", needed)
    else:
        yield _field(schema, path, label, required)


def _field(schema: Schema, path: str, label: str, required: bool) -> FormField:
    return FormField(
        path, label, _widget(schema), _help(schema, required), choices=dict(_choices(schema)), required=required
    )


def _title(name: str, schema: Schema) -> str:
    currency = schema.get("x-currency")
    title = str(schema.get("title") or name.replace("_", " ").replace("-", " ").capitalize())
    return f"{title} in {currency}" if currency else title


def _kind(schema: Schema) -> str:
    """A plain type, `lines` for a list of plain values, or `json`."""
    if "enum" in schema or "const" in schema or _named(schema):
        return "string"
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind == "array" and schema.get("items", {}).get("type") in PLAIN:
        return LINES
    return kind if kind in PLAIN else JSON


def _named(schema: Schema) -> list[tuple[Json, str]]:
    """Choices with words of their own: `oneOf` of constants with titles."""
    options = schema.get("oneOf", ())
    return [(one["const"], str(one.get("title", one["const"]))) for one in options] if _constants(options) else []


def _constants(options: Json) -> bool:
    return bool(options) and all(isinstance(one, Mapping) and "const" in one for one in options)


def _choices(schema: Schema) -> Iterator[tuple[str, str]]:
    for value, words in _named(schema):
        yield text_of(value), words
    if _kind(schema) == "boolean":
        yield from YES_NO.items()
    for value in schema.get("enum", ()):
        if value is not None:
            yield text_of(value), in_words(text_of(value))


def in_words(value: str) -> str:
    """A label of small letters and underscores as people read it; anything else, such as EUR, as it is."""
    return value.replace("_", " ").capitalize() if LABEL.fullmatch(value) else value


def _widget(schema: Schema) -> str:
    kind = _kind(schema)
    if kind in (LINES, JSON):
        return kind
    if kind in ("number", "integer"):
        return "number"
    if schema.get("format") == "date":
        return "date"
    return "textarea" if schema.get("maxLength", 0) > LONG else "text"


def _help(schema: Schema, required: bool) -> str:
    bounds = _bounds(schema)
    how = HOW.get(_kind(schema), "") if "enum" not in schema else ""
    told = (str(schema.get("description", "")), bounds, how, "" if required else "May stay empty.")
    return " ".join(filter(None, told))


def _bounds(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"From {least} to {most}."
    if least is not None:
        return f"At least {least}."
    return "" if most is None else f"At most {most}."


def text_of(value: Json) -> str:
    """A value as it stands in a form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and value and all(isinstance(one, str | int | float) for one in value):
        return "\n".join(text_of(one) for one in value)
    if isinstance(value, list | Mapping):
        return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    return str(value)


def value_of(schema: Schema, answer: Json) -> Json:
    """What was typed as the value that the schema wants; what cannot be read stays a text, which the schema refuses."""
    if not isinstance(answer, str):
        return answer
    for value in (*(one for one, _ in _named(schema)), *schema.get("enum", ())):
        if text_of(value) == answer:
            return value
    match _kind(schema):
        case "number" | "integer":
            found = read_number(answer)
            return answer if found is None else found
        case "boolean":
            return {"true": True, "false": False}.get(answer, answer)
        case "lines":
            lines = (line.strip() for line in answer.splitlines())
            return [value_of(schema["items"], line) for line in lines if line]
        case "json":
            return _parsed(answer)
        case _:
            return answer


def _parsed(text: str) -> Json:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def document(schema: Schema, answers: Mapping[str, Json]) -> Json:
    """Answers by dotted path ("" for all of it) as one document; those that say nothing are left out."""
    if "" in answers:
        return value_of({}, answers[""])
    return nested((path, value_of(schema_at(schema, path), answer)) for path, answer in answers.items())


def document_errors(validator: Draft202012Validator, value: Json) -> dict[str, str]:
    """What is wrong with it, by dotted path."""
    if not isinstance(value, Mapping):
        return {"": 'This should be an object in JSON, as in {"name": "value"}.'}
    return text_errors(value) or errors_in_words(validator, value)
