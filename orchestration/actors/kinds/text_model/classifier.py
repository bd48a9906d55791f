"""Which label fits these features, and how sure may one be?

A linear softmax model with a temperature, and its artefact: plain canonical JSON, so that loading one runs no code and
the same model is always the same bytes.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.actors.contract import ActorError

Array = NDArray[np.float64]

FORMAT = "casewright-linear-1"


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """`weights` is (labels, features), `bias` (labels,); a `temperature` above one makes the model less sure."""

    kind: str
    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float

    def probabilities(self, features: NDArray[np.float32]) -> Array:
        """Calibrated probabilities (rows, labels) of features (rows, features)."""
        return softmax(features @ self.weights.T + self.bias, self.temperature)


def softmax(scores: NDArray[np.floating], temperature: float) -> Array:
    """Probabilities (rows, labels) of raw scores; each row adds up to one."""
    scaled = np.asarray(scores, dtype=np.float64) / temperature
    exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))


def encode(model: Classifier) -> bytes:
    """Write a model as canonical JSON; numbers as base64 of little-endian float32."""
    document = {
        "format": FORMAT,
        "kind": model.kind,
        "labels": list(model.labels),
        "temperature": model.temperature,
        "weights": _pack(model.weights),
        "bias": _pack(model.bias),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def decode(artefact: bytes | None, kind: str) -> Classifier:
    """Read a model of this kind back. Raises ActorError where the bytes are not one."""
    try:
        model = _parse(json.loads(artefact or b""))
    except (ValueError, KeyError, TypeError) as error:
        raise ActorError(f"The model file cannot be read: {error!r}.", temporary=False) from error
    fault = _fault(model, kind)
    if fault:
        raise ActorError(fault, temporary=False)
    return model


def _parse(document: dict[str, Any]) -> Classifier:
    if document["format"] != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    labels = tuple(document["labels"])
    weights = _unpack(document["weights"]).reshape(len(labels), -1)
    return Classifier(document["kind"], labels, weights, _unpack(document["bias"]), float(document["temperature"]))


def _fault(model: Classifier, kind: str) -> str:
    if model.kind != kind:
        return f"This is a model for {model.kind}, not for {kind}."
    if len(model.labels) < 2 or model.bias.shape != (len(model.labels),):
        return "The model's labels and numbers do not fit together."
    if not (np.isfinite(model.weights).all() and np.isfinite(model.bias).all() and model.temperature > 0):
        return "The model's numbers are not finite, or its temperature is not above zero."
    return ""


def _pack(numbers: NDArray[np.float32]) -> str:
    return base64.b64encode(np.asarray(numbers, dtype="<f4").tobytes()).decode("ascii")


def _unpack(text: str) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4").astype(np.float32)
