"""Can the files of a case type be read, and has each the shape that it should have?

People upload case types, so the files are hostile until shown otherwise: plain names, bounded sizes, YAML and JSON
without tricks. What does not fit is said in sentences that name the file and the place, all of them at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from orchestration.casetypes.asked_first import SHAPE as ASKED_FIRST
from orchestration.casetypes.shape_words import in_words, shown
from orchestration.ground import schemas

Json = Any

MODELS: Final = (".cmmn", ".bpmn", ".dmn")
REGISTRY: Final = (".event", ".channel")
"""Files of Flowable's event registry, which say what events carry and over which channels they come and go."""
READ: Final = (*MODELS, *REGISTRY, ".yaml", ".json")
MANIFEST: Final = "manifest.yaml"
FORMS: Final = "forms.yaml"
SAMPLES: Final = "samples/"
"""The folder in it whose tables (CSV) hold cases to try it with."""
DOCUMENT: Final = "@document"
"""The place of a column that is no field of the case, but the text of the document with which it begins."""

MOST_FILES: Final = 200
MOST_CHARACTERS: Final = 4 * 1024 * 1024
"""In all files together."""
MOST_VALUES: Final = 50_000
"""In one document, aliases counted as often as they are used."""
DEEPEST: Final = 100
PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 500}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_NAMED_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}
_CONDITION: Final = {"type": "object", "additionalProperties": _TEXTS}
_PURPOSES: Final = {
    "type": "array",
    "maxItems": 20,
    "items": {"type": "string", "pattern": r"^\S(.{0,98}\S)?$"},
}
_LEVEL: Final = {"enum": ["public", "internal", "confidential", "restricted"]}
_DAYS: Final = {"type": "integer", "minimum": 0, "maximum": 36_500}
_EVENT: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"}


def _object(required: Iterable[str] = (), /, **properties: Json) -> dict[str, Json]:
    """A mapping that has these keys and no others."""
    return {
        "type": "object", "required": list(required), "properties": properties, "additionalProperties": False,
    }  # fmt: skip


