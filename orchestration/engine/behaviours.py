"""Which notations does the kernel run? The only module that knows all of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from orchestration.engine.cmmn.behaviour import CaseBehaviour
from orchestration.engine.step import Behaviour


def _behaviours() -> dict[str, Behaviour]:
    found: dict[str, Behaviour] = {"case": CaseBehaviour()}
    if find_spec("orchestration.engine.bpmn.behaviour") is not None:
        found["process"] = import_module("orchestration.engine.bpmn.behaviour").ProcessBehaviour()
    return found


BEHAVIOURS: Final[Mapping[str, Behaviour]] = _behaviours()
