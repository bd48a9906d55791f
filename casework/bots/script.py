"""What is a bot to do, step by step?

A YAML file: `system` (where it begins), `steps`, and what it gives back. A step is one verb with what it needs; texts
may name places of the job's input in braces, as `{customer.account}`, and `{job}`, its key of idempotency.

    system: http://legacy.example/goodwill
    steps:
      - open: /entries/new
      - fill: {field: "#account", with: "{account}"}
      - choose: {field: "#reason", with: "goodwill"}
      - save: "button[type=submit]"
      - expect: {text: "Entry saved"}
      - read: {field: "#entry-number", as: entry}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

Json = Any

BROWSER: Final = "browser"
TERMINAL: Final = "terminal"
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 500}
_PLACE: Final = {"type": "array", "prefixItems": [{"type": "integer", "minimum": 1, "maximum": 200}] * 2, "minItems": 2,
                 "maxItems": 2}  # fmt: skip


def _closed(required: list[str], **properties: Json) -> Json:
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


_WITH: Final = {"type": "string", "maxLength": 2000}
_SECONDS: Final = {"type": "number", "minimum": 0.1, "maximum": 120}
_KEYS: Final = {"enum": ["enter", "clear", *(f"pf{n}" for n in range(1, 25)), "pa1", "pa2", "pa3"]}
_AS: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
STEPS: Final[dict[str, dict[str, Json]]] = {
    BROWSER: {
        "open": _TEXT,
        "fill": _closed(["field", "with"], field=_TEXT, **{"with": _WITH}),
        "choose": _closed(["field", "with"], field=_TEXT, **{"with": _WITH}),
        "click": _TEXT,
        "save": _TEXT,
        "expect": _closed(["text"], text=_TEXT, otherwise=_TEXT, within=_SECONDS),
        "read": _closed(["field", "as"], field=_TEXT, **{"as": _AS}),
    },
    TERMINAL: {
        "fill": _closed(["at", "with"], at=_PLACE, otherwise=_TEXT, **{"with": _WITH}),
        "press": _KEYS,
        "save": _KEYS,
        "expect": _closed(["text"], text=_TEXT, otherwise=_TEXT, within=_SECONDS),
        "read": _closed(["at", "length", "as"], at=_PLACE, length={"type": "integer", "minimum": 1, "maximum": 80},
                        **{"as": _AS}),
    },
}  # fmt: skip
"""By the kind of bot, its verbs. `save` clicks, or presses, what writes there: what fails after it is never tried again
by itself. `expect` with `otherwise`: a text that does not come `within` some seconds is this business error, and so is
what a field of a terminal does not take whole."""
PATIENCE: Final = 10.0
"""Seconds in which something expected has to come, where a step does not say."""
SAVED: Final = "It may have been keyed in already: look there before it is tried again."
NAMED: Final = re.compile(r"\{([A-Za-z0-9_.\-]+)\}")


class BadScript(ValueError):
    """A sentence for who wrote it."""


@dataclass(frozen=True, slots=True)
class Step:
    verb: str
    given: Json

    @property
    def told(self) -> str:
        """What it does, without what it types."""
        if isinstance(self.given, str):
            return f"{self.verb} {self.given}"
        place = self.given.get("field") or self.given.get("text") or self.given.get("at")
        return f"{self.verb} {place}"


@dataclass(frozen=True, slots=True)
class Script:
    """`system`: the address that it begins at."""

    system: str
    steps: tuple[Step, ...]


def script_of(text: str, kind: str) -> Script:
    """The script of a bot of this kind. Raises BadScript."""
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadScript(f"This is no YAML: {error}") from None
    for fault in Draft202012Validator(_shape(kind)).iter_errors(found):
        raise BadScript(f"{'/'.join(map(str, fault.absolute_path)) or 'the script'}: {fault.message}")
    return Script(found["system"], tuple(Step(*next(iter(one.items()))) for one in found["steps"]))


def _shape(kind: str) -> Json:
    step = {
        "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
        "properties": STEPS[kind],
    }  # fmt: skip
    steps = {"type": "array", "minItems": 1, "maxItems": 200, "items": step}
    return _closed(["system", "steps"], system=_TEXT, steps=steps)


def filled(text: str, input: Mapping[str, Json], job: str) -> str:
    """The text with the places of the input that it names. Raises BadScript for one that is not there."""

    def value(match: re.Match[str]) -> str:
        if match[1] == "job":
            return job
        found: Json = input
        for name in match[1].split("."):
            if not isinstance(found, Mapping) or name not in found:
                raise BadScript(f"The work has no {match[1]!r}, which the script types in.")
            found = found[name]
        return str(found)

    return NAMED.sub(value, text)