_MANIFEST_SHAPE: Final = _object(
    ("key", "name", "case"),
    key={"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,63}$"},
    name={"type": "string", "minLength": 1, "maxLength": 200},
    goal={"type": "string", "maxLength": 500},
    case=_TEXT,
    title={"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[^{}]*(\{reference\}[^{}]*)*$"},
    schema={"type": "string", "pattern": "\\.json$"},
    states={
        "type": "array",
        "items": _object(
            ("name",),
            name={"type": "string", "minLength": 1, "maxLength": 64},
            when={"enum": ["ended", "otherwise"]},
            **{"while": _TEXTS},
        ),
    },
    stages=_TEXTS,
    **{"key-facts": _TEXTS},
    list=_object(
        headline={**_TEXTS, "maxItems": 6},
        why={"type": "object", "additionalProperties": _TEXTS},
        fields={
            "type": "array",
            "maxItems": 30,
            "items": _object(
                ("path", "label", "kind"),
                path=_TEXT,
                label={"type": "string", "minLength": 1, "maxLength": 60},
                kind={"enum": ["number", "money", "date", "choice", "text", "person"]},
            ),
        },
    ),
    editable={
        "type": "array",
        "maxItems": 100,
        "items": _object(("path",), path=_TEXT, by=_TEXTS, reason={"type": "boolean"}),
    },
    roles={
        "type": "object",
        "additionalProperties": _object(
            may={"type": "array", "items": {"enum": ["view", "work", "reply", "reveal", "assign", "audit"]}},
            clearance=_LEVEL,
            intake={"type": "boolean"},
            purposes=_PURPOSES,
        ),
    },
    fallback_group={"type": "string", "maxLength": 150},
    may_open=_TEXTS,
    intake=_object(reference=_TEXT, required=_TEXTS, columns=_NAMED_TEXTS),
    urgent=_TEXT,
    unit=_object(("place", "of"), place=_TEXT, of=_NAMED_TEXTS),
    **{
        "approval-chain": _object(
            ("decision",),
            decision=_TEXT,
            amount=_TEXT,
            way=_TEXT,
            chain=_TEXT,
            needed=_TEXT,
            tasks=_TEXTS,
            ordinary={"type": "object"},
        )
    },
    **{"asked-first": ASKED_FIRST},
    documents=_object(("level",), level=_LEVEL, purposes=_PURPOSES, fields=_NAMED_TEXTS, event=_EVENT),
    deadlines={
        "type": "array",
        "maxItems": 20,
        "items": _object(
            ("key", "title", "length"),
            key={"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"},
            title={"type": "string", "minLength": 1, "maxLength": 100},
            law={"type": "string", "maxLength": 200},
            length={"type": "string", "maxLength": 40},
            calendar={"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"},
            starts=_TEXT,
            ends={"enum": ["day", "closing"]},
            rolls={"type": "boolean"},
            escalate={"type": "integer", "minimum": 1, "maximum": 99},
            **{"or-opened": {"type": "boolean"}, "paused-while": _TEXTS, "met-by": _TEXTS},
        ),
    },
    owners={
        "type": "array",
        "maxItems": 20,
        "items": _object(
            ("key", "system", "read", "copies"),
            key={"type": "string", "pattern": "^[a-z][a-z0-9-]{0,63}$"},
            system={"type": "string", "minLength": 1, "maxLength": 60},
            read=_TEXT,
            given={"type": "object"},
            when=_TEXT,
            copies={**_NAMED_TEXTS, "minProperties": 1, "maxProperties": 100},
            changes={
                "type": "object",
                "additionalProperties": _object(
                    ("capability", "given"), capability=_TEXT, given={"type": "object"}, by=_TEXTS
                ),
            },
            every={"type": "string", "pattern": "^P", "maxLength": 40},
            heals={"type": "boolean"},
        ),
    },
    keeping=_object(
        ("floor", "keep", "law"), floor=_DAYS, keep=_DAYS, law={"type": "string", "minLength": 3, "maxLength": 200}
    ),
    routing={"type": "string", "minLength": 1, "maxLength": 200},
    assignment={"type": "string", "minLength": 1, "maxLength": 200},
    external={"type": "array", "items": _object(("item", "form", "label"), item=_TEXT, form=_TEXT, label=_TEXT)},
)
_JUDGED: Final = ("capability", "output", "field")
_FORMS_SHAPE: Final = {
    "type": "object",
    "additionalProperties": _object(
        suggestion=_NAMED_TEXTS,
        score=_object(("path",), path=_TEXT, inputs=_TEXTS),
        findings=_object(("of",), of=_TEXTS, advice=_TEXT),
        signs={"type": "boolean"},
        judges={
            "type": "array",
            "items": _object(_JUDGED, unless=_CONDITION, means=_NAMED_TEXTS, **dict.fromkeys(_JUDGED, _TEXT)),
        },
        fields={
            "type": "array",
            "items": _object(
                ("path", "label"),
                path=_TEXT,
                label=_TEXT,
                widget={"enum": ["text", "textarea"]},
                help={"type": "string", "maxLength": 500},
                initial=_TEXT,
                choices=_NAMED_TEXTS,
                required={"type": "boolean"},
                fills=_TEXTS,
                asked_when=_CONDITION,
                required_when=_CONDITION,
                required_unless=_CONDITION,
                unchanged_when=_CONDITION,
            ),
        },
    ),
}
SHAPES: Final = {MANIFEST: Draft202012Validator(_MANIFEST_SHAPE), FORMS: Draft202012Validator(_FORMS_SHAPE)}


def name_faults(files: Mapping[str, Json]) -> list[str]:
    """What is wrong with the names and sizes of the files, before anything in them is read."""
    faults = [fault for name, text in files.items() if (fault := _file_fault(name, text))]
    if len(files) > MOST_FILES:
        faults.append(f"These are {len(files)} files; a case type has at most {MOST_FILES}.")
    size = sum(len(text) for text in files.values() if isinstance(text, str))
    if size > MOST_CHARACTERS:
        faults.append(f"The files have {size} characters; together they may have at most {MOST_CHARACTERS}.")
    return faults


def is_sample(name: str) -> bool:
    """Whether a file of this name holds sample cases."""
    return name.startswith(SAMPLES) and name.endswith(".csv") and "/" not in name.removeprefix(SAMPLES)


def _file_fault(name: Json, text: Json) -> str:
    plain = name.removeprefix(SAMPLES) if isinstance(name, str) and is_sample(name) else name
    if not isinstance(plain, str) or not PLAIN_NAME.fullmatch(plain) or ".." in plain:
        return f"{shown(name)} is no plain file name: letters, digits, dots, hyphens and underscores are."
    if not name.endswith(READ) and not is_sample(name):
        return f"{name} is none of the files that make a case type: {', '.join(READ)} are."
    if not isinstance(text, str):
        return f"{name} is not a text."
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        return f"{name} holds characters that cannot be kept (NUL or broken encoding)."
    return ""


