"""Whom does a model keep from a task?

Segregation of duties as a model declares it: `casewright:otherThan` (ids with commas) bars whoever finished one of
these tasks, or opened the case where a start event is named; `casewright:notNamedIn` (dotted paths with commas) whom
one of these places of the data names. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orchestration.engine.compiled_models import CompiledModels

OTHER_THAN: Final = "otherThan"
NOT_NAMED_IN: Final = "notNamedIn"


@dataclass(frozen=True, slots=True)
class Bars:
    """What bars from one task: having done one of `steps`, having opened the case (`opener`), being named at `places`
    (dotted)."""

    steps: tuple[str, ...]
    opener: bool
    places: tuple[str, ...]


def declared_bars(library: CompiledModels) -> Mapping[str, Bars]:
    """By the id of an item what bars from it, of those from which something does.

    A task of CMMN goes by the id of its plan item and by that of its definition, by which tasks are known afterwards.
    """
    models = (*library.cases.values(), *library.processes.values())
    starts = {id for model in models for id, node in model.nodes.items() if node.type == "startEvent"}
    defined = {id: node.definition for case in library.cases.values() for id, node in case.nodes.items()}
    found: dict[str, Bars] = {}
    for model in models:
        for id, node in model.nodes.items():
            steps, places = _listed(node, OTHER_THAN), _listed(node, NOT_NAMED_IN)
            if steps or places:
                named = tuple(dict.fromkeys((*steps, *(defined[step] for step in steps if defined.get(step)))))
                bars = Bars(named, not starts.isdisjoint(steps), places)
                found |= {name: bars for name in (id, defined.get(id)) if name}
    return found


def _listed(node: Any, attribute: str) -> tuple[str, ...]:
    said = node.extensions.attributes.get(attribute, "")
    return tuple(one.strip() for one in said.split(",") if one.strip())
