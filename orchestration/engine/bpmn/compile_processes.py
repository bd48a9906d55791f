"""What does compiling a BPMN file give?

Its executable processes, compiled and checked, or everything that is wrong with them. References that cross files
(called processes and cases, decisions) are checked when all files of the case type are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestration.engine.bpmn import checks, correlation, parser
from orchestration.engine.bpmn.model import CallActivity, Node, ProcessModel, Task
from orchestration.engine.compiled_models import CompiledModels, Fault
from orchestration.engine.expressions import Formula
from orchestration.engine.pace import Clock
from orchestration.engine.xml import Element


def compile_processes(root: Element, file: str = "") -> tuple[dict[str, ProcessModel], list[Fault]]:
    """The processes of one file by id, and its faults; with a severe one the processes are not to be used."""
    processes, faults = parser.parse(root, file)
    seen = {(fault.element, fault.line) for fault in faults}
    for process in processes.values():
        faults += [fault for fault in checks.check(process, file) if (fault.element, fault.line) not in seen]
    return processes, faults


def check_references(process: ProcessModel, models: CompiledModels) -> list[Fault]:
    """What the process calls that no file has."""
    found = (_missing(node, models) for node in process.nodes.values())
    return [fault for fault in found if fault is not None]


def clocks(process: ProcessModel) -> Iterator[Clock]:
    """The timers of a process: of events, and of whatever begins it."""
    for node in process.nodes.values():
        for definition in correlation.awaited(node):
            if definition.schedule is not None:
                yield Clock(node.id, definition.line, definition.schedule)


def _missing(node: Node, models: CompiledModels) -> Fault | None:
    if isinstance(node, CallActivity):
        known = models.cases if node.kind == "case" else models.processes
        return _absent(node, f"calls the {node.kind}", node.called, known)
    if isinstance(node, Task) and node.decision is not None:
        return _absent(node, "evaluates the decision", node.decision, models.decisions)
    return None


def _absent(node: Node, does: str, key: Formula, known: Mapping[str, object]) -> Fault | None:
    if not key.constant or key.constant in known:
        return None
    return Fault(node.id, f"It {does} '{key.constant}', which is not deployed.", node.line)
