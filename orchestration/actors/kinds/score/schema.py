"""What does a score look at, what does it foretell, and in which columns of a table does that stand?

The schema of a scoring model (`NAME.score.yaml`): inputs as JSON Schema properties, the target, bands of the answer. A
second file can say `like: NAME.score.yaml` and name other columns and codes, so that one model is trained from tables
of other people. Whatever is wrong with it is said in sentences, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.kinds.files import FileRefused, read_file, shape_faults

Json = Any
Value = float | str | None

SUFFIX: Final = ".score.yaml"
_NAME: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,49}$"}
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 200}
_LONG: Final = {"type": "string", "minLength": 1, "maxLength": 2000}
_CODES: Final = {"type": "object", "additionalProperties": _TEXT}


def _closed(required: list[str], **properties: Json) -> dict[str, Json]:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


_INPUT: Final = _closed(
    ["title"], title=_TEXT, type={"enum": ["number", "integer"]}, minimum={"type": "number"},
    maximum={"type": "number"}, enum={"type": "array", "minItems": 2, "maxItems": 60, "items": _TEXT},
    changeable={"type": "boolean"},
)  # fmt: skip
SHAPE: Final = _closed(
    ["name", "title", "target", "bands", "inputs"], name=_NAME, title=_TEXT, capability=_TEXT, origin=_TEXT,
    target=_closed(["column", "value", "words"], column=_TEXT, value=_TEXT, words=_TEXT),
    bands={"type": "array", "minItems": 2, "maxItems": 6, "items": _closed(
        ["name"], name=_NAME, below={"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1})},
    inputs={"type": "object", "minProperties": 1, "maxProperties": 60, "propertyNames": _NAME,
            "additionalProperties": _INPUT},
    columns={"type": "object", "additionalProperties": _closed([], column=_TEXT, codes=_CODES)},
    card={"type": "object"}, like=_TEXT, **{"made-up": {"type": "object"}, "left-out": _LONG},
)  # fmt: skip
_VALIDATOR: Final = Draft202012Validator(SHAPE)


class BadSchema(ValueError):
    """`faults` says what is wrong with the schema, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that the score looks at. `choices`: its possible texts; empty for a number.

    `column`: where it stands in a table; `codes`: what the table calls its choices. `changeable`: somebody could change
    it, so that it is worth saying what another value of it would do.
    """

    name: str
    title: str
    choices: tuple[str, ...] = ()
    whole: bool = False
    least: float | None = None
    most: float | None = None
    column: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    changeable: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """From where the band before ends to `below`; the last reaches to 1."""

    name: str
    below: float = 1.0


@dataclass(frozen=True, slots=True)
class Schema:
    """`words`: what the score says how probable it is, as "will not be paid back"; it is so where the column `column`
    holds `value`. `left_out`: what the model does not look at on purpose, and why.
    """

    name: str
    title: str
    column: str
    value: str
    words: str
    inputs: tuple[Input, ...]
    bands: tuple[Band, ...]
    capability: str = ""
    origin: str = ""
    left_out: str = ""
    card: Mapping[str, Json] = field(default_factory=dict)
    made_up: Mapping[str, Json] = field(default_factory=dict)


def read_schema(path: Path) -> Schema:
    """The schema in a file. Raises BadSchema and OSError."""
    try:
        document = _whole(path)
    except FileRefused as refused:
        raise BadSchema(refused.faults) from None
    if faults := shape_faults(_VALIDATOR, document) or [*_faults(document)]:
        raise BadSchema(faults)
    return _schema(document)


def _whole(path: Path) -> dict[str, Json]:
    """The document with what the one that it is like says."""
    document = read_file(path.read_bytes())
    like = document.get("like")
    if like is None:
        return document
    if not isinstance(like, str) or Path(like).name != like:
        raise BadSchema(["like: a file of the same folder is expected."])
    before = read_file((path.parent / like).read_bytes())
    if "like" in before:
        raise BadSchema([f"like: {like} is itself like another one."])
    return {**before, **document}


def _faults(document: Mapping[str, Json]) -> Iterator[str]:
    for name, given in document["inputs"].items():
        if ("enum" in given) == ("type" in given):
            yield f"inputs/{name}: either its choices (enum) or its type (number, integer) is expected."
    for name in document.get("columns", {}):
        if name not in document["inputs"]:
            yield f"columns/{name}: there is no such input."
    ends = [band.get("below", 1.0) for band in document["bands"]]
    if ends != sorted(set(ends)) or ends[-1] != 1.0:
        yield "bands: each ends above the one before it, and the last one says no end."
    if len({band["name"] for band in document["bands"]}) < len(ends):
        yield "bands: two have the same name."


def _schema(document: Mapping[str, Json]) -> Schema:
    target = document["target"]
    columns = document.get("columns", {})
    return Schema(
        name=document["name"], title=document["title"], column=target["column"], value=target["value"],
        words=target["words"], capability=document.get("capability", document["name"]),
        inputs=tuple(_input(name, given, columns.get(name, {})) for name, given in document["inputs"].items()),
        bands=tuple(Band(band["name"], band.get("below", 1.0)) for band in document["bands"]),
        origin=document.get("origin", ""), left_out=document.get("left-out", ""), card=document.get("card", {}),
        made_up=document.get("made-up", {}),
    )  # fmt: skip


def _input(name: str, given: Mapping[str, Json], column: Mapping[str, Json]) -> Input:
    return Input(
        name, given["title"], tuple(given.get("enum", ())), given.get("type") == "integer", given.get("minimum"),
        given.get("maximum"), column.get("column", name), column.get("codes", {}), given.get("changeable", False),
    )  # fmt: skip


def json_schema(inputs: tuple[Input, ...]) -> dict[str, Json]:
    """What goes in, as JSON Schema. Nothing is required, what is not known may be null, and more is not looked at."""
    return {
        "type": "object",
        "properties": {one.name: _property(one) for one in inputs},
    }


def _property(one: Input) -> dict[str, Json]:
    if one.choices:
        return {"title": one.title, "enum": [*one.choices, None]}
    bounds = {"minimum": one.least, "maximum": one.most}
    kind = "integer" if one.whole else "number"
    return {"title": one.title, "type": [kind, "null"]} | {name: at for name, at in bounds.items() if at is not None}
