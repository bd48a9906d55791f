"""May these models be used, and as what?

Compiles CMMN, BPMN, DMN. `build` reads all model files of a case type at once and gives the compiled models, or every
fault that it found: each with the element, its line and a sentence. A wrong model is never half compiled. What was
deployed once is compiled without being judged again, so that running cases go on when a later release is stricter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orchestration.engine import collector, xml
from orchestration.engine.bpmn import compile_processes as bpmn
from orchestration.engine.cmmn import checks as cmmn_checks
from orchestration.engine.cmmn import parser as cmmn
from orchestration.engine.compiled_models import CompiledModels, Fault
from orchestration.engine.dmn import DecisionModel, Definitions, ModelRefused, compile_model, parse

_BY_SUFFIX = {".cmmn": "cmmn", ".cmmn.xml": "cmmn", ".bpmn": "bpmn", ".bpmn20.xml": "bpmn", ".bpmn.xml": "bpmn"}


def build(files: Mapping[str, bytes]) -> CompiledModels | list[Fault]:
    """file name -> content; names that end in .cmmn, .bpmn, .dmn or .xml are models, others are passed by."""
    with collector.paused():
        return _built(files)


def _built(files: Mapping[str, bytes]) -> CompiledModels | list[Fault]:
    models, origin, faults = _read(files)
    for key, case in models.cases.items():
        faults.extend(cmmn_checks.check(case, models, origin[key]))
    for key, process in models.processes.items():
        faults.extend(replace(fault, file=origin[key]) for fault in bpmn.check_references(process, models))
    if any(fault.severe for fault in faults):
        return sorted(faults, key=lambda fault: (not fault.severe, fault.file, fault.line))
    return replace(models, warnings=tuple(faults))


def compiled(files: Mapping[str, bytes]) -> CompiledModels:
    """The models of files that were deployed before: all that can be compiled, whatever `build` would say of it now."""
    with collector.paused():
        models, _, _ = _read(files)
        return models


def _read(files: Mapping[str, bytes]) -> tuple[CompiledModels, dict[str, str], list[Fault]]:
    """The models, the file of each of its models, and what is wrong with each model by itself."""
    faults: list[Fault] = []
    decisions = _decisions(
        {name: source for name, source in files.items() if name.endswith((".dmn", ".dmn.xml"))}, faults
    )
    cases: dict[str, Any] = {}
    processes: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for name, source in files.items():
        kind = _kind(name)
        if kind is None:
            continue
        try:
            root = xml.parse(source)
        except xml.XmlRefused as refused:
            faults.append(Fault(name, f"The file cannot be read: {refused}.", file=name))
            continue
        found, wrong = _compile(kind, root, name)
        faults.extend(wrong)
        target = cases if (kind == "cmmn" or root.first("case") is not None) else processes
        for key, model in found.items():
            if key in target:
                faults.append(Fault(key, f"{key!r} is defined in {origin[key]} and in {name}.", file=name))
            target[key], origin[key] = model, name
    return CompiledModels(cases, processes, decisions), origin, faults


def _kind(name: str) -> str | None:
    if name.endswith(".dmn.xml"):
        return None
    for suffix, kind in _BY_SUFFIX.items():
        if name.endswith(suffix):
            return kind
    return "any" if name.endswith(".xml") else None


def _compile(kind: str, root: xml.Element, name: str) -> tuple[dict[str, Any], list[Fault]]:
    if kind == "cmmn" or (kind == "any" and root.first("case") is not None):
        return cmmn.compile_cases(root, name)
    return bpmn.compile_processes(root, name)


def _decisions(sources: Mapping[str, bytes], faults: list[Fault]) -> dict[str, DecisionModel]:
    """Decisions by id and by name. Models may import one another, in any order."""
    read: dict[str, Definitions] = {}
    waiting = dict(sources)
    while waiting:
        progress = False
        for name, source in list(waiting.items()):
            last_try = not progress and name == next(reversed(waiting))
            try:
                definitions = parse(source, read.values())
            except ModelRefused as refused:
                faults.extend(Fault(one.element, one.message, one.line, name) for one in refused.faults)
                del waiting[name]
                continue
            known = {each.namespace for each in read.values()}
            if last_try or all(each.namespace in known for each in definitions.imports if _is_dmn(each.import_type)):
                read[name] = definitions
                del waiting[name]
                progress = True
    found: dict[str, DecisionModel] = {}
    for name, definitions in read.items():
        found.update(_compiled(name, definitions, faults))
    return found


def _is_dmn(import_type: str) -> bool:
    return "DMN" in import_type.upper() or not import_type


def _compiled(name: str, definitions: Definitions, faults: list[Fault]) -> dict[str, DecisionModel]:
    try:
        model = compile_model(definitions)
    except ModelRefused as refused:
        faults.extend(Fault(one.element, one.message, one.line, name) for one in refused.faults)
        return {}
    faults.extend(Fault(one.element, one.message, one.line, name) for one in model.faults)
    return dict.fromkeys(model.decisions, model)
