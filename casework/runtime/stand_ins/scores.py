"""How does the scoring service of a vendor answer? (Open Inference Protocol, version 2, over REST)

GET  /v2/health/ready    GET /v2/models/motor-fraud/ready    POST /v2/models/motor-fraud/infer

Its model is made up: a few weights for what a claim says, added up. It learns nothing, and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import exp
from typing import Any, Final

from casework.runtime.stand_ins.answers import Answer, Request, told
from casework.runtime.stand_ins.store import Store

Json = Any

MODEL: Final = "motor-fraud"
VERSION: Final = "2"
BASE: Final = -1.6
WORDS: Final[Mapping[str, Mapping[str, float]]] = {
    "severity": {"trivial": -0.8, "minor": -0.5, "major": 1.4, "total-loss": 0.2},
    "contacted": {"police": -0.4, "none": 0.7, "other": 0.3},
    "police_report": {"yes": -0.5, "no": 0.3},
    "kind": {"parked-car": -0.4, "single-vehicle": 0.4},
}
"""What each word adds to the log-odds that a claim is not what it says."""
NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    "witnesses": (1.5, -0.3),
    "amount": (12_000.0, 0.00004),
    "customer_months": (60.0, -0.003),
}
"""From which value on a number adds how much a unit, and below it as much less."""


def ready(store: Store, request: Request) -> Answer:
    return told(200, {"ready": True})


def infer(store: Store, request: Request) -> Answer:
    """The probability of each effect of what was given; 400 where the tensors are not as the protocol has them."""
    try:
        given = {str(one["name"]): one["data"][0] for one in request.json()["inputs"]}
        effects = list(_effects(given))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return told(400, {"error": "inputs: a list of tensors with a name and one value each is expected"})
    probability = 1 / (1 + exp(-BASE - sum(effect for _, effect in effects)))
    outputs = [
        _tensor("probability", "FP64", [round(probability, 4)]),
        _tensor("base", "FP64", [BASE]),
        _tensor("reason", "BYTES", [name for name, _ in effects]),
        _tensor("effect", "FP64", [round(effect, 4) for _, effect in effects]),
    ]
    return told(200, {"model_name": MODEL, "model_version": VERSION, "outputs": outputs})


def _effects(given: Mapping[str, Json]) -> Iterator[tuple[str, float]]:
    """Raises TypeError, ValueError."""
    for name, weights in WORDS.items():
        if weights.get(given.get(name, "")):
            yield name, weights[given[name]]
    for name, (middle, slope) in NUMBERS.items():
        if name in given and given[name] >= 0:
            yield name, max(-3.0, min(3.0, (float(given[name]) - middle) * slope))


def _tensor(name: str, datatype: str, data: list[Json]) -> dict[str, Json]:
    return {"name": name, "datatype": datatype, "shape": [len(data)], "data": data}


ROUTES: Final[tuple[tuple[str, str, str, Callable[..., Answer]], ...]] = (
    ("GET", "/v2/health/ready", "scores", ready),
    ("GET", f"/v2/models/{MODEL}/ready", "scores", ready),
    ("POST", f"/v2/models/{MODEL}/infer", "scores", infer),
)
