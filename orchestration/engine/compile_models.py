"""May these models be used, and as what?

Compiles CMMN, BPMN, DMN. `build` reads all model files of a case type at once and gives the compiled models, or every
fault that it found: each with the element, its line and a sentence. A wrong model is never half compiled. What was
deployed once is compiled without being judged again, so that running cases go on when a later release is stricter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestration.engine import beginnings, collector, registry, xml
from orchestration.engine.bpmn import compile_processes as bpmn
from orchestration.engine.bpmn.view import starters
from orchestration.engine.cmmn import checks as cmmn_checks
from orchestration.engine.cmmn import parser as cmmn
from orchestration.engine.compile_decisions import compile_decisions
from orchestration.engine.compiled_models import CompiledModels, Fault
from orchestration.engine.feel.problems import quote
from orchestration.engine.limits import DEFAULT, Limits
from orchestration.engine.pace import hurried

_BY_SUFFIX = {".cmmn": "cmmn", ".cmmn.xml": "cmmn", ".bpmn": "bpmn", ".bpmn20.xml": "bpmn", ".bpmn.xml": "bpmn"}


def build(files: Mapping[str, bytes], limits: Limits = DEFAULT) -> CompiledModels | list[Fault]:
    """file name -> content; names that end in .cmmn, .bpmn, .dmn or .xml are models, those in .event or .channel files
    of an event registry, others are passed by."""
    with collector.paused():
        return _built(files, limits)


def _built(files: Mapping[str, bytes], limits: Limits) -> CompiledModels | list[Fault]:
    models, origin, faults = _read(files)
    for key, case in models.cases.items():
        faults.extend(cmmn_checks.check(case, models, origin[key]))
        faults.extend(hurried(cmmn_checks.clocks(case), origin[key], limits))
    for key, process in models.processes.items():
        faults.extend(replace(fault, file=origin[key]) for fault in bpmn.check_references(process, models))
        faults.extend(hurried(bpmn.clocks(process), origin[key], limits))
    for key, event in beginnings.untold(models):
        sentence = f"No file describes by which fields one {event!r} is told from another, so each begins one."
        faults.append(Fault(key, sentence, file=origin[key], severe=False))
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
    tables = {name: source for name, source in files.items() if name.endswith((".dmn", ".dmn.xml"))}
    decisions = compile_decisions(tables, faults)
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
    events, channels = _registered(files, faults)
    models = CompiledModels(cases, processes, decisions, events=events, channels=channels)
    faults.extend(_started_twice(models, origin))
    return models, origin, faults


def _started_twice(models: CompiledModels, origin: Mapping[str, str]) -> Iterator[Fault]:
    """Start events for one message: it begins one process, and which one could not be told (BPMN 2.0, 10.5.2)."""
    first: dict[str | None, tuple[str, str]] = {}
    for key, starter in starters(models):
        if starter.kind != "message" or starter.definition.heard is not None:
            continue
        process, event = first.setdefault(starter.name, (key, starter.at))
        if (process, event) != (key, starter.at):
            where = f"{quote(event)} of {quote(process)} in {origin[process]}"
            sentence = f"The message {quote(starter.name)} begins a process at {where} too; it can begin one."
            yield Fault(starter.at, sentence, file=origin[key])


def _registered(
    files: Mapping[str, bytes], faults: list[Fault]
) -> tuple[dict[str, registry.EventType], dict[str, registry.Channel]]:
    """What the files of an event registry describe: events and channels by key."""
    events: dict[str, registry.EventType] = {}
    channels: dict[str, registry.Channel] = {}
    for name in (name for name in files if name.endswith((".event", ".channel"))):
        try:
            found = registry.read(files[name])
        except registry.NotAnEvent as error:
            faults.append(Fault(name, f"The file cannot be read: {error}.", file=name))
            continue
        if found.key in events or found.key in channels:
            faults.append(Fault(found.key, f"{found.key!r} is described in two files of the registry.", file=name))
        if isinstance(found, registry.EventType):
            events[found.key] = found
        else:
            channels[found.key] = found
    return events, channels


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
