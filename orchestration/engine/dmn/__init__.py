"""How does one ask a decision model? (DMN 1.5)

    model = compile_model(parse(source))
    model.evaluate("routing", {"confidence": 0.7}).value

`parse` refuses what is no model (`ModelRefused`, with every fault); `compile_model` once, `evaluate` often.
"""

from orchestration.engine.dmn.decision_model import DecisionModel, UnknownDecision
from orchestration.engine.dmn.decision_result import DecisionResult, Problem, RuleHit, TableHits, Trace
from orchestration.engine.dmn.linker import compile_model
from orchestration.engine.dmn.model import Definitions, Fault, ModelRefused
from orchestration.engine.dmn.parser import parse

__all__ = [
    "DecisionModel",
    "DecisionResult",
    "Definitions",
    "Fault",
    "ModelRefused",
    "Problem",
    "RuleHit",
    "TableHits",
    "Trace",
    "UnknownDecision",
    "compile_model",
    "parse",
]
