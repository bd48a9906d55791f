"""Which notations does the kernel run? The only module that knows all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orchestration.engine.bpmn.behaviour import ProcessBehaviour
from orchestration.engine.cmmn.behaviour import CaseBehaviour
from orchestration.engine.step import Behaviour

BEHAVIOURS: Final[Mapping[str, Behaviour]] = {"case": CaseBehaviour(), "process": ProcessBehaviour()}
"""By the kind of instance."""
