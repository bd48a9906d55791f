"""What does a code step compute? FEEL, or a script in a process of its own.

The artefact of a version is a YAML file: language, code, what goes in and comes out, limits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from orchestration.actors.contract import ActorError, Answer
from orchestration.actors.kinds.code.script import run_script
from orchestration.actors.kinds.files import file_faults, read_file, schema_faults
from orchestration.engine.expressions import feel_time, to_json
from orchestration.engine.feel import FeelSyntaxError, compile_expression
from orchestration.ground import clock
from orchestration.ground.child_process import Limits

Json = Any

MOST_CODE: Final = 50_000  # characters
SHAPE: Final[dict[str, Json]] = {
    "type": "object",
    "required": ["capability", "language", "code"],
    "additionalProperties": False,
    "properties": {
        "capability": {"type": "string", "minLength": 1, "maxLength": 200},
        "language": {"enum": ["feel", "python"]},
        "code": {"type": "string", "minLength": 1, "maxLength": MOST_CODE},
        "input": {"type": "object"},
        "output": {"type": "object"},
        "limits": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "seconds": {"type": "integer", "minimum": 1, "maximum": 60},
                "megabytes": {"type": "integer", "minimum": 64, "maximum": 2048},
                "output-kilobytes": {"type": "integer", "minimum": 1, "maximum": 1024},
            },
        },
    },
}
_VALIDATOR: Final = Draft202012Validator(SHAPE)


def faults(text: str) -> list[str]:
    """What is wrong with the file of a code step, a sentence each; none where a version may be made of it."""
    return file_faults(
        text.encode("utf-8", "replace"), _VALIDATOR, lambda each: [*schema_faults(each), *_code_faults(each)]
    )


def _code_faults(document: Mapping[str, Json]) -> list[str]:
    try:
        if document["language"] == "feel":
            compile_expression(document["code"], ["input"])
        else:
            compile(document["code"], "script", "exec")
    except FeelSyntaxError as error:
        return [f"code: {error}"]
    except (SyntaxError, ValueError) as error:
        return [f"code, line {getattr(error, 'lineno', 0)}: {getattr(error, 'msg', error)}."]
    except (RecursionError, MemoryError):
        return ["code: this is nested too deep."]
    if document["language"] == "python" and not re.search(r"^def run\(", document["code"], re.MULTILINE):
        return ["code: it has no function run(input), which is what is called."]
    return []


class CodeActor:
    """Any capability: the result of an expression or script over `input`, an object."""

    def __init__(self, key: str, version: str, artefact: bytes | None) -> None:
        text = (artefact or b"").decode("utf-8", "replace")
        if wrong := faults(text):
            raise ActorError(f"The file of {key} cannot be run: {wrong[0]}", temporary=False)
        document = read_file(text.encode())
        self.key, self.version = key, version
        self.capability: str = document["capability"]
        self.input_schema: dict[str, Json] = document.get("input", {})
        self.output_schema: dict[str, Json] = document.get("output", {})
        self._code: str = document["code"]
        self._is_script = document["language"] == "python"
        self._limits = _limits(document.get("limits", {}))

    def run(self, input: dict[str, Any], *, idempotency_key: str) -> Answer:
        """Compute. Pure, so that a repeated key needs no care."""
        found = run_script(self._code, input, self._limits) if self._is_script else self._feel(input)
        if not isinstance(found, dict):
            raise ActorError("Its result is no object with names.", temporary=False)
        return Answer(found, None, {"language": "python" if self._is_script else "feel"})

    def _feel(self, given: dict[str, Any]) -> Json:
        found = compile_expression(self._code, ["input"]).evaluate({"input": given}, now=feel_time(clock.utc_now()))
        if found.value is None and found.problems:
            raise ActorError(f"The expression gives nothing: {found.problems[0]}", temporary=False)
        return to_json(found.value)


def _limits(given: Mapping[str, int]) -> Limits:
    megabyte = 1024 * 1024
    return Limits(
        given.get("seconds", 2), given.get("megabytes", 256) * megabyte, given.get("output-kilobytes", 64) * 1024
    )