def parsed(files: Mapping[str, str], name: str, faults: list[str]) -> dict[str, Json] | None:
    """What a YAML or JSON file of the folder says; None where it cannot be read: `faults` then says why."""
    if name not in files:
        faults.append(f"{name} is missing.")
        return None
    try:
        found = (json.loads if name.endswith(".json") else yaml.safe_load)(files[name])
    except RecursionError:
        faults.append(f"{name} is nested too deeply.")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.append(f"{name}, line {line}: {error.problem or error.context}.")
    except json.JSONDecodeError as error:
        faults.append(f"{name}, line {error.lineno}: {error.msg}.")
    except (yaml.YAMLError, ValueError) as error:
        faults.append(f"{name}: {str(error).partition(chr(10))[0]}")
    else:
        if isinstance(found, dict):
            return found
        faults.append(f"{name}: names with values are expected.")
    return None


def checked(files: Mapping[str, str], name: str, faults: list[str]) -> dict[str, Json] | None:
    """The same of a file that is to be deployed: None also where it has not the shape that it should have."""
    found = parsed(files, name, faults)
    if found is None:
        return None
    wrong = list(size_faults(name, found) or (_shape_faults if name in SHAPES else schema_faults)(name, found))
    faults += wrong
    return None if wrong else found


def schema_faults(name: str, found: Json) -> Iterator[str]:
    try:
        Draft202012Validator.check_schema(found, format_checker=Draft202012Validator.FORMAT_CHECKER)
    except SchemaError as error:
        yield f"{_place(name, error)}: {in_words(error)}"
    for pattern in dict.fromkeys(schemas.patterns(found)):
        if reason := schemas.pattern_fault(pattern):
            yield f"{name}: the form {shown(pattern)} cannot be checked here: {reason}."
    if any("patternProperties" in one and "unevaluatedProperties" in one for one in _parts(found)):
        yield f"{name}: patternProperties and unevaluatedProperties together are not checked here; use one of them."
    for field in dict.fromkeys(_said_by_truth(found)):
        yield f"{name}: {shown(field)} is described by true or false; say what it is by {{...}}, or leave it out."
    for reference in dict.fromkeys(_references(found)):
        if not reference.startswith("#"):
            yield f"{name}: it refers to {shown(reference)}, which is not in it; a reference begins with #."


def _said_by_truth(schema: Json) -> Iterator[str]:
    """Fields of which a schema says but that they may be there: pages read titles and kinds of what it describes."""
    for one in _parts(schema):
        fields = one.get("properties")
        if isinstance(fields, dict):
            yield from (field for field, below in fields.items() if isinstance(below, bool))


def _references(schema: Json) -> Iterator[str]:
    """What a schema refers to, wherever that stands: a validator would fetch what is not in it."""
    for one in _parts(schema):
        yield from (one[word] for word in ("$ref", "$dynamicRef") if isinstance(one.get(word), str))


def _parts(schema: Json) -> Iterator[dict[str, Json]]:
    """Every mapping in a schema, at any depth."""
    todo = [schema]
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            yield one
        todo += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def size_faults(name: str, found: Json) -> list[str]:
    """Too many values, too deep, or a name that is no text: what must be known before anything looks into it."""
    try:
        if sum(1 for _ in _values(found)) <= MOST_VALUES:
            return []
    except RecursionError:
        return [f"{name} is nested too deeply."]
    except ValueError as error:
        return [f"{name}: {error}"]
    return [f"{name}: it holds more than {MOST_VALUES} values."]


def _values(document: Json) -> Iterator[None]:
    """One for each value in a document, at most one more than it may have: aliases can make few lines endless.

    Raises RecursionError where it is nested too deeply, ValueError where a name is no text.
    """
    todo, found = [(document, 0)], 0
    while todo and found <= MOST_VALUES:
        one, depth = todo.pop()
        found += 1
        yield
        if depth > DEEPEST:
            raise RecursionError
        if isinstance(one, dict):
            if odd := [key for key in one if not isinstance(key, str)]:
                raise ValueError(f"{odd[0]!r} stands where a name is expected; put it in quotes.")
            todo += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            todo += [(inner, depth + 1) for inner in one]


def _shape_faults(name: str, found: Json) -> Iterator[str]:
    for error in sorted(SHAPES[name].iter_errors(found), key=lambda error: [str(part) for part in error.absolute_path]):
        yield f"{_place(name, error)}: {in_words(error)}"


def _place(name: str, error: ValidationError | SchemaError) -> str:
    return ", ".join(filter(None, (name, "/".join(str(part) for part in error.absolute_path))))


def content_hash(files: Mapping[str, str]) -> str:
    """SHA-256 over names and contents, in order of names: the same files give the same hash anywhere."""
    digest = sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + sha256(files[name].encode()).digest())
    return digest.hexdigest()
