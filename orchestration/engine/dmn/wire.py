"""How are requests and results written as JSON lines? (DMN 1.5, 10.3.2.9: values in XML Schema's lexical forms)

A request is a JSON object with `id`, `model` (a path), `imports` (paths), `kind` ("decision" or "decisionService"),
`name`, `namespace`, `inputs` and perhaps `input_namespaces`; a reply has the `id` and a `value`, or an `error`, which
stands for null and says why. Scalars are {"type": "xsd:...", "value": "text"}, lists and contexts are JSON's own; a
context whose only keys are "type" and "value" is wrapped as {"type": "context", "value": {...}}.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from orchestration.engine.dmn.decision_model import DecisionModel, UnknownDecision
from orchestration.engine.dmn.decision_result import DecisionResult
from orchestration.engine.dmn.model import Definitions, ModelRefused
from orchestration.engine.dmn.parser import parse
from orchestration.engine.feel.durations import DaysTimeDuration, YearsMonthsDuration
from orchestration.engine.feel.numbers import exact, is_number
from orchestration.engine.feel.problems import FeelError
from orchestration.engine.feel.temporal import Date, DateTime, Time
from orchestration.engine.feel.text import from_iso, to_string
from orchestration.engine.feel.values import Value

XSD_TYPES: dict[type, str] = {
    Date: "date",
    Time: "time",
    DateTime: "dateTime",
    YearsMonthsDuration: "duration",
    DaysTimeDuration: "duration",
}


def decoded(value: Any) -> Value:
    """The FEEL value of a JSON value. Raises FeelError for text that its type cannot have."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type")
    if set(value) == {"type", "value"} and isinstance(kind, str):
        if kind == "context":
            return {key: decoded(item) for key, item in value["value"].items()}
        if kind.startswith("xsd:"):
            return _scalar(kind[4:], value["value"])
    return {key: decoded(item) for key, item in value.items()}


def _scalar(kind: str, text: str) -> Value:
    return text if kind == "string" else from_iso(kind, text)


def encoded(value: Value) -> Any:
    """The JSON value of a FEEL value; ranges and functions as the text that FEEL gives them."""
    if value is None:
        return None
    if isinstance(value, bool):
        return {"type": "xsd:boolean", "value": "true" if value else "false"}
    if isinstance(value, str):
        return {"type": "xsd:string", "value": value}
    if is_number(value):
        return {"type": "xsd:decimal", "value": format(exact(value) or Decimal(0), "f")}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        entries = {key: encoded(item) for key, item in value.items()}
        return {"type": "context", "value": entries} if set(entries) == {"type", "value"} else entries
    kind = XSD_TYPES.get(type(value))
    return {"type": "xsd:" + (kind or "string"), "value": str(value) if kind else to_string(value)}


# ---------------------------------------------------------------- requests


Load = Callable[[str, tuple[str, ...]], DecisionModel]
"""Gives the model of a path, with those of other paths for its imports. Raises ModelRefused, OSError."""


def parse_together(sources: Sequence[bytes]) -> list[Definitions]:
    """The models of files that may import each other; a file that is refused is left out."""
    models: dict[str, Definitions] = {}
    for _ in sources:
        for source in sources:
            try:
                parsed = parse(source, models.values())
            except ModelRefused:
                continue
            models[parsed.namespace] = parsed
    return list(models.values())


def answer(line: str, load: Load) -> str:
    """The reply to a request, both one line of JSON. Never raises for what stands in request, model or inputs."""
    try:
        request = json.loads(line)
        return json.dumps({"id": request["id"], **_outcome(request, load)})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return json.dumps({"id": None, "error": f"this is no request: {type(error).__name__} {error}"})


def _outcome(request: dict[str, Any], load: Load) -> dict[str, Any]:
    try:
        evaluation = evaluated(request, load)
    except (ModelRefused, UnknownDecision, FeelError, OSError, RecursionError) as error:
        return {"error": str(error)}
    if evaluation.value is None and evaluation.problems:
        return {"error": "; ".join(map(str, evaluation.problems))}
    return {"value": encoded(evaluation.value)}


def evaluated(request: dict[str, Any], load: Load) -> DecisionResult:
    of = _model_of(request, load)
    inputs = {name: decoded(value) for name, value in request["inputs"].items()}
    if request.get("kind") == "decisionService":
        return of.evaluate_service(request["name"], inputs)
    return of.evaluate(request["name"], inputs)


def _model_of(request: dict[str, Any], load: Load) -> DecisionModel:
    """The model of the request's namespace: that of the file, or one of those that it imports."""
    path, others = request["model"], tuple(request.get("imports", ()))
    found, namespace = load(path, others), request.get("namespace")
    if not namespace or found.definitions.namespace == namespace:
        return found
    models = (load(other, tuple(each for each in (path, *others) if each != other)) for other in others)
    return next((each for each in models if each.definitions.namespace == namespace), found)
