"""May this file be published? (DMN 1.5, chapters 6 to 8 and 12)

Everything that can be said of a file before it decides: whether it is a model at all, what in it is not FEEL or refers
to nothing, and what the analysis doubts. For whoever edits a table: the answer to each change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.engine.dmn.analysis import Finding
from orchestration.engine.dmn.linker import compile_model
from orchestration.engine.dmn.model import Definitions, Fault, ModelRefused
from orchestration.engine.dmn.model_analysis import analyse
from orchestration.engine.dmn.parser import parse


@dataclass(frozen=True, slots=True)
class Validation:
    """`faults` forbid publishing; `findings` are for a person to judge. Not `complete`: not all was looked at."""

    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...] = ()
    complete: bool = True

    @property
    def publishable(self) -> bool:
        return not self.faults


def validate(source: bytes, imports: Iterable[Definitions] = ()) -> Validation:
    """The faults and findings of a DMN file. Never raises for what stands in it."""
    try:
        model = compile_model(parse(source, imports))
    except ModelRefused as refused:
        return Validation(refused.faults)
    analysis = analyse(model)
    idle = [Finding("idle", one.element, one.line, one.message) for one in model.warnings]
    return Validation(model.faults, (*idle, *analysis.findings), all(table.complete for table in analysis.tables))
