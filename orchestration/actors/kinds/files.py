"""How is the file read that an actor is declared in?

YAML, of a bounded size, without aliases (which can be folded into something enormous), with nothing in it that JSON
does not have. What is wrong with it is told in sentences, all at once, each with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

Json = Any

MOST_BYTES: Final = 200_000
PLAIN: Final = (str, int, float, bool, type(None))


class FileRefused(ValueError):
    """The bytes are no such file; `faults` says why, a sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class _Loader(yaml.SafeLoader):
    """Dates stay texts, as they are in JSON."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_file(content: bytes, most: int = MOST_BYTES, *, numbers_name: bool = False) -> dict[str, Json]:
    """What stands in it. `numbers_name`: a whole number is a name, too, as `200:` of an answer. Raises FileRefused."""
    if len(content) > most:
        raise FileRefused([f"The file has more than {most} bytes."])
    try:
        document = yaml.load(content.decode("utf-8-sig"), _Loader)  # noqa: S506 - a loader that is safe
    except UnicodeDecodeError:
        raise FileRefused(["The file is no text in UTF-8."]) from None
    except yaml.MarkedYAMLError as error:
        at = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise FileRefused([f"The file is no YAML{at}: {error.problem}."]) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise FileRefused(["The file is no YAML."]) from None
    if numbers_name:
        document = _named(document)
    if not isinstance(document, dict) or not _is_json(document):
        raise FileRefused(["The file has to be names with values, as JSON has them."])
    return document


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key) if type(key) is int else key: _named(below) for key, below in value.items()}
    return [*map(_named, value)] if isinstance(value, list) else value


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(below) for key, below in value.items())
    return all(map(_is_json, value)) if isinstance(value, list) else isinstance(value, PLAIN)


def shape_faults(validator: Draft202012Validator, document: Json) -> list[str]:
    """What a file's shape has against it, a sentence each, in the order of the file's places."""
    errors = sorted(validator.iter_errors(document), key=lambda error: [str(part) for part in error.absolute_path])
    return [_sentence(error) for error in errors]


def file_faults(
    content: bytes, validator: Draft202012Validator, more: Callable[[Mapping[str, Json]], Iterable[str]]
) -> list[str]:
    """All that is wrong with a file, a sentence each; `more`: what its shape alone cannot say."""
    try:
        document = read_file(content)
    except FileRefused as refused:
        return refused.faults
    return shape_faults(validator, document) or [*more(document)]


def first_fault(content: bytes, validator: Draft202012Validator) -> str:
    """The first thing that the shape of a file has against it; "" where nothing."""
    return next(iter(file_faults(content, validator, lambda _: ())), "")


def schema_faults(document: Mapping[str, Json]) -> Iterator[str]:
    """What is wrong with the JSON Schemas `input` and `output` of a file."""
    for part in ("input", "output"):
        try:
            Draft202012Validator.check_schema(document.get(part, {}))
        except Exception as error:  # jsonschema raises more than SchemaError for schemas that are hostile
            yield f"{part}: this is no JSON Schema: {str(error).partition(chr(10))[0]}."


def _sentence(error: ValidationError) -> str:
    place = "/".join(map(str, error.absolute_path)) or "the file"
    match error.validator:
        case "required" | "additionalProperties" | "type" | "enum" | "const" | "minimum" | "maximum":
            return f"{place}: {error.message}."
        case "pattern":
            return f"{place}: {str(error.instance)[:80]!r} does not have the form that belongs here."
        case "oneOf" | "anyOf" | "minProperties" | "maxProperties":
            comment = error.schema.get("$comment") if isinstance(error.schema, dict) else None
            return f"{place}: {comment or 'none of the possible forms fits'}."
    return f"{place}: {error.message[:200]}."
