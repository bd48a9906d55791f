"""Would a model write what a restricted field says where it stands in clear, or where no erasure reaches it?

By names and keys messages find who waits for them, so the database compares both (`orchestration.models.waits`): names
as they are, keys sealed under one key of all cases, which stays when one is erased. A model that reads one of them from
a restricted field is refused when it is deployed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orchestration.engine.bpmn.correlation import awaited
from orchestration.engine.bpmn.model import ProcessModel
from orchestration.engine.compiled_models import CompiledModels
from orchestration.engine.expressions import Formula
from orchestration.privacy.classification import LEVELS, Classification

READ: Final = re.compile(r"[^\W\d]\w*(?:\s*\.\s*\w+)*")
"""A name in an expression, with those that follow it behind dots."""
Names = tuple[str, ...]


def clear_key_faults(library: CompiledModels, classification: Classification) -> list[str]:
    """A sentence for each name or key of a message that reads a restricted field."""
    inner = {names[:-1] for names in classification.paths}
    said = ((names, rule) for names, rule in classification.paths.items() if names not in inner)
    secret = [names for names, rule in said if rule.level == LEVELS[-1]]
    return [
        f"{process}: a message's name or key, “{formula.text}”, reads {'.'.join(found)}, which is restricted. Names "
        "by which messages find a case stand in clear, and keys are sealed under one key for all cases, which no "
        "erasure destroys: take another field."
        for process, model in library.processes.items()
        for formula in _compared(model)
        if (found := _restricted(formula, secret))
    ]


def _compared(model: ProcessModel) -> Iterator[Formula]:
    for node in model.nodes.values():
        for definition in awaited(node):
            named = (definition.name,) if definition.kind in ("message", "signal") and definition.name else ()
            yield from (*named, *definition.correlation)
    for paths in model.retrievals.values():
        yield from paths


def _restricted(formula: Formula, secret: list[Names]) -> Names:
    """The first restricted field that it reads, by itself or with all that stands around it; () for none."""
    for read in READ.findall(formula.text if formula.constant is None else ""):
        names = tuple(part.strip() for part in read.split("."))
        for one in secret:
            if names[: len(one)] == one[: len(names)]:
                return one
    return ()
