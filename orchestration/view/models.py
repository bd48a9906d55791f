"""What are the nodes of a model that a page names and draws? Those of CMMN and BPMN, and what a version has compiled.

Plan items and their definitions (CMMN 1.1, 5.4), flow nodes (BPMN 2.0, 10), and the models by key.
"""

from orchestration.engine.bpmn.elements import SUB_PROCESSES
from orchestration.engine.bpmn.model import Activity, Event, Gateway, ProcessModel, SubProcess
from orchestration.engine.bpmn.model import Node as FlowNode
from orchestration.engine.cmmn.model import CaseModel, Reaction
from orchestration.engine.cmmn.model import Node as PlanNode
from orchestration.engine.compiled_models import CompiledModels

__all__ = [
    "SUB_PROCESSES",
    "Activity",
    "CaseModel",
    "CompiledModels",
    "Event",
    "FlowNode",
    "Gateway",
    "PlanNode",
    "ProcessModel",
    "Reaction",
    "SubProcess",
]
